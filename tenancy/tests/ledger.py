"""Proof that a refused request wrote nothing: every row of the domain and of the audit trail, before and after."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps

from assignhub.models import AuditEntry
from tenancy.models import SignIn


def rows() -> dict[str, list[dict]]:
    # Making a client begins a sign-in; what ends one shows in the trail.
    models = [model for model in apps.get_app_config("tenancy").get_models() if model is not SignIn]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in [*models, AuditEntry]}


@contextmanager
def nothing_written() -> Iterator[None]:
    before = rows()
    yield
    assert rows() == before


@contextmanager
def audited(*expected: tuple[str, str]) -> Iterator[None]:
    """The block adds exactly these entries to the trail, as (who, what they did), oldest first."""
    last = AuditEntry.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    yield
    added = AuditEntry.objects.filter(pk__gt=last).order_by("pk").values_list("by_label", "action")
    assert sorted(added) == sorted(expected)
