"""The sheets of AI providers and of what they serve. Models come by the catalogue (`services/catalogue.py`)."""

from typing import Any

from ai_features import services
from ai_features.models import FeatureAssignment, Model, Provider, folded
from ai_features.suitability import SIDES
from assignhub.errors import Refused, not_found
from assignhub.imports import Row, Sheet

TRUTHS = {"": True, "yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class Providers(Sheet):
    """Without keys: those are not read from files, and not written into them."""

    name = "AI providers"
    columns = ("name", "type", "endpoint", "is_active", "monthly_budget")
    required = ("name", "type")
    needs_tenant = False

    @staticmethod
    def line(row: Provider) -> tuple[Any, ...]:
        budget = "" if row.monthly_budget is None else row.monthly_budget
        return row.name, row.type, row.endpoint, "yes" if row.is_active else "no", budget

    def take(self, row: Row) -> str:
        present = Provider.objects.within(self.by, Provider.permission("view")).filter(name=row["name"]).first()
        values = {name: row[name] for name in ("name", "type", "endpoint")}
        budget = row["monthly_budget"] or None
        return self.put(services.providers, present, **values, is_active=truth(row["is_active"]), monthly_budget=budget)


class Features(Sheet):
    """Which provider and model serve which feature, and who stands in; models by the provider they are of."""

    name = "feature assignments"
    columns = (
        "feature",
        "category",
        "primary_provider",
        "primary_model",
        "backup_provider",
        "backup_model",
        "is_active",
    )
    required = ("feature", "primary_provider")
    needs_tenant = False
    related = ("primary_provider", "primary_model", "backup_provider", "backup_model")

    @staticmethod
    def line(row: FeatureAssignment) -> tuple[Any, ...]:
        places = (row.primary_provider, row.primary_model, row.backup_provider, row.backup_model)
        names = ("" if place is None else place.name for place in places)
        return row.feature_name, row.feature_category, *names, "yes" if row.is_active else "no"

    def take(self, row: Row) -> str:
        values: dict[str, Any] = {"feature_name": row["feature"], "is_active": truth(row["is_active"])}
        if row["category"]:
            values["feature_category"] = row["category"]
        for side in SIDES:
            provider = self.provider(row[f"{side}_provider"], f"{side}_provider")
            values[f"{side}_provider"] = provider
            values[f"{side}_model"] = self.model(provider, row[f"{side}_model"], f"{side}_model")
        features = FeatureAssignment.objects.within(self.by, FeatureAssignment.permission("view"))
        present = features.filter(feature_key=folded(row["feature"])).first()
        return self.put(services.features, present, **values)

    def provider(self, name: str, column: str) -> Provider | None:
        if not name:
            return None
        found = Provider.objects.within(self.by, Provider.permission("view")).filter(name=name).first()
        if found is None:
            raise not_found(Provider, f"“{name}”", field=column, by="name")
        return found

    def model(self, provider: Provider | None, name: str, column: str) -> Model | None:
        if not name:
            return None
        found = Model.objects.filter(provider=provider, name=name).first()
        if found is None:
            raise not_found(Model, f"“{name}”", field=column, by="name")
        return found


def truth(cell: str) -> bool:
    """Whether a cell says yes, which an empty one does; raises `Refused` for what says neither."""
    if cell.lower() not in TRUTHS:
        raise Refused(f"“{cell}” is neither yes nor no.", "invalid", field="is_active")
    return TRUTHS[cell.lower()]
