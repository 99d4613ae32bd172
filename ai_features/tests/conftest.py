"""What tests of AI features share: a world in which loopback is allowed, and a feature with providers."""

from collections.abc import Callable

import pytest
from django.apps import apps

from ai_features import services
from assignhub.models import AuditEntry
from assignhub.permissions import OPERATOR


@pytest.fixture
def loopback(settings) -> None:
    """Let providers be on this machine, and be impatient with them."""
    settings.AI_ALLOWED_HOSTS = ["127.0.0.1"]
    settings.AI_BREAKER_THRESHOLD = 3
    settings.AI_BREAKER_COOLING_SECONDS = 60


@pytest.fixture
def make_provider(loopback) -> Callable:
    """`make_provider(name, endpoint, **values)` → a provider of type `custom` with one model, its default."""

    def make(name: str, endpoint: str, **values):
        prices = {"input_price": "100", "output_price": "200"}
        row = services.providers.create(
            by=OPERATOR, **{"name": name, "type": "custom", "endpoint": endpoint, "api_key": "a-key-for-tests"} | values
        )
        model = services.models.create(by=OPERATOR, provider=row, name=f"{name}-1", json_output=True, **prices)
        return services.providers.update(row, by=OPERATOR, default_model=model)

    return make


@pytest.fixture
def make_feature(loopback) -> Callable:
    """`make_feature(primary, backup=None, **values)` → an assignment of the feature “checklists”."""

    def make(primary, backup=None, **values):
        sides = {"primary_provider": primary, "backup_provider": backup}
        return services.features.create(by=OPERATOR, **{"feature_name": "checklists"} | sides | values)

    return make


@pytest.fixture
def stored(db) -> Callable:
    """`stored()` → all rows of this app and the audit trail: what a refused request must leave exactly as it was."""
    tables = [*apps.get_app_config("ai_features").get_models(), AuditEntry]
    return lambda: {table._meta.label: list(table._base_manager.order_by("pk").values_list()) for table in tables}
