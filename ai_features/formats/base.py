"""What every wire format has in common."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeVar
from urllib.parse import quote

import orjson
from pydantic import BaseModel, Field, SecretStr, ValidationError

from ai_features.line import Request
from ai_features.models import Model, Provider

B = TypeVar("B", bound=BaseModel)

DEFAULT_OUTPUT_TOKENS = 4096

# A number of tokens, such as a database holds.
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]


class Malformed(Exception):
    """The body is not what the format says an answer is."""


@dataclass(frozen=True)
class Prompt:
    """What is asked: instructions, the question, whether the answer is JSON, and the feature's settings."""

    system: str
    text: str
    wants_json: bool = True
    temperature: float | None = None
    max_output_tokens: int | None = None


@dataclass(frozen=True)
class Answer:
    """What was answered: the text, the tokens it took, and the model that says it answered."""

    text: str
    tokens_in: int
    tokens_out: int
    model: str


class Format(ABC):
    """Writes requests to one model of one provider, and reads its answers."""

    # Sent with every request, beside the key.
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, provider: Provider, model: Model):
        self.provider, self.model = provider, model

    @abstractmethod
    def url(self) -> str: ...

    @abstractmethod
    def key_headers(self, key: SecretStr) -> dict[str, str]:
        """The headers that carry the key: it never stands in an address, which logs would keep."""

    @abstractmethod
    def body(self, prompt: Prompt) -> dict[str, Any]: ...

    @abstractmethod
    def read(self, body: bytes) -> Answer:
        """The answer in a response's body; raises `Malformed`."""

    def request(self, prompt: Prompt, key: SecretStr | None) -> Request:
        with_key = self.key_headers(key) if key is not None else {}
        return Request(self.url(), self.headers | with_key, orjson.dumps(self.body(prompt)))

    @property
    def model_in_path(self) -> str:
        return quote(self.model.name, safe="")

    def output_tokens(self, prompt: Prompt) -> int:
        """How long the answer may be, for formats that want to be told."""
        return min(prompt.max_output_tokens or DEFAULT_OUTPUT_TOKENS, self.model.max_output or DEFAULT_OUTPUT_TOKENS)


def parsed(shape: type[B], body: bytes) -> B:
    """The body in a format's own shape; raises `Malformed`."""
    try:
        return shape.model_validate_json(body)
    except ValidationError:
        raise Malformed from None


def chosen(**values: Any) -> dict[str, Any]:
    """The settings that were made."""
    return {name: value for name, value in values.items() if value is not None}
