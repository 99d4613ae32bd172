"""The messages API of Anthropic."""

from typing import Any, ClassVar

from pydantic import BaseModel, SecretStr

from ai_features.formats.base import Answer, Count, Format, Malformed, Prompt, chosen, parsed


class Block(BaseModel):
    type: str
    text: str = ""


class Tokens(BaseModel):
    input_tokens: Count = 0
    output_tokens: Count = 0


class Reply(BaseModel):
    content: list[Block]
    usage: Tokens | None = None
    model: str = ""


class AnthropicMessages(Format):
    headers: ClassVar = {"anthropic-version": "2023-06-01"}

    def url(self) -> str:
        return f"{self.provider.base_url.removesuffix('/v1')}/v1/messages"

    def key_headers(self, key: SecretStr) -> dict[str, str]:
        return {"x-api-key": key.get_secret_value()}

    def body(self, prompt: Prompt) -> dict[str, Any]:
        return {
            "model": self.model.name,
            "max_tokens": self.output_tokens(prompt),
            "system": prompt.system,
            "messages": [{"role": "user", "content": prompt.text}],
            **chosen(temperature=prompt.temperature),
        }

    def read(self, body: bytes) -> Answer:
        reply = parsed(Reply, body)
        text = "".join(block.text for block in reply.content if block.type == "text")
        if not text:
            raise Malformed
        tokens = reply.usage or Tokens()
        return Answer(text, tokens.input_tokens, tokens.output_tokens, reply.model)
