"""Errors as data: rules raise Django's `ValidationError` with a code, one table says which status that is."""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

STATUS = {
    "second_factor_required": 401,
    "second_factor_missing": 401,
    "second_factor_wrong": 401,
    "forbidden": 403,
    "invalid_assignment": 403,
    "not_found": 404,
    "not_organization_member": 404,
    "conflict": 409,
    "critical_conflicts": 409,
    "duplicate": 409,
    "in_use": 409,
    "last_owner": 409,
    "overlap": 409,
    "unique": 409,
    "unique_together": 409,
    "precondition_failed": 412,
    "too_large": 413,
}


class Refused(ValidationError):
    """A rule said no.

    `code` is machine-readable and decides the status (`STATUS`, else 400); `field` names the model field a form
    shows the text at; `about` holds the ids the refusal concerns. The text reaches the client as it is.
    """

    def __init__(self, text: str, code: str, *, field: str | None = None, about: dict[str, Any] | None = None):
        super().__init__(text, code=code)
        self.field = field
        self.about = about or {}


def not_found(model, key, *, field: str | None = None, by: str = "ID") -> Refused:
    """The refusal for a row that does not exist, or not for whoever asks; `by` says what kind of key was given."""
    name = str(model._meta.verbose_name)
    about = {f"{model._meta.model_name}_id": key} if by == "ID" else {}
    return Refused(f"{name.capitalize()} with {by} {key} not found", "not_found", field=field, about=about)


def explain(error: Exception, wire_name: Callable[[str], str] = str) -> str:
    """A refusal in one text: rules in their own words, values with the name the reader knows the field by in front."""
    parts = []
    for field, single in singles(error):
        text = " ".join(single.messages)
        in_own_words = isinstance(single, Refused) or field == NON_FIELD_ERRORS
        parts.append(text if in_own_words else f"{wire_name(field)}: {text}")
    return " ".join(parts)


def singles(error: Exception) -> Iterator[tuple[str, ValidationError]]:
    """Each single error of a refusal with the model field it concerns (`__all__` for none)."""
    if not isinstance(error, ValidationError):
        error = ValidationError(str(error))
    by_field = getattr(error, "error_dict", None) or {NON_FIELD_ERRORS: error.error_list}
    for field, errors in by_field.items():
        for single in errors:
            yield getattr(single, "field", None) or field, single
