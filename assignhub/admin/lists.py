"""Lists that stay quick however long the table grows: bounded counts, declared look-ups, filters as dropdowns."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.admin import ShowFacets
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.paginator import Page, Paginator
from django.db import DataError, models
from django.http import HttpRequest, HttpResponseRedirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter
from unfold.views import ChangeList

from assignhub.permissions import within

# Nobody pages further than this; whoever looks for a row narrows the list.
COUNTED = 10_000
VALUES_OFFERED = 200


class BoundedPaginator(Paginator):
    """Counts no further than `COUNTED` rows, so that a page never has to look at a whole table.

    A list that is longer says “more than 10,000”, and its pages end there.
    """

    template_name = "admin/bounded_pagination.html"

    @cached_property
    def counted(self) -> int:
        rows = self.object_list
        if not isinstance(rows, models.QuerySet):
            return len(rows)
        return rows.order_by()[: COUNTED + 1].count()

    @property
    def is_longer(self) -> bool:
        return self.counted > COUNTED

    @cached_property
    def count(self) -> int:
        return min(self.counted, COUNTED)

    def page(self, number) -> Page:
        """A page, whose keys are found first: only its own rows are then joined with what the list shows of them."""
        rows = self.object_list
        if not isinstance(rows, models.QuerySet) or rows.query.distinct or rows.query.annotations:
            return super().page(number)
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        keys = rows.values("pk")[first : min(first + self.per_page, self.count)]
        shown = rows.model._base_manager.filter(pk__in=keys).order_by(*rows.query.order_by)
        shown.query.select_related = rows.query.select_related
        return Page(shown, number, self)


class BoundedList(ChangeList):
    """What a list says of its own length: “51–100 of more than 10,000 shifts”."""

    result_list: Any

    def get_results(self, request) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        self.model_admin.describe(request, self.result_list)
        # Nothing is known of the list without its filters, so nothing is to be said of it beside the title.
        self.full_result_count = self.result_count

    @property
    def extent(self) -> str:
        longer = getattr(self.paginator, "is_longer", False)
        name = self.opts.verbose_name if self.result_count == 1 else self.opts.verbose_name_plural
        whole = f"{'more than ' if longer else ''}{self.result_count:,} {name}"
        if not self.multi_page or (self.show_all and self.can_show_all):
            return whole
        first = (self.page_num - 1) * self.list_per_page + 1
        return f"{first:,}–{min(first + self.list_per_page - 1, self.result_count):,} of {whole}"

    @property
    def is_longer(self) -> bool:
        return getattr(self.paginator, "is_longer", False)


class DeclaredLookups(ModelAdmin):
    """A list that answers only the look-ups it offers as filters.

    Any other in the address would tell hidden columns letter by letter, or ask the database for what it cannot do.
    """

    paginator = BoundedPaginator
    list_per_page = 50
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_filter_submit = True
    # Finds rows of related models first, by their text, and then the rows of this list that name them: a look-up path
    # to a foreign key → look-up paths of text on its model. What is searched here goes without in `search_fields`.
    search_related: dict[str, tuple[str, ...]] = {}

    def get_changelist(self, request, **kwargs):
        return BoundedList

    def describe(self, request: HttpRequest, rows: list[Any]) -> None:
        """Put on the rows of a page of the list what its columns say beyond the rows themselves.

        Pages override it, and ask the database as often for fifty rows as for one.
        """

    def lookup_allowed(self, lookup, value, request=None) -> bool:
        offered = [
            entry[0] if isinstance(entry, tuple) else entry for entry in (*self.list_filter, self.date_hierarchy)
        ]
        names = [getattr(entry, "parameter_name", entry) for entry in offered if entry]
        path = lookup.removesuffix("_from").removesuffix("_to")
        named = any(path == name or path.startswith(f"{name}__") for name in names)
        return named and "regex" not in lookup and super().lookup_allowed(lookup, value, request)

    def changelist_view(self, request, extra_context=None):
        try:
            return super().changelist_view(request, extra_context)
        except (ValueError, OverflowError, DataError):
            # A value that fits no column, such as the year 99999: the page Django shows for other broken filters.
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")

    def get_search_results(self, request, queryset, search_term):
        """Every word must be found, in a column of the row or of a row it names."""
        if not self.search_related:
            return super().get_search_results(request, queryset, search_term)
        for word in search_term.split():
            condition = models.Q()
            for path in self.get_search_fields(request):
                condition |= models.Q(**{f"{path}__icontains": word})
            for path, columns in self.search_related.items():
                named: Any = models.Q()
                for column in columns:
                    named |= models.Q(**{f"{column}__icontains": word})
                condition |= models.Q(**{f"{path}__in": self._named(request, path).filter(named).values("pk")})
            queryset = queryset.filter(condition)
        return queryset, False

    def _named(self, request: HttpRequest, path: str) -> models.QuerySet:
        """The rows at the end of a look-up path, within reach."""
        model: Any = self.model
        for step in path.split("__"):
            model = model._meta.get_field(step).related_model
        return within(model._base_manager.all(), request.user, model.permission("view"))


class AnswerFilter(DropdownFilter):
    """A dropdown of answers that are known beforehand."""

    answers: tuple[tuple[str, str], ...] = ()

    def lookups(self, request, model_admin):
        return self.answers


class YesNoFilter(AnswerFilter):
    """A yes-or-no field as a dropdown; a subclass says which, or `YesNoFilter.of("is_active", "active")` makes one."""

    field_name: str

    @classmethod
    def of(cls, name: str, title: str, yes: str = "Yes", no: str = "No") -> type["YesNoFilter"]:
        attributes = {"title": title, "parameter_name": name, "field_name": name, "answers": (("1", yes), ("0", no))}
        return type(f"{name}_filter", (cls,), attributes)

    def queryset(self, request, queryset):
        if self.value() not in ("0", "1"):
            return queryset
        return queryset.filter(**{self.field_name: self.value() == "1"})


class PresenceFilter(YesNoFilter):
    """Whether an optional field is filled."""

    def queryset(self, request, queryset):
        if self.value() not in ("0", "1"):
            return queryset
        return queryset.filter(**{f"{self.field_name}__isnull": self.value() == "0"})


class ValuesFilter(AnswerFilter):
    """A column of short texts as a dropdown of those in use: `ValuesFilter.of("industry", "industry")`."""

    field_name: str

    @classmethod
    def of(cls, name: str, title: str) -> type["ValuesFilter"]:
        return type(f"{name}_filter", (cls,), {"title": title, "parameter_name": name, "field_name": name})

    def lookups(self, request, model_admin):
        rows = model_admin.get_queryset(request).exclude(**{self.field_name: ""})
        found = rows.order_by(self.field_name).values_list(self.field_name, flat=True).distinct()
        return [(value, value) for value in found[:VALUES_OFFERED]]

    def queryset(self, request, queryset):
        return queryset.filter(**{self.field_name: self.value()}) if self.value() else queryset


class TimeRangeFilter(RangeDateFilter):
    """Days from and to, on a field that holds moments: the last day counts whole."""

    def queryset(self, request, queryset):
        bounds = {}
        for end, lookup in (("from", "gte"), ("to", "lt")):
            text = self.used_parameters.get(f"{self.parameter_name}_{end}")
            if not isinstance(text, str) or not text:
                continue
            day = parse_date(text)
            if day is None:
                return None
            day += timedelta(days=end == "to")
            bounds[f"{self.parameter_name}__{lookup}"] = timezone.make_aware(datetime.combine(day, time()))
        return queryset.filter(**bounds)
