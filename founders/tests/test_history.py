"""Who was responsible at a past instant: as a replay of the audit trail says, whatever happened."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from assignhub.models import AuditEntry
from assignhub.permissions import OPERATOR, Rank
from founders import services
from founders.models import Assignment, Tenure
from founders.tests.conftest import URL, refusal
from founders.tests.factories import FounderFactory, admin_of
from tenancy import services as tenancy
from tenancy.models import Assignment as RoleAssignment
from tenancy.models import Membership, User

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
STEPS, INSTANTS = 160, 200


def at(client, founder, moment) -> list[dict]:
    response = client.get(f"{URL}/history", {"founderId": str(founder.pk), "at": moment.isoformat()})
    assert response.status_code == 200
    assert response.json()["count"] == len(response.json()["data"])
    return response.json()["data"]


# --- The oracle -------------------------------------------------------------------------------------------------------


class Replay:
    """The state the trail leads to, entry by entry; knows nothing of tenures. What is empty stands in no entry."""

    def __init__(self, entries):
        self.rows: dict[tuple[str, str], dict] = {}
        for entry in entries:
            key = entry.object_type, entry.object_id
            if entry.action.endswith(".delete"):
                self.rows.pop(key, None)
            else:
                row = self.rows.setdefault(key, {})
                row |= {name: values[1] for name, values in entry.changes.items()}

    def of(self, kind: str) -> dict[str, dict]:
        return {key: row for (of, key), row in self.rows.items() if of == kind}

    def admins(self, tenant_id: str) -> set[str]:
        people, roles, in_force = (self.of(f"tenancy.{kind}") for kind in ("user", "role", "assignment"))
        found = set()
        for held in self.of("tenancy.membership").values():
            role_in_force = in_force[held["assignment"]]
            rules = roles[role_in_force["role"]]["type"] in ("admin", "owner") and not role_in_force.get("removed_at")
            if rules and role_in_force["tenant"] == tenant_id and people[held["user"]]["is_active"]:
                found.add(held["user"])
        return found

    def responsible(self, founder, moment: datetime) -> set[str]:
        pairs = [row for row in self.of("founders.assignment").values() if row["founder"] == str(founder.pk)]
        named = {row["admin"] for row in pairs}
        named |= {
            row["cover"] for row in pairs if row.get("cover") and datetime.fromisoformat(row["cover_until"]) > moment
        }
        return named & self.admins(str(founder.tenant_id))


@pytest.fixture
def incubator(db):
    """A tenant that came to be through the services alone, so that its trail is whole."""
    by = OPERATOR
    tenant = tenancy.tenants.create(by=by, name="Trail Incubator")
    held = {}
    for rank in ("owner", "admin", "member"):
        role = tenancy.roles.create(by=by, tenant=tenant, name=rank.capitalize(), type=rank)
        held[rank] = tenancy.assignments.create(by=by, role=role, tenant=tenant)
    tenancy.users.create(by=by, email="keeper@trail.example", assignment=held["owner"])
    for number in range(8):
        rank = "owner" if number == 7 else "admin"
        tenancy.users.create(by=by, email=f"admin{number}@trail.example", assignment=held[rank])
    for number in range(3):
        services.founders.create(by=by, tenant=tenant, name=f"F{number}", email=f"f{number}@trail.example")
    return tenant


def something(chance: random.Random, tenant, now: datetime) -> None:
    """One thing of those that change who is responsible."""
    by = OPERATOR
    admins = list(User.objects.filter(email__startswith="admin").order_by("email"))
    counting = [person for person in admins if person.is_active and max(person.roles.values(), default=0) >= Rank.ADMIN]
    founder = chance.choice(list(tenant.founders.all()))
    pairs = list(Assignment.objects.order_by("pk"))
    roles = {row.role.name: row for row in RoleAssignment.objects.filter(tenant=tenant).select_related("role")}
    match chance.choice([0, 1, 2, 3, 4, 5, 6, 7, 8, *[9] * (1 if counting[4:] else 4)]):
        case 0 | 1 | 2 if counting:
            chosen = chance.sample(counting, chance.randint(0, min(3, len(counting))))
            services.replace(founder.pk, [person.pk for person in chosen], by=by)
        case 3 if pairs:
            services.assignments.remove(chance.choice(pairs), by=by)
        case 4 | 5 if pairs and len(counting) > 1:
            pair = chance.choice(pairs)
            cover = chance.choice([person for person in counting if person.pk != pair.admin_id])
            until = now + chance.randint(1, 600) * MINUTE
            services.assignments.update(pair, by=by, cover=cover, cover_until=until)
        case 6 if pairs:
            services.assignments.update(chance.choice(pairs), by=by, cover=None)
        case 7:
            person = chance.choice(admins)
            tenancy.users.update(person, by=by, is_active=not person.is_active or chance.random() < 0.5)
        case 8:
            rank = chance.choice(["Admin", "Admin", "Member"])
            if roles[rank].removed_at is None:
                held = Membership.objects.get(user=chance.choice(admins))
                tenancy.memberships.update(held, by=by, assignment=roles[rank])
        case 9:
            row = roles["Admin"]
            if row.removed_at is None:
                if chance.random() < 0.4:
                    tenancy.assignments.withdraw(row, by=by)
                elif chance.random() < 0.5 and pairs and counting:
                    leaver, heir = chance.choice(pairs).admin, chance.choice(counting)
                    if leaver != heir:
                        services.hand_over(heir.pk, by=by, from_id=leaver.pk)
                else:
                    kind = chance.choice(["admin", "admin", "member"])
                    tenancy.roles.update(row.role, by=by, type=kind)
            else:
                tenancy.assignments.update(row, by=by, removed_at=None)
        case _:
            pass


@pytest.mark.parametrize("seed", [1, 2])
def test_200_random_instants_equal_a_replay_of_the_trail(seed, time_machine, incubator, super_admin, api):
    chance, moment = random.Random(seed), datetime.now(UTC) + HOUR
    began = moment
    for _ in range(STEPS):
        moment += chance.randint(1, 90) * MINUTE
        time_machine.move_to(moment, tick=False)
        something(chance, incubator, moment)
    time_machine.move_to(moment + 30 * HOUR, tick=False)
    entries, client = list(AuditEntry.objects.order_by("pk")), api(super_admin)
    founders = list(incubator.founders.all())
    instants = [began + chance.random() * (moment - began + HOUR) for _ in range(INSTANTS // 2)]
    # The very moments of changes, and those at which covers end, too.
    ends = [row.until for row in Tenure.objects.exclude(until=None)]
    instants += [chance.choice([*ends, *(entry.at for entry in entries if entry.at >= began)]) for _ in instants]
    replays = {instant: Replay(entry for entry in entries if entry.at <= instant) for instant in instants}

    found, expected = [], []
    for instant in instants:
        founder = chance.choice(founders)
        found.append({row["adminId"] for row in at(client, founder, instant)})
        expected.append(replays[instant].responsible(founder, instant))

    assert found == expected
    assert len(instants) == INSTANTS
    assert sum(map(bool, expected)) > INSTANTS // 4
    assert len({frozenset(each) for each in expected}) > 20


# --- One thing at a time ----------------------------------------------------------------------------------------------


@pytest.fixture
def clock(time_machine):
    def move(moment) -> None:
        time_machine.move_to(moment, tick=False)

    move(NOON)
    return move


def test_history_shows_the_whole_tenure(clock, api, super_admin, alex, john, jane, assign):
    assign(alex, john)
    clock(NOON + HOUR)
    assign(alex, john, jane)
    clock(NOON + 2 * HOUR)
    assign(alex, jane)
    client = api(super_admin)

    john_was = {"adminId": str(john.pk), "name": "John Doe", "email": "john@example.com"} | {
        "since": "2026-03-02T12:00:00Z",
        "until": "2026-03-02T14:00:00Z",
    }
    jane_is = {"adminId": str(jane.pk), "name": "Jane Smith", "email": "jane@example.com"} | {
        "since": "2026-03-02T13:00:00Z",
        "until": None,
    }
    assert at(client, alex, NOON - MINUTE) == []
    assert at(client, alex, NOON) == [john_was]
    assert at(client, alex, NOON + 2 * HOUR - MINUTE) == [john_was, jane_is]
    assert at(client, alex, NOON + 2 * HOUR) == [jane_is]


def test_history_outlives_the_account(clock, api, super_admin, alex, john, assign):
    assign(alex, john)
    clock(NOON + HOUR)
    name, key = str(john), str(john.pk)
    tenancy.users.remove(john, by=super_admin)
    clock(NOON + 2 * HOUR)
    client = api(super_admin)

    assert [(row["adminId"], row["name"]) for row in at(client, alex, NOON + MINUTE)] == [(key, name)]
    assert at(client, alex, NOON + HOUR) == []


def test_every_present_answer_is_what_history_says_of_now(clock, api, super_admin, tenant, alex, john, jane, assign):
    assign(alex, john, jane)
    pair = Assignment.objects.get(admin=john)
    cover = admin_of(tenant, "Cora")
    services.assignments.update(pair, by=super_admin, cover=cover, cover_until=NOON + HOUR)
    for moment in (NOON + MINUTE, NOON + HOUR - MINUTE, NOON + HOUR, NOON + 2 * HOUR):
        clock(moment)
        client = api(super_admin)
        present = client.get(f"{URL}?founderId={alex.pk}").json()["data"]
        past = [{name: row[name] for name in ("adminId", "name", "email")} for row in at(client, alex, moment)]

        assert sorted(past, key=str) == sorted(present, key=str)


@pytest.mark.parametrize(
    "query, status, message",
    [
        ({}, 400, "Founder ID is required"),
        ({"founderId": "x"}, 400, "founderId: “x” is not a valid ID."),
        ({"founderId": "644e5c8b-2c12-4456-8901-234500000000", "at": "2026-03-01T00:00:00Z"}, 404, "Founder not found"),
        (
            {"at": "2026-03-02T12:00:01Z"},
            400,
            "2026-03-02T12:00:01+00:00 is still to come: ask about a moment that has passed.",
        ),
    ],
)
def test_history_of_no_founder_or_moment(clock, api, super_admin, alex, query, status, message):
    query = query if query in ({}, {"founderId": "x"}) else {"founderId": str(alex.pk)} | query

    response = api(super_admin).get(f"{URL}/history", query)

    assert response.status_code == status
    assert response.json() == refusal(status, message)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30T00:00:00Z"])
def test_moment_that_is_none_is_refused(api, super_admin, alex, text):
    response = api(super_admin).get(f"{URL}/history", {"founderId": str(alex.pk), "at": text})

    assert response.status_code == 400
    assert response.json()["message"].startswith("at: Datetime has wrong format.")


def test_tenure_shows_the_founder_only(alex, john, assign):
    assign(alex, john)
    other = FounderFactory(tenant=alex.tenant)

    assert list(Tenure.objects.filter(founder=other)) == []


def test_tenure_of_cover_ends_without_a_job(clock, super_admin, alex, john, jane, assign):
    """The row that says so was written with its end: nothing is written when it comes."""
    assign(alex, john)
    pair = alex.assignments.get()
    services.assignments.update(pair, by=super_admin, cover=jane, cover_until=NOON + HOUR)

    assert list(alex.tenures.order_by("name").values_list("name", "until")) == [
        ("Jane Smith", NOON + HOUR),
        ("John Doe", None),
    ]
