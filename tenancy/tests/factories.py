"""Rows of the tenancy domain for tests, written past the services: what stands there before a test acts."""

import factory
from factory.django import DjangoModelFactory

from tenancy.models import Assignment, Membership, Role, Tenant, User


class TenantFactory(DjangoModelFactory):
    class Meta:
        model = Tenant

    name = factory.Sequence(lambda number: f"Clinic {number}")
    time_zone = "Europe/Berlin"


class RoleFactory(DjangoModelFactory):
    class Meta:
        model = Role

    tenant = factory.SubFactory(TenantFactory)
    name = factory.Sequence(lambda number: f"Role {number}")
    type = "member"


class AssignmentFactory(DjangoModelFactory):
    """A role of the tenant in force there; a shared one with `role__tenant=None`."""

    class Meta:
        model = Assignment

    tenant = factory.SubFactory(TenantFactory)
    role = factory.SubFactory(RoleFactory, tenant=factory.SelfAttribute("..tenant"))


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda number: f"person{number}@ward.example")
    first_name = factory.Sequence(lambda number: f"First{number}")
    last_name = factory.Sequence(lambda number: f"Last{number}")
    # Nobody signs in with a password here; hashing one for each row would only cost time.
    password = "!"


class MembershipFactory(DjangoModelFactory):
    """A new person holding a role; `assignment__tenant` and `assignment__role__type` say which."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    assignment = factory.SubFactory(AssignmentFactory)
