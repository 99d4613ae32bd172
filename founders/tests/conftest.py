"""The incubator of seed 003: two founders, John Doe and Jane Smith, who are admins of their tenant."""

from collections.abc import Callable

import pytest
from django.apps import apps

from assignhub.models import AuditEntry
from founders import services
from founders.tests.factories import FounderFactory, admin_of

URL = "/api/v1/assignments"


@pytest.fixture
def alex(tenant):
    company = {"company_name": "TechStart Inc.", "industry": "Software Development"}
    return FounderFactory(tenant=tenant, name="Alex Johnson", email="alex@startup.com", **company)


@pytest.fixture
def sarah(tenant):
    company = {"company_name": "Innovate Solutions", "industry": "HealthTech"}
    return FounderFactory(tenant=tenant, name="Sarah Williams", email="sarah@innovate.io", **company)


@pytest.fixture
def john(tenant):
    return admin_of(tenant, "John", "Doe", email="john@example.com")


@pytest.fixture
def jane(tenant):
    return admin_of(tenant, "Jane", "Smith", email="jane@example.com")


@pytest.fixture
def assign(super_admin) -> Callable:
    """`assign(founder, *admins)` gives a founder these admins, through the service."""

    def write(founder, *admins, **options) -> None:
        services.replace(founder.pk, [person.pk for person in admins], by=super_admin, **options)

    return write


@pytest.fixture
def stored(db) -> Callable[[], dict]:
    """`stored()` → every row and value of the app, and the audit trail: equal before and after means that nothing was
    written."""
    models = [*apps.get_app_config("founders").get_models(), AuditEntry]
    return lambda: {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


def refusal(status: int, message: str) -> dict:
    return {"status": "error", "statusCode": status, "message": message}
