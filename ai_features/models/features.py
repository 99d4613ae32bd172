"""Which provider and model serve which feature, and what the feature asks of them."""

import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from ai_features.models.providers import PRICE, Model, Provider
from assignhub.models import HubQuerySet, Record
from assignhub.permissions import Reach

RESERVED = ("bulk", ".", "..")
LARGEST_CONFIG = 16_000
# Some letters become several when they are folded.
LONGEST_KEY = 400
CONFIG_RULES = (
    "“temperature” is a number from 0 to 2, “max_output_tokens” a whole number from 1, “system_prompt” a text"
)


def folded(name: str) -> str:
    """A feature's name as it is compared: without regard to case and surrounding space.

    Folded here and not by the databases, which do not agree on letters beyond ASCII.
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()


class Needs(models.Model):
    """What a feature asks of the model that serves it; what is empty or false is not asked for."""

    needs_context = models.PositiveIntegerField(
        "context size",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Tokens of input the model must take.",
    )
    needs_vision = models.BooleanField("vision", default=False)
    needs_tools = models.BooleanField("tools", default=False)
    needs_json = models.BooleanField("JSON output", default=False)
    price_ceiling = models.DecimalField(
        **PRICE,
        null=True,
        blank=True,
        help_text="US dollars per million tokens that neither input nor output may exceed.",
    )

    class Meta:
        abstract = True

    def lacking(self, model: Model) -> Iterator[str]:
        """What `model` does not have of what is asked for, in words."""
        if model.mode != "chat":
            yield f"chat (its mode is {model.mode})"
        if self.needs_context and (model.context_size or 0) < self.needs_context:
            size = "an unknown number of" if model.context_size is None else f"{model.context_size:,}"
            yield f"a context of {self.needs_context:,} tokens (it takes {size})"
        for asked, name in (("vision", "vision"), ("tools", "tools"), ("json", "JSON output")):
            if getattr(self, f"needs_{asked}") and not getattr(model, "json_output" if asked == "json" else asked):
                yield name
        if self.price_ceiling is not None:
            for kind, price in (("input", model.input_price), ("output", model.output_price)):
                if price is None or price > self.price_ceiling:
                    known = "its price is unknown" if price is None else f"it costs {price.normalize():f}"
                    yield f"{kind} at no more than {self.price_ceiling.normalize():f} US dollars per million ({known})"


class FeatureQuerySet(HubQuerySet):
    def served_by(self, models_: Any) -> "FeatureQuerySet":
        """Assignments that one of the models serves, by name or as the default of their provider."""
        condition = Q()
        for side in ("primary", "backup"):
            condition |= Q(**{f"{side}_model__in": models_})
            condition |= Q(**{f"{side}_model": None, f"{side}_provider__default_model__in": models_})
        return self.filter(condition)

    def served_names(self, keys: Iterable[Any]) -> dict[Any, list[str]]:
        """The names of the features each of these models serves, by the model's key, in one query."""
        names: dict[Any, set[str]] = {key: set() for key in keys}
        sides = ("primary", "backup")
        paths = [f"{side}_{path}" for side in sides for path in ("model_id", "provider__default_model_id")]
        for name, *served in self.served_by(list(names)).values_list("feature_name", *paths):
            for own, default in (served[:2], served[2:]):
                if (own or default) in names:
                    names[own or default].add(name)
        return {key: sorted(found) for key, found in names.items()}

    def with_candidates(self) -> "FeatureQuerySet":
        """With everything that decides who serves, in the same query."""
        paths = []
        for side in ("primary", "backup"):
            provider = f"{side}_provider"
            paths += [f"{side}_model", provider, f"{provider}__health", f"{provider}__default_model"]
        return self.select_related(*paths)


class FeatureAssignment(Needs, Record):
    """The provider and model that serve a feature, and those that stand in for them. Source: seed 000."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    feature_name = models.CharField(max_length=100)
    feature_key = models.CharField(max_length=LONGEST_KEY, blank=True, editable=False)
    feature_category = models.CharField(max_length=100, default="general")
    primary_provider = models.ForeignKey(Provider, models.PROTECT, related_name="primary_features")
    primary_model = models.ForeignKey(
        Model, models.PROTECT, related_name="primary_features", null=True, blank=True,
        help_text="Empty: the default of the provider.",
    )  # fmt: skip
    backup_provider = models.ForeignKey(
        Provider, models.PROTECT, related_name="backup_features", null=True, blank=True,
        help_text="Is asked when the primary cannot answer.",
    )  # fmt: skip
    backup_model = models.ForeignKey(
        Model, models.PROTECT, related_name="backup_features", null=True, blank=True,
        help_text="Empty: the default of the provider.",
    )  # fmt: skip
    is_active = models.BooleanField("active", default=True)
    config = models.JSONField(
        default=dict, blank=True, help_text=f"A JSON object; {CONFIG_RULES}. What else is in it is for the feature."
    )

    objects: ClassVar = FeatureQuerySet.as_manager()

    reach: ClassVar[dict[Reach, str]] = {}
    # The key says nothing that the name does not.
    secret: ClassVar = ("feature_key",)

    class Meta:
        ordering = ["feature_name"]
        db_table = "feature_ai_assignments"
        verbose_name = "feature assignment"
        constraints = [
            models.UniqueConstraint(
                fields=["feature_key"],
                name="feature_once",
                violation_error_code="duplicate",
                violation_error_message="Feature assignment already exists",
            ),
        ]
        indexes = [models.Index(fields=["feature_category"], name="feature_category")]

    def __str__(self) -> str:
        return self.feature_name

    def model_of(self, side: str) -> Model | None:
        """The model named for `primary` or `backup`, or else the default of its provider."""
        provider = getattr(self, f"{side}_provider")
        return getattr(self, f"{side}_model") or (provider.default_model if provider else None)

    def clean(self) -> None:
        from ai_features import suitability

        self.check_values()
        suitability.judge_changes(self)

    def check_values(self) -> None:
        """Set the key, and raise `ValidationError` unless name and config can be what they are."""
        self.feature_name = self.feature_name.strip()
        self.feature_key = folded(self.feature_name)
        check_name(self.feature_name, self.feature_key)
        check_config(self.config)


def check_name(name: str, key: str) -> None:
    """Raise `ValidationError` for a name that no address could name."""
    if not key:
        raise ValidationError({"feature_name": "This field cannot be blank."})
    try:
        uuid.UUID(key)
    except ValueError:
        reads_as_id = False
    else:
        reads_as_id = True
    if reads_as_id or key in RESERVED or "/" in key or not name.isprintable() or len(key) > LONGEST_KEY:
        text = f"“{name}” cannot name a feature: no slash, no control characters, no ID, and neither “bulk” nor dots."
        raise ValidationError({"feature_name": text})


def check_config(config: Any) -> None:
    """Raise `ValidationError` for a config that is no object, too large, or has settings that cannot be followed."""
    if not isinstance(config, dict):
        raise ValidationError({"config": f"This is no JSON object: {str(config)[:40]}"})
    if len(str(config)) > LARGEST_CONFIG:
        raise ValidationError({"config": f"This has more than {LARGEST_CONFIG} characters."})
    temperature, tokens = config.get("temperature"), config.get("max_output_tokens")
    fits = (
        temperature is None or (isinstance(temperature, int | float) and 0 <= temperature <= 2),
        tokens is None or (type(tokens) is int and 1 <= tokens < 2**31),
        isinstance(config.get("system_prompt", ""), str),
    )
    if not all(fits):
        raise ValidationError({"config": f"This cannot be followed: {CONFIG_RULES}."})
