"""Deterministic data and request bodies (stdlib only).

50 teams x 100 employees, 4 periods of 28 days: 200 schedules (team x period), 25 working days each, 4 shifts a
day, 10 employees a shift  ->  5,000 employees, 20,000 shifts, 200 schedules, 200,000 assignments.
Nobody works twice a day, so every (employee, free day) with a suitable shift is a valid new assignment.

write(dir) leaves CSV files of the tables (any system can load them) and the request files:
  create.jsonl   valid single creations          {"schedule_id":…, "body":{…}}
  bulk.jsonl     1,000-row batches, about 10 % of rows wrong   {"body":{…}, "created":n, "errors":n}
  reject.jsonl   one creation per rejection reason {"schedule_id":…, "body":{…}, "status":409, "why":"overlap"}
  race.jsonl     pairs of creations that each are valid alone but overlap each other
"""

import csv
import datetime as dt
import json
import pathlib
import random

TEAMS, TEAM_SIZE, PERIODS, DAYS, PER_SHIFT = 50, 100, 4, 25, 10
START = dt.date(2025, 1, 6)  # a Monday
CODES = ["rn", "lpn", "icu", "er", "med", "cpr", "driver", "lead"]
WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
KINDS = [("early", 6, 14), ("day", 9, 17), ("late", 14, 22), ("night", 22, 30)]
FIRST = [
    "Ana",
    "Ben",
    "Chi",
    "Dina",
    "Eli",
    "Fay",
    "Gus",
    "Hana",
    "Ivo",
    "Jo",
    "Kai",
    "Lea",
    "Max",
    "Nia",
    "Omar",
    "Pia",
    "Quin",
    "Rosa",
    "Sam",
    "Tess",
]
LAST = [
    "Adler",
    "Brandt",
    "Costa",
    "Diaz",
    "Engel",
    "Fischer",
    "Garcia",
    "Haas",
    "Ito",
    "Jensen",
    "Klein",
    "Lopez",
    "Meyer",
    "Novak",
    "Okafor",
    "Park",
]
STAMP = "2025-01-02T09:00:00+00:00"


def hhmm(hour):
    return f"{hour % 24:02d}:00"


def stamp(day, hour):
    return (dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(hours=hour)).isoformat()


class Data:
    def __init__(self, seed=42):
        rnd = random.Random(seed)
        self.employees, self.shifts, self.schedules, self.assignments = [], [], [], []
        self.free, self.rnd = [], rnd
        for i in range(1, TEAMS * TEAM_SIZE + 1):
            # Whoever works nights works them every day: then no night ends in a day off, and all servers judge alike.
            span, off = (("00:00", "24:00"), None) if rnd.random() < 0.7 else (("06:00", "22:00"), rnd.choice(WEEK))
            self.employees.append(
                {
                    "id": i,
                    "first_name": rnd.choice(FIRST),
                    "last_name": rnd.choice(LAST),
                    "email": f"e{i}@example.org",
                    "position": rnd.choice(["nurse", "aide", "driver", "porter"]),
                    "department": f"Ward {(i - 1) // TEAM_SIZE + 1}",
                    "is_active": True,
                    "qualifications": sorted(rnd.sample(CODES, rnd.randint(3, 6))),
                    "availability": {d: [{"start": span[0], "end": span[1]}] for d in WEEK if d != off},
                    "created_at": STAMP,
                }
            )
        for period in range(PERIODS):
            for team in range(TEAMS):
                self.schedule(period, team)

    def eligible(self, e, s):
        return set(s["required_qualifications"]) <= set(e["qualifications"]) and self.available(e, s)

    @staticmethod
    def available(e, s):
        end = "24:00" if s["end_time"] < s["start_time"] else s["end_time"]
        windows = e["availability"].get(WEEK[dt.date.fromisoformat(s["date"]).weekday()], [])
        return any(w["start"] <= s["start_time"] and end <= w["end"] for w in windows)

    def schedule(self, period, team):
        rnd, sid = self.rnd, len(self.schedules) + 1
        first = START + dt.timedelta(days=28 * period)
        self.schedules.append(
            {
                "id": sid,
                "name": f"Ward {team + 1} P{period + 1}",
                "start_date": first.isoformat(),
                "end_date": (first + dt.timedelta(days=27)).isoformat(),
                "status": "published",
                "created_at": STAMP,
            }
        )
        crew = self.employees[team * TEAM_SIZE : (team + 1) * TEAM_SIZE]
        for n in range(DAYS):
            day = first + dt.timedelta(days=n)
            today = []
            for kind, begin, end in KINDS:
                need = sorted(rnd.sample(CODES, rnd.choices([0, 1, 2], [4, 4, 2])[0]))
                today.append(
                    {
                        "id": len(self.shifts) + 1,
                        "schedule_id": sid,
                        "name": f"{kind.title()} {day:%d.%m.}",
                        "shift_type": kind,
                        "location": f"Building {team % 7}",
                        "date": day.isoformat(),
                        "start_time": hhmm(begin),
                        "end_time": hhmm(end),
                        "starts_at": stamp(day, begin),
                        "ends_at": stamp(day, end),
                        "required_staff": PER_SHIFT,
                        "required_qualifications": need,
                    }
                )
                self.shifts.append(today[-1])
            rest = rnd.sample(crew, len(crew))
            for s in sorted(today, key=lambda s: -len(s["required_qualifications"]) - (s["shift_type"] == "night")):
                while len(able := [e for e in rest if self.eligible(e, s)]) < PER_SHIFT:
                    s["required_qualifications"].pop()
                for e in able[:PER_SHIFT]:
                    rest.remove(e)
                    self.assignments.append(
                        {
                            "id": len(self.assignments) + 1,
                            "schedule_id": sid,
                            "employee_id": e["id"],
                            "shift_id": s["id"],
                            "status": rnd.choice(["assigned", "pending", "confirmed"]),
                            "priority": rnd.randint(1, 5),
                            "notes": "Planned by the ward",
                            "assigned_by_id": 1,
                            "assigned_at": STAMP,
                            "conflicts_resolved": True,
                            "auto_assigned": False,
                            "is_active": True,
                            "created_at": STAMP,
                        }
                    )
            for e in rest:
                able = [s for s in today if self.eligible(e, s)]
                if able:
                    self.free.append((sid, e["id"], rnd.choice(able)["id"]))


def body(employee, shift):
    return {"employee_id": employee, "shift_id": shift, "status": "assigned", "priority": 1, "notes": "bench"}


def rejects(d, sid, count=1):
    """`count` wrong rows of every kind for one schedule."""
    emp, shift = {e["id"]: e for e in d.employees}, {s["id"]: s for s in d.shifts}
    mine = list(d.assignments[(sid - 1) * 1000 : sid * 1000])
    taken = {(a["employee_id"], shift[a["shift_id"]]["date"]) for a in mine}
    own = list(d.shifts[(sid - 1) * 100 : sid * 100])
    d.rnd.shuffle(mine)
    overlap_kind = {"early": "day", "day": "late", "late": "day"}
    out = {"duplicate": [], "overlap": [], "unqualified": [], "unavailable": [], "unknown": []}
    for a in mine:
        s = shift[a["shift_id"]]
        out["duplicate"].append((a["employee_id"], a["shift_id"]))
        other = next(
            (x for x in own if x["date"] == s["date"] and x["shift_type"] == overlap_kind.get(s["shift_type"])), None
        )
        if other and d.eligible(emp[a["employee_id"]], other):
            out["overlap"].append((a["employee_id"], other["id"]))
    team = sorted({a["employee_id"] for a in mine})
    for s in d.rnd.sample(own, len(own)):
        for e in d.rnd.sample(team, len(team)):
            if (e, s["date"]) in taken:
                continue
            e = emp[e]
            qualified = set(s["required_qualifications"]) <= set(e["qualifications"])
            if not qualified and d.available(e, s):
                out["unqualified"].append((e["id"], s["id"]))
            if qualified and not d.available(e, s):
                out["unavailable"].append((e["id"], s["id"]))
    out["unknown"] = [(10_000_000 + i, own[0]["id"]) for i in range(count)]
    pick = {}
    seen = set()
    for why, rows in out.items():
        pick[why] = []
        for r in rows:
            key = (r[0], shift[r[1]]["date"])
            if key not in seen and len(pick[why]) < count:
                seen.add(key)
                pick[why].append(r)
    return pick, seen


STATUS = {"duplicate": 409, "overlap": 409, "unqualified": 400, "unavailable": 400, "unknown": 404}


def write(path):
    path = pathlib.Path(path)
    path.mkdir(parents=True, exist_ok=True)
    d = Data()
    quals = [{"id": i + 1, "code": c} for i, c in enumerate(CODES)]
    number = {c: i + 1 for i, c in enumerate(CODES)}
    tables = {
        "bench_user": [
            {"id": i, "username": f"user{i}", "role": "manager", "is_staff": True, "is_active": True}
            for i in range(1, 101)
        ],
        "employee": d.employees,
        "schedule": d.schedules,
        "shift": d.shifts,
        "assignment": d.assignments,
        "qualification": quals,
        "employee_qualification": [
            {"employee_id": e["id"], "qualification_id": number[c]} for e in d.employees for c in e["qualifications"]
        ],
        "shift_qualification": [
            {"shift_id": s["id"], "qualification_id": number[c]} for s in d.shifts for c in s["required_qualifications"]
        ],
    }
    for name, rows in tables.items():
        with open(path / f"{name}.csv", "w", newline="") as f:
            out = csv.writer(f)
            out.writerow(rows[0])
            out.writerows([json.dumps(v) if isinstance(v, (list, dict)) else v for v in r.values()] for r in rows)

    def lines(name, rows):
        with open(path / name, "w") as f:
            f.writelines(json.dumps(r) + "\n" for r in rows)

    d.rnd.shuffle(d.free)
    lines("create.jsonl", ({"schedule_id": s, "body": body(e, sh)} for s, e, sh in d.free))
    by_schedule = {}
    for s, e, sh in d.free:
        by_schedule.setdefault(s, []).append((e, sh))
    batches, wrong = [], []
    date = {s["id"]: s["date"] for s in d.shifts}
    for sid in range(1, len(d.schedules) + 1):
        bad, used = rejects(d, sid, 20)
        wrong_rows = [r for rows in bad.values() for r in rows]
        valid = [r for r in by_schedule[sid] if (r[0], date[r[1]]) not in used][: 990 - len(wrong_rows)]
        rows = wrong_rows + valid + valid[:10]  # the last ten repeat rows of the same batch
        d.rnd.shuffle(rows)
        items = [{k: v for k, v in body(*r).items() if k != "notes"} for r in rows]
        batches.append(
            {
                "body": {"schedule_id": sid, "validate_conflicts": True, "assignments": items},
                "created": len(valid),
                "errors": len(rows) - len(valid),
            }
        )
        for why, rs in bad.items():
            wrong.append({"schedule_id": sid, "body": body(*rs[0]), "status": STATUS[why], "why": why})
    lines("bulk.jsonl", batches)
    lines("reject.jsonl", wrong)
    # pairs: same employee and day, two shifts that overlap, both valid alone
    emp, shift = {e["id"]: e for e in d.employees}, {s["id"]: s for s in d.shifts}
    pairs, twin = [], {"early": "day", "day": "late", "late": "day"}
    for s, e, sh in d.free:
        x = shift[sh]
        block = (sh - 1) // 4 * 4
        other = next(
            (d.shifts[block + i] for i in range(4) if d.shifts[block + i]["shift_type"] == twin.get(x["shift_type"])),
            None,
        )
        if other and d.eligible(emp[e], other):
            pairs.append({"schedule_id": s, "bodies": [body(e, sh), body(e, other["id"])]})
        if len(pairs) == 2000:
            break
    lines("race.jsonl", pairs)
    return {k: len(v) for k, v in tables.items()} | {"create": len(d.free), "batches": len(batches), "race": len(pairs)}


if __name__ == "__main__":
    print(write(pathlib.Path(__file__).parent / "data"))
