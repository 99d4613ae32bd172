"""What tests of the whole product share: all that is stored, a row of every kind, clients that outlive a 500."""

import pytest
from django.apps import apps

from ai_features.models import ProviderHealth, Usage
from assignhub.models import RateCounter, Record, Upload
from assignhub.tests import samples
from tenancy.models import User


@pytest.fixture
def stored(db):
    """`stored()` → all rows of the product by table: what a refused request must leave exactly as it was.

    But for what is counted and kept beside the records: rates, files under way, and how AI providers did.
    """

    def read() -> dict[str, list[tuple]]:
        labels = {model._meta.app_label for model in apps.get_models() if issubclass(model, Record)} | {"assignhub"}
        models = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in labels]
        tables = [model for model in models if model not in (RateCounter, Upload, Usage, ProviderHealth)]
        return {table._meta.label: list(table._base_manager.order_by("pk").values_list()) for table in tables}

    return read


@pytest.fixture
def rows(people, tenant) -> dict:
    """A row of every kind in `tenant`, by its model's label; nothing keeps any of them from being deleted."""
    return samples.rows(tenant, people)


@pytest.fixture
def patient(api):
    """`patient(person)` → an API client that hands back a 500 as a response instead of raising its cause."""

    def client(person):
        made = api(person)
        made.raise_request_exception = False
        return made

    return client


@pytest.fixture
def fresh():
    """`fresh(person)` → the account as the next request will find it, its roles read."""

    def read(person) -> User:
        user = User.objects.filter(pk=person.pk).first_with_roles()
        assert user is not None
        return user

    return read
