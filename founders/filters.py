"""The documented query parameters of the founders lists, under their wire names."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from founders.models import Founder, Note
from tenancy.models import Membership


class SearchFilterSet(django_filters.FilterSet):
    """A list with `search`."""

    search = django_filters.CharFilter(method="find", max_length=200)

    searched: tuple[str, ...]

    def find(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        condition = Q(pk__in=[])
        for path in self.searched:
            condition |= Q(**{f"{path}__icontains": value})
        return rows.filter(condition)


class FounderFilters(SearchFilterSet):
    searched = ("name", "email", "company_name", "industry")

    tenantId = django_filters.UUIDFilter(field_name="tenant_id")
    industry = django_filters.CharFilter(lookup_expr="iexact", max_length=100)
    withoutAdmin = django_filters.BooleanFilter(method="orphaned")

    class Meta:
        model = Founder
        fields = ["industry"]

    def orphaned(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        orphans = Founder.objects.without_admin(timezone.now()).values("pk")
        return rows.filter(pk__in=orphans) if value else rows.exclude(pk__in=orphans)


class NoteFilters(SearchFilterSet):
    searched = ("text",)

    authorId = django_filters.UUIDFilter(field_name="author_id")
    dateFrom = django_filters.DateFilter(field_name="date", lookup_expr="gte")
    dateTo = django_filters.DateFilter(field_name="date", lookup_expr="lte")

    class Meta:
        model = Note
        fields = ["search"]


class CandidateFilters(SearchFilterSet):
    searched = ("user__email", "user__first_name", "user__last_name")

    tenantId = django_filters.UUIDFilter(field_name="assignment__tenant_id")

    class Meta:
        model = Membership
        fields = ["search"]
