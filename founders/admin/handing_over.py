"""The form that asks to whom founders are handed over: their organisations' admins, with what each of them has."""

from collections import defaultdict
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelect2Widget

from assignhub.admin import ActionForm
from founders.candidates import Candidate, admins_held, described, places
from founders.models import Assignment
from tenancy.models import User


class PersonField(forms.ModelChoiceField):
    """A person to search among few; `told` has what is said beside the name."""

    widget = UnfoldAdminSelect2Widget

    def __init__(self, **kwargs: Any):
        super().__init__(User.objects.none(), **kwargs)
        self.told: dict[Any, str] = {}

    def label_from_instance(self, person: User) -> str:
        return f"{person} ({person.email}){self.told.get(person.pk, '')}"


class HeirForm(ActionForm):
    """To whom the founders of the chosen rows go."""

    to = PersonField(label="New admin", help_text="An admin or owner of the founder's organisation.")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.founders = [getattr(row, "founder", row) for row in self.rows]
        tenants = {founder.tenant_id for founder in self.founders}
        candidates = described(places(admins_held().filter(assignment__tenant__in=tenants)))
        heirs: Any = self.fields["to"]
        heirs.queryset = User.objects.filter(pk__in={candidate.admin_id for candidate in candidates})
        heirs.told = loads(candidates)


class HandOverForm(HeirForm):
    """To whom founders go, and in whose place."""

    replaced = PersonField(
        label="In place of",
        required=False,
        help_text="Empty: of all who no longer count, for founders who have nobody left.",
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        present = Assignment.objects.filter(founder__in=[founder.pk for founder in self.founders])
        leaving: Any = self.fields["replaced"]
        leaving.queryset = User.objects.filter(pk__in=present.values("admin"))


def loads(candidates: list[Candidate]) -> dict[Any, str]:
    """How many founders each person has, and would take at most where that is known."""
    places_of: dict[Any, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        places_of[candidate.admin_id].append(candidate)
    told = {}
    for key, held in places_of.items():
        have = sum(place.founder_count for place in held)
        limits = [place.capacity for place in held if place.capacity is not None]
        most = f" of {sum(limits)}" if len(limits) == len(held) else ""
        told[key] = f" – looks after {have}{most}"
    return told
