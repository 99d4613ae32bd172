"""The generateContent API of Google."""

from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr
from pydantic.alias_generators import to_camel

from ai_features.formats.base import Answer, Count, Format, Malformed, Prompt, chosen, parsed


class Shape(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class Part(Shape):
    text: str = ""
    thought: bool = False


class Content(Shape):
    parts: list[Part] = []


class Candidate(Shape):
    content: Content = Content()


class Tokens(Shape):
    prompt_token_count: Count = 0
    candidates_token_count: Count = 0
    thoughts_token_count: Count = 0


class Generated(Shape):
    candidates: list[Candidate]
    usage_metadata: Tokens | None = None
    model_version: str = ""


class GoogleGenerateContent(Format):
    def url(self) -> str:
        return f"{self.provider.base_url}/models/{self.model_in_path}:generateContent"

    def key_headers(self, key: SecretStr) -> dict[str, str]:
        return {"x-goog-api-key": key.get_secret_value()}

    def body(self, prompt: Prompt) -> dict[str, Any]:
        as_json = "application/json" if prompt.wants_json and self.model.json_output else None
        settings = chosen(
            temperature=prompt.temperature, maxOutputTokens=prompt.max_output_tokens, responseMimeType=as_json
        )
        return {
            "systemInstruction": {"parts": [{"text": prompt.system}]},
            "contents": [{"role": "user", "parts": [{"text": prompt.text}]}],
            "generationConfig": settings,
        }

    def read(self, body: bytes) -> Answer:
        generated = parsed(Generated, body)
        parts = generated.candidates[0].content.parts if generated.candidates else []
        text = "".join(part.text for part in parts if not part.thought)
        if not text:
            raise Malformed
        tokens = generated.usage_metadata or Tokens()
        tokens_out = tokens.candidates_token_count + tokens.thoughts_token_count
        return Answer(text, tokens.prompt_token_count, tokens_out, generated.model_version)
