"""Employees: what they can do and when they may."""

from collections.abc import Sequence

from assignhub.services import RecordService
from scheduling.models import AvailabilityException, AvailabilityWindow, Employee, Qualification

availability_exceptions = RecordService(AvailabilityException)
availability_windows = RecordService(AvailabilityWindow)
employees = RecordService(Employee)
qualifications = RecordService(Qualification)


def qualifications_named(tenant, names: Sequence[str], *, by) -> list[Qualification]:
    """The tenant's qualifications of these names; those that are missing are made."""
    present = {row.name: row for row in Qualification.objects.filter(tenant=tenant, name__in=names)}
    return [
        present.get(name) or qualifications.create(by=by, tenant=tenant, name=name) for name in dict.fromkeys(names)
    ]
