"""Rows of the founders domain for tests, written past the services: what stands there before a test acts."""

import factory
from factory.django import DjangoModelFactory

from founders.models import Assignment, Capacity, Founder
from tenancy.models import Assignment as RoleAssignment
from tenancy.tests.factories import MembershipFactory, TenantFactory


class FounderFactory(DjangoModelFactory):
    class Meta:
        model = Founder

    tenant = factory.SubFactory(TenantFactory)
    name = factory.Sequence(lambda number: f"Founder {number}")
    email = factory.Sequence(lambda number: f"founder{number}@startup.example")
    company_name = factory.Sequence(lambda number: f"Company {number}")
    industry = "Software Development"


class AssignmentFactory(DjangoModelFactory):
    class Meta:
        model = Assignment


class CapacityFactory(DjangoModelFactory):
    class Meta:
        model = Capacity

    capacity = 10


def admin_of(tenant, first_name: str, last_name: str = "Example", rank: str = "admin", **fields):
    """A new person who holds the tenant's role of that rank; see `assignhub/testing.py`."""
    assignment = RoleAssignment.objects.get(tenant=tenant, role__type=rank)
    names = {"user__first_name": first_name, "user__last_name": last_name}
    return MembershipFactory(assignment=assignment, **names, **{f"user__{k}": v for k, v in fields.items()}).user
