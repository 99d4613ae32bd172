"""Providers and models: written, their keys sealed and resealed, and asked for a sign of life."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from pydantic import BaseModel, SecretStr

from ai_features import breaker, endpoints, keys
from ai_features.calling import Called, call
from ai_features.formats import Prompt
from ai_features.models import FeatureAssignment, Model, Outcome, Provider, ProviderHealth, Source
from ai_features.services import usage
from ai_features.services.generating import in_transaction, release_connection
from assignhub import audit
from assignhub.errors import Refused
from assignhub.permissions import require
from assignhub.services import RecordService, transactional

LONGEST_KEY = 500
HINT = 4
# Shorter keys would be half told by their last four characters.
SHORTEST_HINTED_KEY = 16
GREETING = Prompt(
    system="You are being tested.", text="Answer with the single word: ready", wants_json=False, max_output_tokens=1000
)


class ProviderService(RecordService[Provider]):
    """`api_key` is taken beside the fields: absent keeps the key, an empty text removes it."""

    def create(self, *, by, **values: Any) -> Provider:
        require(by, Provider.permission("add"), [Provider()])
        check_endpoint(values, Provider())
        return self._create(by=by, **values)

    def update(self, row: Provider, *, by, **values: Any) -> Provider:
        """Change a provider; raises `Refused` (400) when its key would come to serve another origin."""
        require(by, Provider.permission("change"), [row])
        check_endpoint(values, row)
        return self._update(row, by=by, **values)

    @transactional
    def _create(self, *, by, api_key: str | None = None, **values: Any) -> Provider:
        fresh = Provider(**{name: values[name] for name in ("type", "endpoint") if name in values})
        row = super().create(by=by, **values, **sealed(api_key, fresh))
        ProviderHealth.objects.create(provider=row)
        return row

    @transactional
    def _update(self, row: Provider, *, by, api_key: str | None = None, **values: Any) -> Provider:
        stored = self.locked(row)
        origin = origin_of(stored)
        for name in ("type", "endpoint"):
            setattr(stored, name, values.get(name, getattr(stored, name)))
        moved = origin_of(stored) not in (None, origin)
        if moved and stored.sealed_key and api_key is None:
            text = f"The key was given for {origin}; for another origin, give the key again."
            raise Refused(text, "key_required", field="api_key")
        updated = super().update(row, by=by, **values, **sealed(api_key, stored))
        if moved or api_key is not None:
            breaker.reset(updated)
        return updated

    @transactional
    def remove(self, row: Provider, *, by) -> Provider:
        """Delete a provider and its models; raises `Refused` (409), naming the features, while any uses it."""
        stored = self.locked(row)
        require(by, Provider.permission("delete"), [stored])
        named = FeatureAssignment.objects.filter(primary_provider=stored) | FeatureAssignment.objects.filter(
            backup_provider=stored
        )
        refuse_in_use(stored, named)
        health = stored.health
        gone = super().remove(stored, by=by)
        gone.health = health  # for whoever shows once more what has gone
        return gone


class ModelService(RecordService[Model]):
    @transactional
    def remove(self, row: Model, *, by) -> Model:
        """Delete a model; raises `Refused` (409), naming the features, while any uses it."""
        stored = self.locked(row)
        require(by, Model.permission("delete"), [stored])
        refuse_in_use(stored, FeatureAssignment.objects.served_by([stored]))
        return super().remove(stored, by=by)


providers = ProviderService(Provider)
models = ModelService(Model)


def refuse_in_use(row: Provider | Model, assignments) -> None:
    names = list(assignments.order_by("feature_name").values_list("feature_name", flat=True))
    if names:
        text = f"“{row}” is in use by: {', '.join(names)}"
        raise Refused(text, "in_use", about={"features": names})


def check_endpoint(values: dict[str, Any], row: Provider) -> None:
    """Raise `Refused` for an endpoint that leads into our own network.

    Outside the transaction: a name takes its time to resolve.
    """
    endpoint = values.get("endpoint", row.endpoint)
    if isinstance(endpoint, str) and endpoint and values.keys() & {"endpoint", "type"}:
        endpoints.check(endpoint)


def origin_of(provider: Provider) -> str | None:
    """The origin, or None where type and endpoint make none: the model's own rules say what is wrong with them."""
    try:
        return provider.origin
    except (Refused, ValueError):
        return None


def sealed(api_key: str | None, provider: Provider) -> dict[str, Any]:
    """The field values that keep a new key for the provider's endpoint; none to keep the present one."""
    if api_key is None:
        return {}
    if not api_key:
        return {"sealed_key": "", "key_hint": "", "key_set_at": None}
    if len(api_key) > LONGEST_KEY or not api_key.isascii() or not api_key.isprintable() or " " in api_key:
        text = f"A key is at most {LONGEST_KEY} printable ASCII characters without spaces."
        raise Refused(text, "invalid", field="api_key")
    origin = origin_of(provider)
    hint = api_key[-HINT:] if len(api_key) >= SHORTEST_HINTED_KEY else ""
    box = keys.seal(SecretStr(api_key), origin or "")
    return {"sealed_key": box, "key_hint": hint, "key_set_at": timezone.now()}


@transactional
def reseal_keys(*, by) -> tuple[int, list[Provider]]:
    """Seal every key with the first of `ENCRYPTION_KEYS`; returns how many, and the providers whose key none opens."""
    require(by, Provider.permission("change"), [Provider()])
    done, lost = [], []
    for row in Provider.objects.exclude(sealed_key="").select_for_update(no_key=True, of=("self",)).order_by("pk"):
        try:
            row.sealed_key = keys.reseal(row.sealed_key)
            done.append(row)
        except keys.Unusable:
            lost.append(row)
    Provider.objects.bulk_update(done, ["sealed_key"])
    audit.record(by, Provider.permission("reseal_key"), [(row, {}) for row in done])
    return len(done), lost


def try_provider(row: Provider, model: Model | None = None, *, by) -> tuple[Model | None, Called[BaseModel]]:
    """Ask a provider for one word, for real, and return with which model and what it answered.

    `model` defaults to the provider's own default, or else its first active chat model. The call counts: success
    closes the breaker, failure speaks against the provider as any other does.

    Raises `Refused` (400) when there is no model to ask, or (409) inside a transaction.
    """
    require(by, Provider.permission("test"), [row])
    if model is not None and model.provider_id != row.pk:
        raise Refused(f"Model “{model}” is not one of “{row}”.", "model_of_another_provider", field="model")
    if row.is_builtin:
        called: Called[BaseModel] = Called(Outcome.BUILTIN, text="The built-in is always ready.")
        record_test(row, by, called)
        return None, called
    model = model or row.default_model or row.models.filter(is_active=True, mode="chat").order_by("name").first()
    if model is None:
        raise Refused(f"“{row}” has no model to test it with.", "no_model", about={"provider_id": row.pk})
    if in_transaction():
        raise Refused("A provider cannot be tested inside a transaction.", "conflict")
    release_connection()
    called = call(row, model, GREETING, None, seconds=settings.AI_TEST_SECONDS)
    usage.note(row, model, called, feature="", source=Source.TEST, prompt=GREETING.text, by=by)
    record_test(row, by, called)
    return model, called


@transactional
def record_test(row: Provider, by, called: Called) -> None:
    audit.record(by, Provider.permission("test"), [(row, {"outcome": [None, called.outcome]})])
