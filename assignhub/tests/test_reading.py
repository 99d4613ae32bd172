"""The compiled read path answers what the serializers would, byte for byte, and refuses what it cannot compile."""

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from rest_framework import serializers

from assignhub import checks, reading, wire
from assignhub.fields import Derived
from assignhub.views import Reference
from scheduling.models import Assignment, Employee, Qualification, ShiftType, Swap
from scheduling.serializers.assignments import AssignmentShape, EmployeeShape
from scheduling.serializers.planning import EmployeeRecordShape
from tenancy.models import Role

SHOWN = list(checks.shown())
NAMES = [f"{viewset.__module__}.{viewset.__name__}-{action}" for viewset, action in SHOWN]


@pytest.mark.parametrize(
    "viewset, action", SHOWN, ids=[f"{view.__module__}.{view.__name__}-{on}" for view, on in SHOWN]
)
def test_plan_answers_what_the_serializer_does(viewset, action, rows):
    shape, model = viewset(action=action).get_serializer_class(), viewset.service.model
    stored = model._default_manager.order_by("pk")
    expected = wire.encode(shape(stored, many=True).data)

    read = wire.encode(reading.plan(shape, model).read(stored))
    in_memory = wire.encode(reading.plan(shape, model).of(stored))

    assert stored
    assert read == expected
    assert in_memory == expected


def test_page_keeps_its_order(rows):
    newest = Assignment.objects.order_by("-pk")

    read = reading.plan(AssignmentShape, Assignment).read(newest[1:3])

    assert [row["id"] for row in read] == [row.pk for row in newest][1:3]


def test_rows_of_a_relation_stand_in_the_order_of_their_model(rows, tenant):
    names = ["Wounds", "Anaesthesia", "Triage"]
    employee = rows["scheduling.Employee"]
    for name in names:
        found, _ = Qualification.objects.get_or_create(tenant=tenant, name=name)
        employee.qualifications.add(found)

    class Named(serializers.Serializer):
        name = serializers.CharField()

    class Held(serializers.Serializer):
        qualifications = Named(many=True)

    (read,) = reading.plan(Held, Employee).read(Employee.objects.filter(pk=employee.pk))

    assert read == {"qualifications": [{"name": name} for name in sorted(names)]}


def test_relation_of_an_embedded_row_and_reverse_relations_are_read(rows):
    class Bare(serializers.Serializer):
        id = serializers.IntegerField()

    class Whole(serializers.Serializer):
        employee = EmployeeRecordShape()
        swaps = Bare(many=True)

    stored = Assignment.objects.order_by("pk")
    expected = wire.encode(Whole(stored, many=True).data)

    with CaptureQueriesContext(connection) as queries:
        read = reading.plan(Whole, Assignment).read(stored)

    assert wire.encode(read) == expected
    assert any(row["swaps"] for row in read)
    assert len(queries) == 3


def test_one_row_may_be_embedded_in_two_shapes(rows):
    class Name(serializers.Serializer):
        first_name = serializers.CharField()

    class Twice(serializers.Serializer):
        employee = Name()
        person = EmployeeShape(source="employee")

    stored = Assignment.objects.order_by("pk")

    assert reading.plan(Twice, Assignment).read(stored) == Twice(stored, many=True).data


def test_rows_without_relations_show_null_and_nothing(rows):
    swap = Swap.objects.filter(taken_by=None).first()

    class Taker(serializers.Serializer):
        taken_by = EmployeeShape(allow_null=True)
        name = serializers.CharField(source="taken_by.first_name", allow_null=True)
        tenant_id = serializers.UUIDField(source="taken_by.tenant_id", allow_null=True)

    (read,) = reading.plan(Taker, Swap).read(Swap.objects.filter(pk=swap.pk))
    (in_memory,) = reading.plan(Taker, Swap).of([swap])

    assert read == in_memory == {"taken_by": None, "name": None, "tenant_id": None}


def test_derived_value_is_the_same_on_instances_and_in_shapes(rows, monkeypatch):
    title = Derived(lambda first, last: f"{first} {last}".strip(), "first_name", "last_name")
    monkeypatch.setattr(Employee, "title", title, raising=False)

    class Titled(serializers.Serializer):
        title = serializers.CharField()

    stored = Employee.objects.order_by("pk")

    assert reading.plan(Titled, Employee).read(stored) == [{"title": row.title} for row in stored]


def test_derived_value_may_look_at_many_rows(rows, monkeypatch):
    busy = Derived(lambda name, statuses: f"{name}: {len(statuses)}", "first_name", "assignments__status")
    monkeypatch.setattr(Employee, "busy", busy, raising=False)

    class Busy(serializers.Serializer):
        busy = serializers.CharField()
        assignments = AssignmentShape(many=True)

    stored = Employee.objects.order_by("pk")

    with CaptureQueriesContext(connection) as queries:
        read = reading.plan(Busy, Employee).read(stored)

    assert [row["busy"] for row in read] == [row.busy for row in stored]
    assert any(row["assignments"] for row in read)
    assert len(queries) == 2


class Shouting(serializers.CharField):
    def to_representation(self, value):
        return super().to_representation(value).upper()


def test_field_of_its_own_kind_represents_the_column(rows):
    class Loud(serializers.Serializer):
        first_name = Shouting()

    stored = Employee.objects.order_by("pk")

    assert reading.plan(Loud, Employee).read(stored) == [{"first_name": row.first_name.upper()} for row in stored]


def shape(**fields) -> type[serializers.Serializer]:
    return type("Odd", (serializers.Serializer,), fields)


UNCOMPILABLE: dict[str, tuple[type[serializers.Serializer], type[models.Model]]] = {
    "is worked out from the whole row": (shape(total=serializers.SerializerMethodField()), Employee),
    "is read from hours, which is no column": (shape(hours=serializers.CharField()), Assignment),
    "is read from a row, not from its key: tenant_id": (shape(tenant=serializers.CharField()), Employee),
    "leads through assignments, which is no relation to one row": (
        shape(first=serializers.CharField(source="assignments.status")),
        Employee,
    ),
    "leads through a relation that may be empty: say allow_null=True": (
        shape(tenant=serializers.CharField(source="tenant.name")),
        Role,
    ),
    "shows many rows of qualifications: say many=True": (shape(qualifications=EmployeeShape()), Employee),
    "is read from tenant, which is no relation to many rows": (
        shape(tenant=Reference(Qualification, many=True)),
        ShiftType,
    ),
}


@pytest.mark.parametrize("why", UNCOMPILABLE)
def test_shape_that_cannot_be_compiled_is_refused(why):
    odd, model = UNCOMPILABLE[why]

    with pytest.raises(reading.Uncompilable) as refused:
        reading.plan(odd, model)

    assert f" {why} (of " in str(refused.value)


def test_shape_with_a_representation_of_its_own_is_refused():
    class Own(serializers.Serializer):
        def to_representation(self, instance):
            return {}

    with pytest.raises(reading.Uncompilable, match="Own has a to_representation of its own"):
        reading.plan(Own, Employee)
