"""Who answers: providers, the models they offer, and how each provider is doing."""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from ai_features import endpoints
from assignhub.errors import Refused
from assignhub.fields import Derived
from assignhub.models import Record
from assignhub.permissions import Reach

PRICE: dict[str, Any] = {"max_digits": 12, "decimal_places": 6, "validators": [MinValueValidator(0)]}
LARGEST_COUNT = 2**31 - 1


class Provider(Record):
    """A service that answers prompts, or `builtin`: what the caller of a feature offers itself.

    The key is kept sealed, bound to the origin of the endpoint it was given for (`ai_features/keys.py`).
    """

    class Type(models.TextChoices):
        OPENAI = "openai", "OpenAI"
        ANTHROPIC = "anthropic", "Anthropic"
        GOOGLE = "google", "Google"
        AZURE_OPENAI = "azure_openai", "Azure OpenAI"
        CUSTOM = "custom", "custom (speaks the OpenAI chat API)"
        BUILTIN = "builtin", "built-in"

    DEFAULT_ENDPOINTS: ClassVar = {
        Type.OPENAI: "https://api.openai.com/v1",
        Type.ANTHROPIC: "https://api.anthropic.com",
        Type.GOOGLE: "https://generativelanguage.googleapis.com/v1beta",
    }
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(
        max_length=100, unique=True, error_messages={"unique": "There is already a provider of this name."}
    )
    type = models.CharField(max_length=20, choices=Type.choices)
    endpoint = models.CharField(
        max_length=500,
        blank=True,
        help_text="Base address, such as https://gateway.example/v1. Empty: the provider's own, where there is one.",
    )
    api_version = models.CharField(
        "API version", max_length=40, blank=True, help_text="Azure OpenAI only; empty for 2024-10-21."
    )
    default_model = models.ForeignKey(
        "Model",
        models.SET_NULL,
        related_name="default_of",
        null=True,
        blank=True,
        help_text="Serves features that name this provider and no model.",
    )
    monthly_budget = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="US dollars a calendar month (UTC); once they are spent, it is passed over. Empty: no limit.",
    )
    is_active = models.BooleanField("active", default=True)
    sealed_key = models.TextField(blank=True, editable=False)
    key_hint = models.CharField("key ends with", max_length=4, blank=True, editable=False)
    key_set_at = models.DateTimeField(null=True, blank=True, editable=False)

    reach: ClassVar[dict[Reach, str]] = {}
    secret: ClassVar = ("sealed_key",)

    class Meta:
        ordering = ["name"]
        verbose_name = "provider"
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=["openai", "anthropic", "google", "azure_openai", "custom", "builtin"]),
                name="provider_type_known",
                violation_error_message="The type is one of openai, anthropic, google, azure_openai, custom, builtin.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_builtin(self) -> bool:
        return self.type == self.Type.BUILTIN

    @property
    def base_url(self) -> str:
        """The address calls go below, without a final slash; empty for `builtin`."""
        return (self.endpoint or self.DEFAULT_ENDPOINTS.get(self.Type(self.type), "")).rstrip("/")

    @property
    def origin(self) -> str:
        """Scheme, host and port of the endpoint, which the key is bound to; empty where there is none."""
        return endpoints.parse(self.base_url).origin if self.base_url else ""

    @property
    def lacks_key(self) -> bool:
        """Whether there is no key where one is needed: only servers in one's own house often ask for none."""
        if self.sealed_key or self.is_builtin:
            return False
        try:
            return self.type != self.Type.CUSTOM or not endpoints.parse(self.base_url).is_listed
        except Refused:  # an endpoint that was allowed once, or is being typed
            return True

    def clean(self) -> None:
        if self.type not in self.Type.values:
            return
        if self.is_builtin and (self.endpoint or self.sealed_key):
            raise Refused("A built-in provider has no endpoint and no key.", "invalid", field="endpoint")
        if self.endpoint:
            endpoints.parse(self.endpoint)
        elif not self.is_builtin and not self.base_url:
            text = f"A provider of type {self.type} needs an endpoint: the address its API is at."
            raise Refused(text, "required", field="endpoint")
        if self.default_model is not None and self.default_model.provider_id != self.pk:
            text = f"{self.default_model.name} is a model of {self.default_model.provider}, not of {self.name}."
            raise Refused(text, "model_of_another_provider", field="default_model")


class ProviderHealth(models.Model):
    """How a provider is doing: the state of its circuit breaker and what it has cost this month.

    A row beside the provider, since calls write it and people do not: it has no audit trail and no `updated_at` to
    disturb. Only ever changed by single UPDATE statements (`ai_features/breaker.py`), so that processes agree.
    """

    provider = models.OneToOneField(Provider, models.CASCADE, primary_key=True, related_name="health")
    failures = models.PositiveIntegerField(default=0, help_text="Failed calls since the last that succeeded.")
    open_until = models.DateTimeField(
        null=True, blank=True, help_text="Calls are held back until then; after it, one call may try."
    )
    month = models.CharField(max_length=7, blank=True, help_text="Of what month `spent` speaks, such as 2026-06.")
    spent = models.BigIntegerField(default=0, help_text="Millionths of a US dollar.")

    def __str__(self) -> str:
        return f"health of {self.provider_id}"

    def is_cooling(self, now) -> bool:
        return self.open_until is not None and self.open_until > now

    def spent_in(self, month: str) -> Decimal:
        """US dollars spent in a month such as `2026-06`."""
        return Decimal(self.spent if self.month == month else 0) / 1_000_000


class Model(Record):
    """A model of a provider: what it can do, what it costs, and until when it is there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.CASCADE, related_name="models")
    name = models.CharField(max_length=150, help_text="As the provider's API calls it; for Azure, the deployment.")
    mode = models.CharField(
        max_length=40, default="chat", help_text="What it makes: only chat models can serve features."
    )
    context_size = models.PositiveIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(LARGEST_COUNT)], help_text="Tokens of input it takes."
    )
    max_output = models.PositiveIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(LARGEST_COUNT)], help_text="Tokens it answers at most."
    )
    vision = models.BooleanField(default=False, help_text="Takes images.")
    tools = models.BooleanField(default=False, help_text="Calls functions.")
    json_output = models.BooleanField("JSON output", default=False, help_text="Can be held to answer in JSON.")
    input_price = models.DecimalField(
        **PRICE, null=True, blank=True, help_text="US dollars per million tokens of input."
    )
    output_price = models.DecimalField(
        **PRICE, null=True, blank=True, help_text="US dollars per million tokens of output."
    )
    retires_at = models.DateField(
        "retires on", null=True, blank=True, help_text="From this day (UTC) the model is not called any more."
    )
    is_active = models.BooleanField("active", default=True)
    # Days until the model retires, negative once it has; None when no date is known.
    retires_in_days = Derived(lambda retires_at: (retires_at - today()).days if retires_at else None, "retires_at")
    is_retired = Derived(lambda retires_at: retires_at is not None and retires_at <= today(), "retires_at")
    # Whether the date is past or near enough to be flagged.
    is_retiring = Derived(
        lambda retires_at: retires_at is not None and retires_at <= retirement_horizon(), "retires_at"
    )

    reach: ClassVar[dict[Reach, str]] = {}
    fixed: ClassVar = ("provider",)

    class Meta:
        ordering = ["provider__name", "name"]
        verbose_name = "model"
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "name"],
                name="model_name_once",
                violation_error_code="duplicate",
                violation_error_message="This provider already has a model of this name.",
            ),
        ]
        indexes = [models.Index(fields=["retires_at"], name="model_retires")]

    def __str__(self) -> str:
        return self.name

    def cost(self, tokens_in: int, tokens_out: int) -> int:
        """What so many tokens cost, in millionths of a US dollar, rounded up; 0 where no price is known."""
        exact = tokens_in * (self.input_price or 0) + tokens_out * (self.output_price or 0)
        return -int(-exact // 1)


def today() -> date:
    return timezone.now().date()


def retirement_horizon() -> date:
    """The last day whose retirements count as near."""
    return today() + timedelta(days=settings.AI_RETIREMENT_NOTICE_DAYS)
