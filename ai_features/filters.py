"""The documented query parameters of the AI lists (contract, "AI features")."""

import django_filters
from django.db.models import QuerySet

from ai_features.models import FeatureAssignment, Model, Provider
from ai_features.models.providers import retirement_horizon


class FeatureFilters(django_filters.FilterSet):
    feature_category = django_filters.CharFilter(max_length=100)
    active_only = django_filters.BooleanFilter(method="only_active")
    provider_id = django_filters.UUIDFilter(method="of_provider")
    model_id = django_filters.UUIDFilter(method="of_model")
    retiring = django_filters.BooleanFilter(method="by_retirement")

    class Meta:
        model = FeatureAssignment
        fields = ["feature_category"]

    def only_active(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.filter(is_active=True) if value else rows

    def of_provider(self, rows: QuerySet, name: str, value) -> QuerySet:
        return rows.filter(primary_provider=value) | rows.filter(backup_provider=value)

    def of_model(self, rows, name: str, value) -> QuerySet:
        return rows.served_by([value])

    def by_retirement(self, rows, name: str, value: bool) -> QuerySet:
        served = rows.served_by(Model.objects.filter(retires_at__lte=retirement_horizon()).values("pk"))
        return served if value else rows.exclude(pk__in=served.values("pk"))


class ProviderFilters(django_filters.FilterSet):
    type = django_filters.ChoiceFilter(choices=Provider.Type.choices)
    active_only = django_filters.BooleanFilter(method="only_active")

    class Meta:
        model = Provider
        fields = ["type"]

    def only_active(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.filter(is_active=True) if value else rows


class ModelFilters(ProviderFilters):
    type = None
    provider_id = django_filters.UUIDFilter()
    mode = django_filters.CharFilter(max_length=40)
    search = django_filters.CharFilter(field_name="name", lookup_expr="icontains", max_length=100)
    retiring = django_filters.BooleanFilter(method="by_retirement")
    retires_before = django_filters.DateFilter(field_name="retires_at", lookup_expr="lt")

    class Meta:
        model = Model
        fields = ["mode"]

    def by_retirement(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        near = rows.filter(retires_at__lte=retirement_horizon())
        return near if value else rows.exclude(pk__in=near.values("pk"))
