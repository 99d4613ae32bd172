"""The documented query parameters of the tenancy lists, under their wire names."""

import django_filters
from django.db.models import F, OrderBy, Q, QuerySet

from assignhub.permissions import TENANT_RANKS
from tenancy.models import Assignment, Membership, Role, Tenant, User

ORDER = {"ASC": "", "DESC": "-"}
NULLABLE = {"removed_at"}


class SortFilter(django_filters.ChoiceFilter):
    """`sortBy`: wire names and the look-up paths they sort by."""

    def __init__(self, **paths: str):
        self.paths = {"createdAt": "created_at", "updatedAt": "updated_at", **paths}
        super().__init__(method="keep", choices=[(name, name) for name in self.paths])


class SortedFilterSet(django_filters.FilterSet):
    """A list with `search`, `sortBy` and `sortOrder` (`ASC` or `DESC`); the newest first when neither is sent."""

    sortOrder = django_filters.ChoiceFilter(method="keep", choices=[(name, name) for name in ORDER])
    search = django_filters.CharFilter(method="find", max_length=200)

    searched: tuple[str, ...]

    def keep(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """For parameters that `filter_queryset` reads together."""
        return rows

    def find(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        condition = Q(pk__in=[])
        for path in self.searched:
            condition |= Q(**{f"{path}__icontains": value})
        return rows.filter(condition)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        rows = super().filter_queryset(queryset)
        path = self.filters["sortBy"].paths[self.form.cleaned_data["sortBy"] or "createdAt"]
        sign = ORDER[self.form.cleaned_data["sortOrder"] or "DESC"]
        if path in NULLABLE:
            # Left alone, SQLite and PostgreSQL put rows without a value at different ends.
            return rows.order_by(OrderBy(F(path), descending=bool(sign), nulls_last=True), f"{sign}pk")
        return rows.order_by(f"{sign}{path}", f"{sign}pk")


class AssignmentFilters(SortedFilterSet):
    sortBy = SortFilter(removedAt="removed_at", roleName="role__name", tenantName="tenant__name")
    searched = ("role__name", "role__type", "tenant__name")

    roleId = django_filters.UUIDFilter(field_name="role_id")
    tenantId = django_filters.UUIDFilter(field_name="tenant_id")
    removed = django_filters.ChoiceFilter(method="keep", choices=[("false", "false"), ("true", "true"), ("all", "all")])

    class Meta:
        model = Assignment
        fields = ["roleId", "tenantId"]

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        rows = super().filter_queryset(queryset)
        match self.form.cleaned_data["removed"]:
            case "all":
                return rows
            case "true":
                return rows.filter(removed_at__isnull=False)
            case _:
                return rows.filter(removed_at=None)


class RoleFilters(SortedFilterSet):
    sortBy = SortFilter(name="name")
    searched = ("name", "type")

    tenantId = django_filters.UUIDFilter(field_name="tenant_id")
    type = django_filters.ChoiceFilter(choices=TENANT_RANKS)

    class Meta:
        model = Role
        fields = ["tenantId", "type"]


class TenantFilters(SortedFilterSet):
    sortBy = SortFilter(name="name")
    searched = ("name",)

    class Meta:
        model = Tenant
        fields = ["search"]


class UserFilters(SortedFilterSet):
    sortBy = SortFilter(email="email", lastName="last_name")
    searched = ("email", "first_name", "last_name")

    isActive = django_filters.BooleanFilter(field_name="is_active")

    class Meta:
        model = User
        fields = ["isActive"]


class MembershipFilters(SortedFilterSet):
    sortBy = SortFilter(roleName="assignment__role__name", email="user__email")
    searched = ("user__email", "user__first_name", "user__last_name", "assignment__role__name")

    tenantId = django_filters.UUIDFilter(field_name="assignment__tenant_id")
    roleId = django_filters.UUIDFilter(field_name="assignment__role_id")
    assignmentId = django_filters.UUIDFilter(field_name="assignment_id")
    userId = django_filters.UUIDFilter(field_name="user_id")

    class Meta:
        model = Membership
        fields = ["userId"]
