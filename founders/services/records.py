"""Founders, notes about them, and how many founders an admin takes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from assignhub.services import RecordService, transactional
from founders.models import Capacity, Founder, Note
from founders.services.assigning import admins_named
from tenancy.models import Tenant, User

founders = RecordService(Founder)


class NoteService(RecordService[Note]):
    @transactional
    def create(self, *, by, **values: Any) -> Note:
        """Write a note; `by` is its author, and its date, unless given, today on the clocks of the tenant."""
        if values.get("date") is None:
            values["date"] = timezone.localdate(timezone=values["founder"].tenant.zone)
        return super().create(by=by, author=by if isinstance(by, User) else None, **values)


notes = NoteService(Note)


class CapacityService(RecordService[Capacity]):
    @transactional
    def create(self, *, by, **values: Any) -> Capacity:
        """Say how many founders an admin takes. Raises `Refused` (400) for somebody who is no admin there."""
        admins_named([values["user"].pk], [values["tenant"].pk], field="user")
        return super().create(by=by, **values)


capacities = CapacityService(Capacity)


@transactional
def set_capacity(admin_id: UUID, *, by, tenant: Tenant, capacity: int, industries: Sequence[str] = ()) -> Capacity:
    """State, or state anew, an admin's capacity in a tenant; raises as `admins_named` does."""
    user = admins_named([admin_id], [tenant.pk], field="user")[admin_id]
    present = Capacity.objects.filter(tenant=tenant, user=user).first()
    values = {"capacity": capacity, "industries": list(industries)}
    if present is None:
        return capacities.create(by=by, tenant=tenant, user=user, **values)
    return capacities.update(present, by=by, **values)
