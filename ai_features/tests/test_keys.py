"""A provider's key: written, never read. A canary is looked for wherever it could have gone."""

import io
import json
import logging

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command
from django.urls import reverse

from ai_features import keys, services
from ai_features.models import Outcome, Provider, ProviderHealth, Usage
from ai_features.services import generate
from ai_features.tests import scripted
from ai_features.tests.scripted import Checklist, Script, builtin, chat
from assignhub.models import AuditEntry
from assignhub.permissions import OPERATOR

CANARY = "sk-canary/0123456789+abcdefghij"
TAIL = "ghij"


@pytest.fixture
def telltale():
    """A provider that repeats the key it was given: in answers, errors and headers, plain and escaped."""

    def tell(script: Script) -> None:
        key = script.seen.headers["authorization"].removeprefix("Bearer ")
        told = json.dumps({"items": [key, key.replace("/", "%2F")]})
        if len(provider.seen) % 3 == 0:
            script.answer("200 OK", chat(told), f"X-Key: {key}")
        elif len(provider.seen) % 3 == 1:
            script.answer("401 Unauthorized", f'{{"error": "wrong key {key}"}}'.encode(), f"X-Key: {key}")
        else:
            script.answer("200 OK", key.replace("/", "\\/").encode())

    with scripted.provider(tell) as provider:
        yield provider


def dump() -> str:
    """Everything in the database, as text."""
    tables = [list(model._base_manager.values_list()) for model in apps.get_models(include_auto_created=True)]
    return repr(tables)


def test_canary_is_found_nowhere(
    db, telltale, loopback, api, staff_client, super_admin, admin, caplog, settings, capsys
):
    caplog.set_level(logging.DEBUG)
    settings.AI_STORE_PROMPTS = settings.DEBUG = True
    client, pages = api(super_admin), staff_client(super_admin)
    client.raise_request_exception = pages.raise_request_exception = False
    base, body = "/api/dynamic-ai/providers", {"name": "Gateway", "type": "custom", "endpoint": telltale.address}

    created = client.post(base, body | {"api_key": CANARY})
    key = created.json()["data"]["id"]
    model = client.post("/api/dynamic-ai/models", {"provider_id": key, "name": "m"}).json()["data"]["id"]
    wanted = {"feature_name": "checklists", "primary_provider_id": key, "primary_model_id": model}
    page, other = (reverse("admin:ai_features_provider_change", args=[key]), "http://127.0.0.1:1/v1")
    form = {"name": "Gateway", "type": "custom", "endpoint": telltale.address, "is_active": "on", "api_key": CANARY}
    answers = [
        created,
        client.post("/api/dynamic-ai/assignments", wanted),
        client.get(base),
        client.get(f"{base}/{key}"),
        client.patch(f"{base}/{key}", {"endpoint": other}),
        client.patch(f"{base}/{key}", {"api_key": CANARY, "type": "nonsense"}),
        client.patch(f"{base}/{key}", {"api_key": f"{CANARY} with spaces"}),
        client.patch(f"{base}/{key}", {"api_key": [CANARY]}),
        client.put(f"{base}/{key}", {"api_key": CANARY, "monthly_budget": 10}),
        client.post(base, body | {"api_key": CANARY}),
        api(admin).get(f"{base}/{key}"),
        *(client.post(f"{base}/{key}/test", {}) for _ in range(3)),
        client.get("/api/dynamic-ai/assignments"),
        client.get("/api/dynamic-ai/resolve/checklists"),
        pages.post(page, form),
        pages.post(page, form | {"name": ""}),
        pages.get(page),
        pages.get(reverse("admin:ai_features_provider_history", args=[key])),
        pages.get(reverse("admin:ai_features_provider_changelist")),
        *(pages.post(reverse("admin:ai_features_provider_try_out", args=[key])) for _ in range(3)),
        pages.get(reverse("admin:ai_features_usage_changelist")),
        pages.get(reverse("admin:ai_features_usage_change", args=[Usage.objects.latest("pk").pk])),
        pages.get(reverse("admin:assignhub_auditentry_changelist")),
    ]
    generated = [generate("checklists", "Plan", Checklist, by=OPERATOR, deadline=5, builtin=builtin) for _ in range(3)]
    # A failure of ours, with the key in hand.
    ProviderHealth.objects.all().delete()
    settings.ENCRYPTION_KEYS = ["nonsense"]
    failures = [client.patch(f"{base}/{key}", {"api_key": CANARY}), pages.post(page, form)]
    exported = io.StringIO()
    call_command("dumpdata", "ai_features", stdout=exported)

    assert len(telltale.seen) >= 8
    assert {seen.headers["authorization"] for seen in telltale.seen} == {f"Bearer {CANARY}"}
    assert {response.status_code for response in failures} == {500}
    output = capsys.readouterr()
    places = {
        "answers": "".join(answer.content.decode() for answer in answers),
        "headers": "".join(str(answer.headers) for answer in answers),
        "errors": "".join(answer.content.decode() for answer in failures),
        "generated": repr(generated),
        "trail": str(list(AuditEntry.objects.values())),
        "logs": caplog.text + "".join(str(record.__dict__) for record in caplog.records),
        "output": output.out + output.err,
        "database": dump(),
        "export": exported.getvalue(),
    }
    for spelling in (CANARY, CANARY.replace("/", "\\/"), CANARY.replace("/", "%2F").replace("+", "%2B"), CANARY[:16]):
        assert [place for place, text in places.items() if spelling in text] == []
    assert created.json()["data"]["key_hint"] == TAIL
    assert "[key]" in places["answers"]


def test_key_given_for_one_origin_is_not_sent_to_another(db, loopback):
    """Not even when the row was changed without the service: the key is bound to where it was given for."""
    with scripted.provider() as ours, scripted.provider() as theirs:
        row = services.providers.create(
            by=OPERATOR, name="Gateway", type="custom", endpoint=ours.address, api_key=CANARY
        )
        model = services.models.create(by=OPERATOR, provider=row, name="m")
        services.features.create(by=OPERATOR, feature_name="checklists", primary_provider=row, primary_model=model)
        Provider.objects.filter(pk=row.pk).update(endpoint=theirs.address)
        row.refresh_from_db()

        answer = generate("checklists", "Plan", Checklist, by=OPERATOR, deadline=5, builtin=builtin)
        _, called = services.try_provider(row, model, by=OPERATOR)

        assert (answer.source, called.outcome) == ("builtin", Outcome.UNAUTHORIZED)
        assert theirs.connections == 0


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "https://9.9.9.9/v1"},
        {"endpoint": "http://1.1.1.1/v1"},
        {"endpoint": "https://1.1.1.1:8443/v1"},
        {"endpoint": "", "type": "openai"},
    ],
)
def test_another_origin_needs_the_key_again(change, db, api, super_admin, stored):
    row = services.providers.create(
        by=OPERATOR, name="Gateway", type="custom", endpoint="https://1.1.1.1/v1", api_key=CANARY
    )
    before, client, url = stored(), api(super_admin), f"/api/dynamic-ai/providers/{row.pk}"

    refused = client.patch(url, change)
    unchanged = stored() == before
    accepted = client.patch(url, change | {"api_key": "another-key-0123456789"})

    text = "The key was given for https://1.1.1.1:443; for another origin, give the key again."
    assert (refused.status_code, refused.json()) == (
        400,
        {"success": False, "error": "KEY_REQUIRED", "message": text},
    )
    assert unchanged
    assert accepted.status_code == 200
    assert accepted.json()["data"]["key_hint"] == "6789"


@pytest.mark.parametrize("endpoint", ["https://1.1.1.1/v2", "https://1.1.1.1:443/v1", "HTTPS://1.1.1.1"])
def test_same_origin_keeps_the_key(endpoint, db, api, super_admin):
    row = services.providers.create(
        by=OPERATOR, name="Gateway", type="custom", endpoint="https://1.1.1.1/v1", api_key=CANARY
    )

    response = api(super_admin).patch(f"/api/dynamic-ai/providers/{row.pk}", {"endpoint": endpoint})

    row.refresh_from_db()
    assert response.status_code == 200
    assert keys.unseal(row.sealed_key, row.origin).get_secret_value() == CANARY


def test_empty_key_removes_it_and_leaves_its_trace(db, api, super_admin):
    row = services.providers.create(by=OPERATOR, name="OpenAI", type="openai", api_key=CANARY)

    response = api(super_admin).patch(f"/api/dynamic-ai/providers/{row.pk}", {"api_key": ""})

    row.refresh_from_db()
    assert (response.status_code, response.json()["data"]["key_hint"]) == (200, "")
    assert (row.sealed_key, row.key_set_at) == ("", None)
    changes = AuditEntry.objects.get(object_id=str(row.pk), action="ai_features.provider.change").changes
    assert changes.keys() == {"key_hint", "key_set_at"}


def test_short_key_is_not_half_told(db, api, super_admin):
    body = {"name": "Gateway", "type": "custom", "endpoint": "https://1.1.1.1/v1", "api_key": "short"}

    response = api(super_admin).post("/api/dynamic-ai/providers", body)

    assert response.json()["data"]["key_hint"] == ""


def test_keys_are_resealed_with_the_newest(db, settings):
    old, new = settings.ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    row = services.providers.create(by=OPERATOR, name="OpenAI", type="openai", api_key=CANARY)
    before, said = row.sealed_key, io.StringIO()

    settings.ENCRYPTION_KEYS = [new, old]
    call_command("reseal_ai_keys", stdout=said)
    settings.ENCRYPTION_KEYS = [new]

    row.refresh_from_db()
    assert said.getvalue() == "1 key sealed anew.\n"
    assert row.sealed_key != before
    assert keys.unseal(row.sealed_key, row.origin).get_secret_value() == CANARY
    assert AuditEntry.objects.filter(action="ai_features.provider.reseal_key").count() == 1


def test_key_that_nothing_opens_is_named(db, settings):
    lost = services.providers.create(by=OPERATOR, name="Lost", type="openai", api_key=CANARY)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    services.providers.create(by=OPERATOR, name="Kept", type="openai", api_key=CANARY)
    before = lost.sealed_key

    with pytest.raises(CommandError, match="None of ENCRYPTION_KEYS opens the key of: Lost"):
        call_command("reseal_ai_keys", stdout=io.StringIO())

    lost.refresh_from_db()
    assert lost.sealed_key == before
