"""Swaps for tests to stand on, and the documented body of one. They go past the services, as `factories.py` does."""

import factory
from factory.django import DjangoModelFactory

from scheduling.models import Swap
from scheduling.tests.bodies import assignment_body, employee_body, moment


class SwapFactory(DjangoModelFactory):
    class Meta:
        model = Swap

    offered_by = factory.SelfAttribute("assignment.employee")


def swap_body(row: Swap) -> dict:
    return {
        "id": row.pk,
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
        "assignment_id": row.assignment_id,
        "offered_by": employee_body(row.offered_by),
        "taken_by": employee_body(row.taken_by) if row.taken_by else None,
        "status": row.status,
        "note": row.note,
        "assignment": assignment_body(row.assignment),
    }
