"""Peer 3, the limit: a bare ASGI app; PostgreSQL itself builds the JSON text, asyncpg hands it through unparsed.

No authentication, no validation, no routing library: what remains is HTTP parsing plus one prepared query.
"""

import datetime as dt
import os
from urllib.parse import parse_qsl

import asyncpg

DSN = os.environ["DATABASE_URL"].replace("+asyncpg", "")
ITEM = """json_build_object('id',a.id,'schedule_id',a.schedule_id,'employee_id',a.employee_id,'shift_id',a.shift_id,
 'status',a.status,'priority',a.priority,'notes',a.notes,'assigned_by',a.assigned_by_id,'assigned_at',a.assigned_at,
 'conflicts_resolved',a.conflicts_resolved,'auto_assigned',a.auto_assigned,'created_at',a.created_at,
 'is_active',a.is_active,'is_confirmed',a.status='confirmed','needs_confirmation',a.status IN ('assigned','pending'),
 'employee',json_build_object('id',e.id,'first_name',e.first_name,'last_name',e.last_name,'email',e.email,
   'position',e.position,'department',e.department,'is_active',e.is_active,'qualifications',e.qualifications),
 'shift',json_build_object('id',s.id,'name',s.name,'shift_type',s.shift_type,'location',s.location,'date',s.date,
   'start_time',s.start_time,'end_time',s.end_time,'required_staff',s.required_staff,
   'required_qualifications',s.required_qualifications)%s)"""
FROM = "FROM assignment a JOIN employee e ON e.id=a.employee_id JOIN shift s ON s.id=a.shift_id"
# the ids of the page first, then the joins for those 100 rows only
LIST = f"""SELECT coalesce(json_agg(j),'[]')::text FROM (SELECT {ITEM % ""} j {FROM} WHERE a.id IN (
 SELECT id FROM assignment WHERE schedule_id=$1 ORDER BY id LIMIT $2 OFFSET $3) ORDER BY a.id) x"""
# OFFSET 0 fixes the order "schedule's rows, then their shifts": the generic plan of a prepared statement gets it wrong otherwise
FILTER = LIST.replace(
    "SELECT id FROM assignment WHERE schedule_id=$1 ORDER BY id LIMIT $2 OFFSET $3",
    """SELECT p.id
 FROM (SELECT id, shift_id FROM assignment WHERE schedule_id=$1 ORDER BY id OFFSET 0) p,
 LATERAL (SELECT 1 FROM shift s WHERE s.id=p.shift_id AND s.date>=$4 AND s.date<=$5 OFFSET 0) q LIMIT $2 OFFSET $3""",
)
GET = f"""SELECT {ITEM % ",'schedule',json_build_object('id',c.id,'name',c.name,'start_date',c.start_date,'end_date',c.end_date,'status',c.status)"}::text
 {FROM} JOIN schedule c ON c.id=a.schedule_id WHERE a.id=$1"""
pool = None


class Connection(asyncpg.Connection):
    def get_reset_query(self):
        return ""  # nothing to reset: only reads run here


HEAD = [(b"content-type", b"application/json")]


async def app(scope, receive, send):
    global pool
    if scope["type"] == "lifespan":
        while True:
            kind = (await receive())["type"].rsplit(".", 1)[-1]
            if kind == "startup":
                pool = await asyncpg.create_pool(DSN, min_size=4, max_size=8, connection_class=Connection)
            await send({"type": f"lifespan.{kind}.complete"})
            if kind == "shutdown":
                return
    path = scope["path"]
    tail = path.removeprefix("/api/assignments/").rstrip("/")
    async with pool.acquire() as db:
        if tail:
            text = await db.fetchval(GET, int(tail))
        else:
            q = dict(parse_qsl(scope["query_string"].decode()))
            page = int(q["schedule_id"]), int(q.get("limit", 100)), int(q.get("skip", 0))
            day = dt.date.fromisoformat
            text = await (
                db.fetchval(FILTER, *page, day(q["date_from"]), day(q["date_to"]))
                if "date_from" in q
                else db.fetchval(LIST, *page)
            )
    body = (text or '{"detail":"Not found"}').encode()
    await send(
        {
            "type": "http.response.start",
            "status": 200 if text else 404,
            "headers": [*HEAD, (b"content-length", b"%d" % len(body))],
        }
    )
    await send({"type": "http.response.body", "body": body})
