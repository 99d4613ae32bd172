"""Employees: what they can do and when they may."""

from collections.abc import Sequence

from assignhub.errors import Refused
from assignhub.services import RecordService, transactional
from scheduling.models import AvailabilityException, AvailabilityWindow, Employee, Qualification

availability_exceptions = RecordService(AvailabilityException)
availability_windows = RecordService(AvailabilityWindow)


class QualificationService(RecordService[Qualification]):
    @transactional
    def remove(self, row: Qualification, *, by) -> Qualification:
        """Delete a qualification nobody has and no shift type asks for; raises `Refused` (409) otherwise."""
        stored = self.locked(row)
        users = [*stored.employees.all()[:5], *stored.shift_types.all()[:5]]
        if users:
            raise Refused(f"“{stored}” is in use by: {', '.join(map(str, users))}", "in_use")
        return super().remove(stored, by=by)


employees = RecordService(Employee)
qualifications = QualificationService(Qualification)


def qualifications_named(tenant, names: Sequence[str], *, by) -> list[Qualification]:
    """The tenant's qualifications of these names; those that are missing are made."""
    present = {row.name: row for row in Qualification.objects.filter(tenant=tenant, name__in=names)}
    return [
        present.get(name) or qualifications.create(by=by, tenant=tenant, name=name) for name in dict.fromkeys(names)
    ]
