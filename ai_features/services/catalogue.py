"""The catalogue of models (`ai_features/data/`): an entry becomes a model, and a provider where that is missing."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from ai_features.models import Model, Provider
from ai_features.services.providers import models, providers
from assignhub.errors import Refused

BUNDLED = Path(__file__).resolve().parent.parent / "data" / "catalogue.json"

# Providers as the catalogue calls them: our name for them, the API they speak, and where it is.
PROVIDERS: dict[str, tuple[str, str, str]] = {
    "openai": ("OpenAI", Provider.Type.OPENAI, ""),
    "text-completion-openai": ("OpenAI (text completion)", Provider.Type.OPENAI, ""),
    "anthropic": ("Anthropic", Provider.Type.ANTHROPIC, ""),
    "gemini": ("Google Gemini", Provider.Type.GOOGLE, ""),
    "vertex_ai-language-models": ("Google Vertex AI", Provider.Type.GOOGLE, "https://aiplatform.googleapis.com/v1/publishers/google"),
    "vertex_ai-embedding-models": ("Google Vertex AI (embeddings)", Provider.Type.GOOGLE, "https://aiplatform.googleapis.com/v1/publishers/google"),
    "xai": ("xAI", Provider.Type.CUSTOM, "https://api.x.ai/v1"),
    "deepseek": ("DeepSeek", Provider.Type.CUSTOM, "https://api.deepseek.com/v1"),
    "moonshot": ("Moonshot AI", Provider.Type.CUSTOM, "https://api.moonshot.ai/v1"),
    "bedrock": ("Amazon Bedrock", Provider.Type.CUSTOM, "https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1"),
    "volcengine": ("Volcengine", Provider.Type.CUSTOM, "https://ark.cn-beijing.volces.com/api/v3"),
    "zhipu": ("Zhipu AI", Provider.Type.CUSTOM, "https://open.bigmodel.cn/api/paas/v4"),
    "minimax": ("MiniMax", Provider.Type.CUSTOM, "https://api.minimax.io/v1"),
}  # fmt: skip

Tokens = Annotated[int, Field(ge=0, le=2**31 - 1)]
Price = Annotated[Decimal, Field(ge=0, le=Decimal("0.9"))]


class Entry(BaseModel):
    """What is read of a model in the catalogue; prices there are US dollars per token."""

    litellm_provider: str
    mode: str = Field("chat", max_length=40)
    max_input_tokens: Tokens | None = None
    max_tokens: Tokens | None = None
    max_output_tokens: Tokens | None = None
    supports_vision: bool = False
    supports_function_calling: bool = False
    supports_response_schema: bool = False
    input_cost_per_token: Price | None = None
    output_cost_per_token: Price | None = None
    deprecation_date: date | None = None


def values_of(name: str, raw: Any) -> tuple[str, dict[str, Any]]:
    """The catalogue's provider and the field values of a model for one entry; raises `Refused` for none of either."""
    try:
        entry = Entry.model_validate(raw)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise Refused(f"“{name}” is no entry of a catalogue: {faults}", "invalid") from None
    if entry.litellm_provider not in PROVIDERS:
        raise Refused(f"“{name}” is of an unknown provider: {entry.litellm_provider[:40]}", "invalid")
    return entry.litellm_provider, {
        "mode": entry.mode,
        "context_size": entry.max_input_tokens or entry.max_tokens,
        "max_output": entry.max_output_tokens or entry.max_tokens,
        "vision": entry.supports_vision,
        "tools": entry.supports_function_calling,
        "json_output": entry.supports_response_schema,
        "input_price": per_million(entry.input_cost_per_token),
        "output_price": per_million(entry.output_cost_per_token),
        "retires_at": entry.deprecation_date,
    }


def per_million(price: Decimal | None) -> Decimal | None:
    return None if price is None else (price * 1_000_000).quantize(Decimal("0.000001"))


def take_entry(name: str, raw: Any, *, by) -> tuple[Model, bool, bool]:
    """Bring one entry of a catalogue in; returns the model, whether it is new, and whether anything changed.

    What people decide stays theirs: providers that are there are not touched, nor whether a model is active.
    """
    provider_name, values = values_of(name, raw)
    label, kind, endpoint = PROVIDERS[provider_name]
    provider = Provider.objects.filter(name=label).first()
    if provider is None:
        provider = providers.create(by=by, name=label, type=kind, endpoint=endpoint)
    present = Model.objects.filter(provider=provider, name=name).first()
    if present is None:
        return models.create(by=by, provider=provider, name=name, **values), True, True
    stored = models.update(present, by=by, **values)
    return stored, False, stored.updated_at != present.updated_at
