"""Links between what belongs together: from a row's page to the lists of the rows that name it."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse
from unfold.admin import ModelAdmin

from assignhub.permissions import NO, reach


class RelatedLists(ModelAdmin):
    """A page that leads to the lists of what belongs to its row.

    `related_lists` has a triple for each: what the link says, the model's label, and the look-up path on that model to
    this row, which must be one of that list's filters. A link nobody may follow is not shown.
    """

    related_lists: ClassVar[tuple[tuple[str, str, str], ...]] = ()

    def links(self, request: HttpRequest, row: Any) -> list[tuple[str, str]]:
        """(what it says, address) for each list the person may open."""
        found = []
        for text, label, path in self.related_lists:
            model: Any = apps.get_model(label)
            if reach(request.user, model.permission("view")) == NO:
                continue
            address = reverse(f"{self.admin_site.name}:{model._meta.app_label}_{model._meta.model_name}_changelist")
            found.append((text, f"{address}?{urlencode({f'{path}__id__exact': row.pk})}"))
        return found
