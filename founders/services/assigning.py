"""Who looks after whom: replace a founder's list, add, change and remove single pairs. Source: seed 003.

Every write locks the tenants, then the founders, each in the order of their keys; what it finds there is what counts.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from assignhub import audit
from assignhub.errors import Refused
from assignhub.permissions import require, require_in
from assignhub.services import RecordService, transactional
from founders.models import ADMIN_TYPES, Assignment, Founder
from founders.responsibility import pairs_of, tag
from founders.services.tenures import follow
from tenancy.models import Membership, Tenant, User

LOST_UPDATE = "The assignments of this founder have changed since you read them. Read them again."
ANY = "*"


@dataclass(frozen=True)
class Seat:
    """One place in the list a founder is to have."""

    admin: User
    is_lead: bool = False


@transactional
def replace(
    founder_id: UUID,
    admin_ids: Sequence[UUID],
    *,
    by,
    lead_id: UUID | None = None,
    expected: Collection[str] | None = None,
) -> int:
    """Give a founder exactly these admins and return how many; doubles count once, pairs that stay stay as they are.

    The lead is `lead_id`, one of them, or else the first. `expected` are entity tags of which the list, as it stands
    under the lock, must have one (`*` stands for any).

    Raises `Refused`, in this order: founder unknown (404), list changed since it was read (412), an admin unknown
    (404), one who is no admin of the founder's tenant (400).
    """
    founder = locked_founder(founder_id)
    require_in(by, Assignment.permission("add"), founder.tenant_id)
    now = timezone.now()
    if expected is not None and ANY not in expected and tag(founder, pairs_of([founder.pk], now)) not in expected:
        raise Refused(LOST_UPDATE, "precondition_failed")
    keys = list(dict.fromkeys(admin_ids))
    people = admins_named(keys, [founder.tenant_id])
    lead = keys[0] if keys and lead_id is None else lead_id
    settle({founder: [Seat(people[key], key == lead) for key in keys]}, by=by, now=now)
    return len(keys)


@transactional
def remove(admin_id: UUID, founder_id: UUID, *, by) -> None:
    """End one assignment. Raises `Refused` (404) for an unknown admin, founder or assignment, in this order."""
    if not User.objects.filter(pk=admin_id).exists():
        raise Refused("Admin not found", "not_found")
    founder = locked_founder(founder_id)
    assignments.remove(pair_of(admin_id, founder), by=by)


def pair_of(admin_id: UUID, founder: Founder) -> Assignment:
    """The assignment of an admin to a founder; raises `Refused` (404) when there is none."""
    found = Assignment.objects.filter(founder=founder, admin=admin_id).first()
    if found is None:
        raise Refused("Assignment not found", "not_found")
    return found


class AssignmentService(RecordService[Assignment]):
    """Single pairs."""

    @transactional
    def create(self, *, by, **values: Any) -> Assignment:
        """Add an admin to those a founder has. The first one leads; `is_lead` makes somebody else lead."""
        founder = locked_founder(values["founder"].pk)
        require_in(by, self.model.permission("add"), founder.tenant_id)
        admin, leads = values["admin"], values.get("is_lead", False)
        admins_named([admin.pk], [founder.tenant_id])
        seats = seats_of([founder])[founder]
        if any(seat.admin.pk == admin.pk for seat in seats):
            raise Refused(f"{admin} already looks after {founder}.", "duplicate", field="admin")
        kept = [Seat(seat.admin, seat.is_lead and not leads) for seat in seats]
        settle({founder: [*kept, Seat(admin, leads or not seats)]}, by=by, now=timezone.now())
        added = pair_of(admin.pk, founder)
        covered = {name: values[name] for name in ("cover", "cover_until") if values.get(name) is not None}
        return self.update(added, by=by, **covered) if covered else added

    @transactional
    def update(self, row: Assignment, *, by, **values: Any) -> Assignment:
        """Make a pair the founder's lead or no longer, and set or end its cover (`cover=None` ends it).

        Raises `Refused` for a cover who is no admin of the founder's tenant (400) or a moment that has passed (400).
        """
        founder = locked_founder(row.founder_id)
        stored = self.locked(row)
        now = timezone.now()
        leads = values.pop("is_lead", stored.is_lead)
        if leads != stored.is_lead:
            require(by, self.model.permission("change"), [stored])
            others = [
                Seat(seat.admin, seat.is_lead and not leads) for seat in seats_of([founder])[founder]
                if seat.admin.pk != stored.admin_id
            ]  # fmt: skip
            settle({founder: [*others, Seat(stored.admin, leads)]}, by=by, now=now)
        if "cover" in values and values["cover"] is None:
            values["cover_until"] = None
        cover, until = (values.get(name, getattr(stored, name)) for name in ("cover", "cover_until"))
        if (cover, until) != (stored.cover, stored.cover_until):
            self._require_cover(founder, cover, until, now)
        updated = super().update(stored, by=by, **values)
        follow([founder.pk], now)
        return updated

    @staticmethod
    def _require_cover(founder: Founder, cover: User | None, until: datetime | None, now: datetime) -> None:
        if cover is None:
            if until is not None:
                raise Refused("Say who covers until then.", "required", field="cover")
            return
        admins_named([cover.pk], [founder.tenant_id], field="cover")
        if until is not None and until <= now:
            text = f"{until.isoformat()} has passed: a cover ends at a moment to come."
            raise Refused(text, "invalid", field="cover_until")

    @transactional
    def remove(self, row: Assignment, *, by) -> Assignment:
        """End one pair; the others stay as they are, and nobody becomes lead unasked."""
        founder = locked_founder(row.founder_id)
        stored = self.locked(row)
        require(by, self.model.permission("delete"), [stored])
        kept = [seat for seat in seats_of([founder])[founder] if seat.admin.pk != stored.admin_id]
        settle({founder: kept}, by=by, now=timezone.now())
        return stored


assignments = AssignmentService(Assignment)


def locked_founder(founder_id: UUID) -> Founder:
    """One founder, locked; raises `Refused` (404) when there is none."""
    found = locked_founders([founder_id])
    if not found:
        raise Refused("Founder not found", "not_found", field="founder")
    return found[0]


def locked_founders(founder_ids: Iterable[UUID]) -> list[Founder]:
    """The founders with these keys, and before them their tenants, locked until the transaction ends.

    The tenants, because ranks change under their locks, and tenures follow from both.
    """
    wanted = Founder.objects.filter(pk__in=list(founder_ids))
    tenants = Tenant.objects.select_for_update(no_key=True).filter(pk__in=wanted.values("tenant")).order_by("pk")
    by_key = {tenant.pk: tenant for tenant in tenants}
    found = list(wanted.select_for_update(no_key=True).order_by("pk"))
    for founder in found:
        founder.tenant = by_key[founder.tenant_id]
    return found


def admins_named(keys: Sequence[UUID], tenant_ids: Iterable[UUID], *, field: str = "admin") -> dict[UUID, User]:
    """The users with these keys, all of them active admins of all these tenants. Two queries.

    Raises `Refused` for the first key that is nobody's (404), then for the first whose user is no admin (400).
    """
    people = User.objects.in_bulk(keys)
    for key in keys:
        if key not in people:
            raise Refused(f"Admin with ID {key} not found", "not_found", field=field)
    tenants = set(tenant_ids)
    held = Membership.objects.filter(
        user__in=keys,
        user__is_active=True,
        assignment__tenant__in=tenants,
        assignment__removed_at=None,
        assignment__role__type__in=ADMIN_TYPES,
    )
    ruled = set(held.values_list("user_id", "assignment__tenant_id"))
    for key in keys:
        if any((key, tenant_id) not in ruled for tenant_id in tenants):
            raise Refused(f"User with ID {key} is not an admin", "not_an_admin", field=field)
    return people


def seats_of(founders: Sequence[Founder]) -> dict[Founder, list[Seat]]:
    """The lists these founders have, one query for all."""
    found: dict[Founder, list[Seat]] = {founder: [] for founder in founders}
    for row in _stored(founders):
        found[row.founder].append(Seat(row.admin, row.is_lead))
    return found


def settle(wanted: Mapping[Founder, Sequence[Seat]], *, by, now: datetime) -> None:
    """Bring the lists of locked founders to what is wanted, in a flat number of queries, however many there are.

    What is there already is not touched. The trail gets an entry for each pair that comes, goes or changes, and one
    for each founder that says who came, who left and who stayed.
    """
    held: dict[Founder, dict[UUID, Assignment]] = {founder: {} for founder in wanted}
    for row in _stored(list(wanted)):
        held[row.founder][row.admin_id] = row
    left, came, stayed = [], [], []
    summaries = []
    for founder, seats in wanted.items():
        rows, keys = held[founder], {seat.admin.pk for seat in seats}
        gone = [row for row in rows.values() if row.admin_id not in keys]
        new = [Assignment(founder=founder, admin=seat.admin, is_lead=seat.is_lead) for seat in seats
               if seat.admin.pk not in rows]  # fmt: skip
        turned = [(rows[seat.admin.pk], seat.is_lead) for seat in seats
                  if seat.admin.pk in rows and rows[seat.admin.pk].is_lead != seat.is_lead]  # fmt: skip
        left += gone
        came += new
        stayed += turned
        if gone or new or turned:
            summaries.append((founder, _summary(rows.values(), gone, new, seats)))
    _write(left, came, stayed, by, now)
    audit.record(by, Founder.permission("assign"), summaries)
    follow([founder.pk for founder in wanted], now)


def _write(
    left: Sequence[Assignment], came: Sequence[Assignment], stayed: Sequence[tuple[Assignment, bool]], by, now: datetime
) -> None:
    """Pairs that go, pairs that come, and pairs whose lead changes: rows and entries."""
    permission = Assignment.permission
    if left:
        audit.record(by, permission("delete"), [(row, audit.difference(audit.snapshot(row), {})) for row in left])
        Assignment.objects.filter(pk__in=[row.pk for row in left]).delete()
    # The old lead steps down before the new one steps up: there is never more than one.
    for leads in (False, True):
        turned = [row.pk for row, is_lead in stayed if is_lead is leads]
        if turned:
            Assignment.objects.filter(pk__in=turned).update(is_lead=leads, updated_at=now)
    audit.record(
        by, permission("change"), [(row, {"is_lead": [row.is_lead, leads]}) for row, leads in stayed]
    )  # fmt: skip
    audit.insert(came, by, permission("add"))


def _stored(founders: Sequence[Founder]) -> list[Assignment]:
    """The founders' pairs as stored, in their order, each with its people and the founder given."""
    by_key = {founder.pk: founder for founder in founders}
    rows = list(Assignment.objects.filter(founder__in=by_key).select_related("admin", "cover"))
    for row in rows:
        row.founder = by_key[row.founder_id]
    return rows


def _summary(
    before: Iterable[Assignment], gone: Sequence[Assignment], new: Sequence[Assignment], seats: Sequence[Seat]
) -> audit.Changes:
    """What the founder's own trail says: the list before and after, who came, who left, who stayed, who leads."""
    old, went = [_name(row.admin) for row in before], {_name(row.admin) for row in gone}
    staying = [name for name in old if name not in went]
    former, present = ([_name(each.admin) for each in group if each.is_lead] for group in (before, seats))
    changes: audit.Changes = {
        "admins": [old, [_name(seat.admin) for seat in seats]],
        "came": [[], [_name(row.admin) for row in new]],
        "left": [sorted(went), []],
        "stayed": [staying, staying],
    }
    return changes | ({"lead": [former, present]} if former != present else {})


def _name(person: User) -> str:
    return f"{person} ({person.email})"
