"""The chat completions API of OpenAI, which most gateways and in-house servers speak as well."""

from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, SecretStr

from ai_features.formats.base import Answer, Count, Format, Malformed, Prompt, chosen, parsed
from ai_features.models import Provider

AZURE_API_VERSION = "2024-10-21"


class Message(BaseModel):
    content: str | None = None


class Choice(BaseModel):
    message: Message


class Tokens(BaseModel):
    prompt_tokens: Count = 0
    completion_tokens: Count = 0


class Completion(BaseModel):
    choices: list[Choice]
    usage: Tokens | None = None
    model: str = ""


class OpenAIChat(Format):
    def url(self) -> str:
        return f"{self.provider.base_url}/chat/completions"

    def key_headers(self, key: SecretStr) -> dict[str, str]:
        return {"Authorization": f"Bearer {key.get_secret_value()}"}

    def body(self, prompt: Prompt) -> dict[str, Any]:
        # OpenAI's newer models refuse `max_tokens`; most others that speak its API know no other name.
        limit = "max_tokens" if self.provider.type == Provider.Type.CUSTOM else "max_completion_tokens"
        as_json = {"type": "json_object"} if prompt.wants_json and self.model.json_output else None
        settings = {"temperature": prompt.temperature, limit: prompt.max_output_tokens, "response_format": as_json}
        messages = [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.text}]
        return {"model": self.model.name, "messages": messages, **chosen(**settings)}

    def read(self, body: bytes) -> Answer:
        completion = parsed(Completion, body)
        if not completion.choices or not completion.choices[0].message.content:
            raise Malformed
        tokens = completion.usage or Tokens()
        text = completion.choices[0].message.content
        return Answer(text, tokens.prompt_tokens, tokens.completion_tokens, completion.model)


class AzureOpenAIChat(OpenAIChat):
    """The same bodies at another address, with the key in a header of its own; a model is a deployment."""

    def url(self) -> str:
        version = quote(self.provider.api_version or AZURE_API_VERSION, safe="")
        return (
            f"{self.provider.base_url}/openai/deployments/{self.model_in_path}/chat/completions?api-version={version}"
        )

    def key_headers(self, key: SecretStr) -> dict[str, str]:
        return {"api-key": key.get_secret_value()}
