"""Peer 1: FastAPI + SQLAlchemy 2 (async) + asyncpg + pydantic v2 - the stack of seed 002, eager loading as its text says.

DATABASE_URL  postgresql+asyncpg://…  (or sqlite+aiosqlite:///…)      BENCH_SECRET  HS256 key of the tokens
AUTH          user (default: the token's user is fetched per request) | stateless
"""

import datetime as dt
import os
from contextlib import asynccontextmanager
from typing import Annotated, Any

import jwt
import orjson
from fastapi import Depends, FastAPI, HTTPException, Query, Response
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, event, insert, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

URL = os.environ["DATABASE_URL"]
SECRET = os.environ["BENCH_SECRET"]
STATELESS = os.environ.get("AUTH") == "stateless"
SQLITE = URL.startswith("sqlite")

if SQLITE:
    engine = create_async_engine(URL, pool_size=5)

    @event.listens_for(engine.sync_engine, "connect")
    def pragmas(connection, _):
        for line in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "busy_timeout=5000",
            "cache_size=-64000",
            "mmap_size=268435456",
        ):
            connection.execute(f"PRAGMA {line}")
else:
    engine = create_async_engine(
        URL,
        pool_size=10,
        max_overflow=10,
        json_serializer=lambda v: orjson.dumps(v).decode(),
        json_deserializer=orjson.loads,
    )
Session = async_sessionmaker(engine, expire_on_commit=False)
Json = JSON().with_variant(JSONB(), "postgresql")
Big = BigInteger().with_variant(Integer(), "sqlite")
Stamp = Annotated[dt.datetime, mapped_column()]


class Base(DeclarativeBase):
    from sqlalchemy import DateTime

    type_annotation_map = {dt.datetime: DateTime(timezone=True), int: Big}


class User(Base):
    __tablename__ = "bench_user"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str]
    role: Mapped[str]
    is_active: Mapped[bool]


class Qualification(Base):
    __tablename__ = "qualification"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]


class EmployeeQualification(Base):
    __tablename__ = "employee_qualification"
    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    qualification_id: Mapped[int] = mapped_column(ForeignKey("qualification.id"))


class ShiftQualification(Base):
    __tablename__ = "shift_qualification"
    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    qualification_id: Mapped[int] = mapped_column(ForeignKey("qualification.id"))


class Employee(Base):
    __tablename__ = "employee"
    id: Mapped[int] = mapped_column(primary_key=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    email: Mapped[str]
    position: Mapped[str]
    department: Mapped[str]
    is_active: Mapped[bool]
    qualifications: Mapped[Any] = mapped_column(Json)
    availability: Mapped[Any] = mapped_column(Json)
    created_at: Mapped[dt.datetime]
    quals: Mapped[list[Qualification]] = relationship(
        secondary="employee_qualification", viewonly=True, order_by=Qualification.code
    )


class Schedule(Base):
    __tablename__ = "schedule"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    start_date: Mapped[dt.date]
    end_date: Mapped[dt.date]
    status: Mapped[str]
    created_at: Mapped[dt.datetime]


class Shift(Base):
    __tablename__ = "shift"
    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedule.id"))
    name: Mapped[str]
    shift_type: Mapped[str]
    location: Mapped[str]
    date: Mapped[dt.date]
    start_time: Mapped[dt.time]
    end_time: Mapped[dt.time]
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    required_staff: Mapped[int]
    required_qualifications: Mapped[Any] = mapped_column(Json)
    quals: Mapped[list[Qualification]] = relationship(
        secondary="shift_qualification", viewonly=True, order_by=Qualification.code
    )


class Assignment(Base):
    __tablename__ = "assignment"
    id: Mapped[int] = mapped_column(primary_key=True)
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedule.id"))
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    status: Mapped[str] = mapped_column(default="assigned")
    priority: Mapped[int] = mapped_column(default=1)
    notes: Mapped[str] = mapped_column(default="")
    assigned_by_id: Mapped[int | None]
    assigned_at: Mapped[dt.datetime]
    conflicts_resolved: Mapped[bool] = mapped_column(default=True)
    auto_assigned: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime]
    employee: Mapped[Employee] = relationship()
    shift: Mapped[Shift] = relationship()
    schedule: Mapped[Schedule] = relationship()

    @property
    def is_confirmed(self):
        return self.status == "confirmed"

    @property
    def needs_confirmation(self):
        return self.status in ("assigned", "pending")


# ---------------------------------------------------------------- schemas
class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class EmployeeOut(Out):
    id: int
    first_name: str
    last_name: str
    email: str
    position: str
    department: str
    is_active: bool
    qualifications: list[str]


class ShiftOut(Out):
    id: int
    name: str
    shift_type: str
    location: str
    date: dt.date
    start_time: dt.time
    end_time: dt.time
    required_staff: int
    required_qualifications: list[str]


class ScheduleOut(Out):
    id: int
    name: str
    start_date: dt.date
    end_date: dt.date
    status: str


class AssignmentFlat(Out):
    id: int
    schedule_id: int
    employee_id: int
    shift_id: int
    status: str
    priority: int
    notes: str
    assigned_by: int | None = Field(validation_alias="assigned_by_id")
    assigned_at: dt.datetime
    conflicts_resolved: bool
    auto_assigned: bool
    created_at: dt.datetime
    is_active: bool
    is_confirmed: bool
    needs_confirmation: bool


class AssignmentOut(AssignmentFlat):
    employee: EmployeeOut
    shift: ShiftOut


class AssignmentDetail(AssignmentOut):
    schedule: ScheduleOut


class QualOut(Out):
    code: str


class EmployeeM2M(EmployeeOut):
    qualifications: list[QualOut] = Field(validation_alias="quals")


class ShiftM2M(ShiftOut):
    required_qualifications: list[QualOut] = Field(validation_alias="quals")


class AssignmentM2M(AssignmentFlat):
    employee: EmployeeM2M
    shift: ShiftM2M


class AssignmentIn(BaseModel):
    employee_id: int
    shift_id: int
    status: str = "assigned"
    priority: int = Field(1, ge=1, le=10)
    notes: str = ""


class BulkIn(BaseModel):
    schedule_id: int
    validate_conflicts: bool = True
    assignments: list[AssignmentIn]


class BulkError(BaseModel):
    index: int
    employee_id: int
    shift_id: int
    error: str


class BulkOut(BaseModel):
    created: list[AssignmentFlat]
    errors: list[BulkError]
    total_processed: int
    total_created: int
    total_errors: int


# ---------------------------------------------------------------- dependencies
async def session():
    async with Session() as s:
        yield s


Db = Annotated[AsyncSession, Depends(session)]
bearer = HTTPBearer()


async def user_id(db: Db, token: Annotated[Any, Depends(bearer)]) -> int:
    try:
        claims = jwt.decode(token.credentials, SECRET, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        raise HTTPException(401, "Invalid token")
    if STATELESS:
        return int(claims["user_id"])
    user = await db.get(User, int(claims["user_id"]))
    if user is None or not user.is_active:
        raise HTTPException(401, "User not found")
    return user.id


Who = Annotated[int, Depends(user_id)]


@asynccontextmanager
async def lifespan(_):
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)

# ---------------------------------------------------------------- rules
WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
EDITABLE = ("draft", "published")


def suitability(employee: Employee, shift: Shift) -> str | None:
    missing = set(shift.required_qualifications) - set(employee.qualifications)
    if missing:
        return f"Employee lacks required qualifications: {', '.join(sorted(missing))}"
    begin, end = f"{shift.start_time:%H:%M}", f"{shift.end_time:%H:%M}"
    end = "24:00" if end < begin else end
    day = WEEK[shift.date.weekday()]
    if not any(w["start"] <= begin and end <= w["end"] for w in employee.availability.get(day, [])):
        return f"Employee not available on {day} at {begin}"
    return None


async def editable(db, schedule_id):
    schedule = await db.get(Schedule, schedule_id)
    if schedule is None:
        raise HTTPException(404, f"Schedule with ID {schedule_id} not found")
    if schedule.status not in EDITABLE:
        raise HTTPException(409, "Schedule is not editable")
    return schedule


# ---------------------------------------------------------------- endpoints
def listing(schedule_id, employee_id, shift_id, status, date_from, date_to, skip, limit):
    q = select(Assignment).order_by(Assignment.id).offset(skip).limit(limit)
    for column, value in (
        (Assignment.schedule_id, schedule_id),
        (Assignment.employee_id, employee_id),
        (Assignment.shift_id, shift_id),
        (Assignment.status, status),
    ):
        if value is not None:
            q = q.where(column == value)
    if date_from or date_to:
        q = q.join(Assignment.shift)
        if date_from:
            q = q.where(Shift.date >= date_from)
        if date_to:
            q = q.where(Shift.date <= date_to)
    return q


Limit = Annotated[int, Query(ge=1, le=1000)]


@app.get("/api/assignments/", response_model=list[AssignmentOut])
async def list_assignments(
    db: Db,
    who: Who,
    schedule_id: int | None = None,
    employee_id: int | None = None,
    shift_id: int | None = None,
    status: str | None = None,
    date_from: dt.date | None = None,
    date_to: dt.date | None = None,
    skip: int = 0,
    limit: Limit = 100,
):
    q = listing(schedule_id, employee_id, shift_id, status, date_from, date_to, skip, limit)
    q = q.options(joinedload(Assignment.employee, innerjoin=True), joinedload(Assignment.shift, innerjoin=True))
    return (await db.scalars(q)).all()


@app.get("/api/nothing/")
async def nothing():
    return {}


@app.get("/api/m2m/assignments/", response_model=list[AssignmentM2M])
async def list_m2m(
    db: Db,
    who: Who,
    schedule_id: int | None = None,
    date_from: dt.date | None = None,
    date_to: dt.date | None = None,
    skip: int = 0,
    limit: Limit = 100,
):
    q = listing(schedule_id, None, None, None, date_from, date_to, skip, limit)
    q = q.options(
        joinedload(Assignment.employee, innerjoin=True).selectinload(Employee.quals),
        joinedload(Assignment.shift, innerjoin=True).selectinload(Shift.quals),
    )
    return (await db.scalars(q)).all()


# the same list as an expert would tune it: only the columns sent, no ORM objects, orjson
A, E, S = Assignment.__table__.c, Employee.__table__.c, Shift.__table__.c
COLUMNS = [
    A.id,
    A.schedule_id,
    A.employee_id,
    A.shift_id,
    A.status,
    A.priority,
    A.notes,
    A.assigned_by_id,
    A.assigned_at,
    A.conflicts_resolved,
    A.auto_assigned,
    A.created_at,
    A.is_active,
    E.first_name,
    E.last_name,
    E.email,
    E.position,
    E.department,
    E.is_active.label("e_active"),
    E.qualifications,
    S.name,
    S.shift_type,
    S.location,
    S.date,
    S.start_time,
    S.end_time,
    S.required_staff,
    S.required_qualifications,
]


def row(r):
    return {
        "id": r[0],
        "schedule_id": r[1],
        "employee_id": r[2],
        "shift_id": r[3],
        "status": r[4],
        "priority": r[5],
        "notes": r[6],
        "assigned_by": r[7],
        "assigned_at": r[8],
        "conflicts_resolved": r[9],
        "auto_assigned": r[10],
        "created_at": r[11],
        "is_active": r[12],
        "is_confirmed": r[4] == "confirmed",
        "needs_confirmation": r[4] in ("assigned", "pending"),
        "employee": {
            "id": r[2],
            "first_name": r[13],
            "last_name": r[14],
            "email": r[15],
            "position": r[16],
            "department": r[17],
            "is_active": r[18],
            "qualifications": r[19],
        },
        "shift": {
            "id": r[3],
            "name": r[20],
            "shift_type": r[21],
            "location": r[22],
            "date": r[23],
            "start_time": r[24],
            "end_time": r[25],
            "required_staff": r[26],
            "required_qualifications": r[27],
        },
    }


@app.get("/api/tuned/assignments/")
async def list_tuned(
    db: Db,
    who: Who,
    schedule_id: int | None = None,
    date_from: dt.date | None = None,
    date_to: dt.date | None = None,
    skip: int = 0,
    limit: Limit = 100,
):
    q = (
        select(*COLUMNS)
        .join(Employee, A.employee_id == E.id)
        .join(Shift, A.shift_id == S.id)
        .order_by(A.id)
        .offset(skip)
        .limit(limit)
    )
    if schedule_id is not None:
        q = q.where(A.schedule_id == schedule_id)
    if date_from:
        q = q.where(S.date >= date_from)
    if date_to:
        q = q.where(S.date <= date_to)
    rows = (await db.execute(q)).all()
    return Response(orjson.dumps([row(r) for r in rows]), media_type="application/json")


@app.get("/api/assignments/{pk}", response_model=AssignmentDetail)
async def get_assignment(pk: int, db: Db, who: Who):
    found = await db.scalar(
        select(Assignment)
        .where(Assignment.id == pk)
        .options(joinedload(Assignment.employee), joinedload(Assignment.shift), joinedload(Assignment.schedule))
    )
    if found is None:
        raise HTTPException(404, f"Assignment with ID {pk} not found")
    return found


@app.post("/api/schedules/{schedule_id}/assignments", status_code=201, response_model=AssignmentOut)
async def create_assignment(schedule_id: int, data: AssignmentIn, db: Db, who: Who):
    await editable(db, schedule_id)
    # the row lock makes two concurrent creations for one employee take turns
    employee = await db.scalar(select(Employee).where(Employee.id == data.employee_id).with_for_update(key_share=True))
    if employee is None or not employee.is_active:
        raise HTTPException(404, f"Employee with ID {data.employee_id} not found")
    shift = await db.get(Shift, data.shift_id)
    if shift is None:
        raise HTTPException(404, f"Shift with ID {data.shift_id} not found")
    clash = (
        await db.execute(
            select(Shift.id, Shift.start_time, Shift.end_time)
            .join(Assignment, Assignment.shift_id == Shift.id)
            .where(
                Assignment.employee_id == employee.id,
                Assignment.is_active,
                Shift.starts_at < shift.ends_at,
                Shift.ends_at > shift.starts_at,
            )
        )
    ).all()
    if any(c.id == shift.id for c in clash):
        raise HTTPException(409, "Employee is already assigned to this shift")
    if clash:
        what = "; ".join(f"Conflicts with shift {c.id} ({c.start_time:%H:%M} - {c.end_time:%H:%M})" for c in clash)
        raise HTTPException(409, f"Assignment conflicts detected: {what}")
    if problem := suitability(employee, shift):
        raise HTTPException(400, problem)
    now = dt.datetime.now(dt.UTC)
    made = Assignment(
        schedule_id=schedule_id,
        employee=employee,
        shift=shift,
        assigned_by_id=who,
        assigned_at=now,
        created_at=now,
        **data.model_dump(include={"status", "priority", "notes"}),
    )
    db.add(made)
    try:
        await db.commit()
    except IntegrityError:
        raise HTTPException(409, "Employee is already assigned to this shift")
    return made


@app.post("/api/assignments/bulk", status_code=201, response_model=BulkOut)
async def bulk_create(data: BulkIn, db: Db, who: Who):
    await editable(db, data.schedule_id)
    employee_ids = sorted({a.employee_id for a in data.assignments})
    employees = {
        e.id: e
        for e in await db.scalars(
            select(Employee).where(Employee.id.in_(employee_ids)).order_by(Employee.id).with_for_update(key_share=True)
        )
    }
    shifts = {
        s.id: s for s in await db.scalars(select(Shift).where(Shift.id.in_({a.shift_id for a in data.assignments})))
    }
    busy = {}
    if shifts:
        taken = await db.execute(
            select(Assignment.employee_id, Shift.id, Shift.starts_at, Shift.ends_at)
            .join(Shift, Assignment.shift_id == Shift.id)
            .where(
                Assignment.employee_id.in_(employee_ids),
                Assignment.is_active,
                Shift.starts_at < max(s.ends_at for s in shifts.values()),
                Shift.ends_at > min(s.starts_at for s in shifts.values()),
            )
        )
        for e, s, begin, end in taken:
            busy.setdefault(e, []).append((begin, end, s))
    now = dt.datetime.now(dt.UTC)
    rows, errors = [], []
    for index, a in enumerate(data.assignments):
        employee, shift, problem = employees.get(a.employee_id), shifts.get(a.shift_id), None
        if employee is None or not employee.is_active:
            problem = f"Employee with ID {a.employee_id} not found"
        elif shift is None:
            problem = f"Shift with ID {a.shift_id} not found"
        else:
            mine = busy.setdefault(employee.id, [])
            clash = [s for b, e, s in mine if b < shift.ends_at and e > shift.starts_at]
            if shift.id in clash:
                problem = "Employee is already assigned to this shift"
            elif clash:
                problem = f"Assignment conflicts detected: Conflicts with shift {clash[0]}"
            else:
                problem = suitability(employee, shift)
        if problem:
            errors.append(BulkError(index=index, employee_id=a.employee_id, shift_id=a.shift_id, error=problem))
            continue
        mine.append((shift.starts_at, shift.ends_at, shift.id))
        rows.append(
            {
                "schedule_id": data.schedule_id,
                "employee_id": a.employee_id,
                "shift_id": a.shift_id,
                "status": a.status,
                "priority": a.priority,
                "notes": a.notes,
                "assigned_by_id": who,
                "assigned_at": now,
                "created_at": now,
                "conflicts_resolved": True,
                "auto_assigned": False,
                "is_active": True,
            }
        )
    made = (
        (await db.scalars(insert(Assignment).returning(Assignment, sort_by_parameter_order=True), rows)).all()
        if rows
        else []
    )
    await db.commit()
    return {
        "created": made,
        "errors": errors,
        "total_processed": len(data.assignments),
        "total_created": len(made),
        "total_errors": len(errors),
    }
