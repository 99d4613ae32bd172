"""What every call did and what it cost."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from assignhub.models import HubQuerySet
from assignhub.permissions import Reach


class Outcome(models.TextChoices):
    """How a call ended. Everything but `ok` and `builtin` is a failure of the provider."""

    OK = "ok"
    MALFORMED = "malformed", "malformed answer"
    TIMEOUT = "timeout", "no answer in time"
    UNREACHABLE = "unreachable"
    BROKEN_OFF = "broken_off", "broken off"
    TLS = "tls", "TLS error"
    FORBIDDEN_ENDPOINT = "forbidden_endpoint", "forbidden endpoint"
    REDIRECTED = "redirected"
    UNAUTHORIZED = "unauthorized", "key refused"
    NOT_FOUND = "not_found", "not found"
    RATE_LIMITED = "rate_limited", "rate limited"
    SERVER_ERROR = "server_error", "provider's own error"
    REFUSED = "refused", "request refused"
    TOO_LARGE = "too_large", "answer too large"
    BUILTIN = "builtin", "answered by the built-in"


class Source(models.TextChoices):
    PRIMARY = "primary"
    BACKUP = "backup"
    BUILTIN = "builtin", "built-in"
    TEST = "test"


class Usage(models.Model):
    """One call of a provider, or one answer of a built-in. Names are kept as text: they outlive the rows they name."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    feature = models.CharField(max_length=100)
    source = models.CharField(max_length=10, choices=Source.choices)
    provider_id = models.UUIDField(null=True)
    provider = models.CharField(max_length=100, blank=True)
    model = models.CharField(max_length=150, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    status = models.PositiveSmallIntegerField("HTTP status", null=True)
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    cost = models.DecimalField(max_digits=16, decimal_places=6, default=0, help_text="US dollars.")
    latency_ms = models.PositiveIntegerField("latency (ms)")
    by_id = models.UUIDField("asked by", null=True)
    prompt = models.TextField(blank=True, help_text="Kept only where settings say so.")

    objects = HubQuerySet.as_manager()

    reach: ClassVar[dict[Reach, str]] = {}

    class Meta:
        ordering = ["-id"]
        verbose_name = "AI call"
        verbose_name_plural = "AI usage"
        indexes = [models.Index(fields=["feature", "-id"], name="usage_feature")]

    def __str__(self) -> str:
        return f"{self.feature}: {self.outcome}"
