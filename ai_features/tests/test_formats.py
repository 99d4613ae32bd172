"""What is sent to each kind of provider, and what is read from its answers: over the wire, with whole bodies."""

import json

import pytest

from ai_features import services
from ai_features.services import generate
from ai_features.tests import scripted
from ai_features.tests.scripted import ITEMS, Checklist, builtin, status
from assignhub.permissions import OPERATOR

TEXT = json.dumps({"items": ITEMS})
CONFIG = {"temperature": 0.5, "max_output_tokens": 800, "system_prompt": "You plan moves."}
SHAPE = json.dumps(Checklist.model_json_schema(), ensure_ascii=False)
SYSTEM = "You plan moves.\n\nAnswer with one JSON object and nothing else, valid against this JSON Schema:\n" + SHAPE
CHAT = {
    "model": "m 1",
    "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": "Plan"}],
    "temperature": 0.5,
    "response_format": {"type": "json_object"},
}
CHAT_ANSWER = {
    "model": "m-1-2026",
    "choices": [{"message": {"role": "assistant", "content": TEXT}}],
    "usage": {"prompt_tokens": 7, "completion_tokens": 5},
}
# type → path, header with the key, body sent, answer
FORMATS = {
    "openai": (
        "/v1/chat/completions",
        ("authorization", "Bearer the-key"),
        CHAT | {"max_completion_tokens": 800},
        CHAT_ANSWER,
    ),
    "custom": ("/v1/chat/completions", ("authorization", "Bearer the-key"), CHAT | {"max_tokens": 800}, CHAT_ANSWER),
    "azure_openai": (
        "/v1/openai/deployments/m%201/chat/completions?api-version=2024-10-21",
        ("api-key", "the-key"),
        CHAT | {"max_completion_tokens": 800},
        CHAT_ANSWER,
    ),
    "anthropic": (
        "/v1/messages",
        ("x-api-key", "the-key"),
        {
            "model": "m 1",
            "max_tokens": 800,
            "system": SYSTEM,
            "messages": [{"role": "user", "content": "Plan"}],
            "temperature": 0.5,
        },
        {
            "model": "m-1-2026",
            "content": [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": TEXT}],
            "usage": {"input_tokens": 7, "output_tokens": 5},
        },
    ),
    "google": (
        "/v1/models/m%201:generateContent",
        ("x-goog-api-key", "the-key"),
        {
            "systemInstruction": {"parts": [{"text": SYSTEM}]},
            "contents": [{"role": "user", "parts": [{"text": "Plan"}]}],
            "generationConfig": {
                "temperature": 0.5,
                "maxOutputTokens": 800,
                "responseMimeType": "application/json",
            },
        },
        {
            "candidates": [{"content": {"parts": [{"text": "Hm.", "thought": True}, {"text": TEXT}]}}],
            "usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 3, "thoughtsTokenCount": 2},
            "modelVersion": "m-1-2026",
        },
    ),
}


def serve(kind: str, address: str, **config):
    by = OPERATOR
    row = services.providers.create(by=by, name=kind, type=kind, endpoint=address, api_key="the-key")
    model = services.models.create(by=by, provider=row, name="m 1", json_output=True, max_output=2_000)
    services.features.create(by=by, feature_name="checklists", primary_provider=row, primary_model=model, config=config)
    return row


def ask():
    return generate("checklists", "Plan", Checklist, by=OPERATOR, deadline=5, builtin=builtin)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", FORMATS)
def test_format_is_spoken_and_understood(kind, loopback):
    path, (header, key), body, answer = FORMATS[kind]
    with scripted.provider(status("200 OK", json.dumps(answer).encode())) as provider:
        row = serve(kind, provider.address, **CONFIG)

        generated = ask()
        _, called = services.try_provider(row, row.models.get(), by=OPERATOR)

    asked = provider.seen[0]
    assert asked.line == f"POST {path} HTTP/1.1"
    assert asked.body == body
    assert asked.headers[header] == key
    assert [name for name, value in asked.headers.items() if "the-key" in value] == [header]
    assert (generated.value.items, generated.source) == (ITEMS, "primary")
    assert (called.tokens_in, called.tokens_out, called.model) == (7, 5, "m-1-2026")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", FORMATS)
def test_settings_that_were_not_made_are_not_sent(kind, loopback):
    answer = FORMATS[kind][3]
    with scripted.provider(status("200 OK", json.dumps(answer).encode())) as provider:
        serve(kind, provider.address)

        assert ask().source == "primary"

    sent = provider.seen[0].body
    assert "temperature" not in json.dumps(sent)
    assert sent.get("max_tokens") == (2_000 if kind == "anthropic" else None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "kind, answer",
    [
        ("openai", {"choices": []}),
        ("openai", {"choices": [{"message": {"content": None}}]}),
        ("openai", {"choices": [{"message": {"content": TEXT}}], "usage": {"prompt_tokens": 10**30}}),
        ("openai", {"choices": [{"message": {"content": TEXT}}], "usage": {"prompt_tokens": -1}}),
        ("anthropic", {"content": [{"type": "tool_use"}]}),
        ("google", {"candidates": []}),
        ("google", {"promptFeedback": {"blockReason": "SAFETY"}}),
    ],
)
def test_answer_without_text_is_malformed(kind, answer, loopback):
    with scripted.provider(status("200 OK", json.dumps(answer).encode())) as provider:
        row = serve(kind, provider.address)

        _, called = services.try_provider(row, row.models.get(), by=OPERATOR)

    assert called.outcome == "malformed"
