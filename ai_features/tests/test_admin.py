"""The admin pages of AI features: what they show, what they do, what they keep to themselves."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ai_features import services
from ai_features.models import FeatureAssignment, Outcome, Provider, Source, Usage
from ai_features.tests import scripted
from assignhub.models import AuditEntry
from assignhub.permissions import OPERATOR

KEY = "a-key-for-the-admin-0123456789"


def page(name: str, *keys) -> str:
    return reverse(f"admin:ai_features_{name}", args=keys)


def texts(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def gateway(make_provider, db) -> Provider:
    with scripted.provider() as server:
        row = make_provider("Gateway", server.address, api_key=KEY)
        row.server = server
        yield row


def form_of(row: Provider, **changes) -> dict:
    values = {"name": row.name, "type": row.type, "endpoint": row.endpoint, "is_active": "on"}
    return values | {"default_model": str(row.default_model_id)} | changes


def test_provider_page_shows_the_end_of_the_key_and_no_more(gateway, super_admin, staff_client):
    response = staff_client(super_admin).get(page("provider_change", gateway.pk))

    text = response.content.decode()
    assert "•••• 6789" in text
    assert KEY not in text
    assert 'type="password"' in text


def test_saving_without_a_key_keeps_it_and_the_switch_removes_it(gateway, super_admin, staff_client):
    client, url = staff_client(super_admin), page("provider_change", gateway.pk)

    kept = client.post(url, form_of(gateway, name="Renamed"))
    gateway.refresh_from_db()
    hint = gateway.key_hint
    removed = client.post(url, form_of(gateway, remove_key="on"))

    gateway.refresh_from_db()
    assert (kept.status_code, removed.status_code) == (302, 302)
    assert (gateway.name, hint, gateway.sealed_key) == ("Renamed", "6789", "")


def test_another_origin_without_the_key_is_an_error_at_its_field(gateway, super_admin, staff_client, stored):
    before = stored()
    elsewhere = form_of(gateway, endpoint="http://127.0.0.1:1/v1")

    response = staff_client(super_admin).post(page("provider_change", gateway.pk), elsewhere)

    assert response.status_code == 200
    assert "for another origin, give the key again" in str(response.context["adminform"].form.errors["api_key"])
    assert stored() == before


def test_test_button_calls_the_provider_and_shows_its_answer(gateway, super_admin, staff_client):
    client, url = staff_client(super_admin), page("provider_try_out", gateway.pk)

    looked = client.get(url)
    calls_by_looking = gateway.server.connections
    pressed = client.post(url)

    assert (looked.status_code, calls_by_looking) == (200, 0)
    assert "It answered." in pressed.content.decode()
    assert len(gateway.server.seen) == 1
    assert Usage.objects.values_list("source", "outcome").get() == ("test", "ok")
    assert AuditEntry.objects.filter(action="ai_features.provider.test", by_id=super_admin.pk).count() == 1


def test_test_button_says_how_it_failed(gateway, super_admin, staff_client):
    gateway.server.behave = scripted.status("401 Unauthorized", b'{"error": {"message": "bad key"}}')

    text = staff_client(super_admin).post(page("provider_try_out", gateway.pk)).content.decode()

    assert "It failed: key refused." in text
    assert "bad key" in text


def test_only_super_admins_press_the_button(gateway, admin, staff_client, stored):
    before = stored()

    response = staff_client(admin).post(page("provider_try_out", gateway.pk))

    assert (response.status_code, gateway.server.connections) == (403, 0)
    assert stored() == before


def test_api_tells_what_the_provider_answered(gateway, super_admin, api):
    response = api(super_admin).post(f"/api/dynamic-ai/providers/{gateway.pk}/test", {})

    answer = response.json()
    latency = answer["data"].pop("latency_ms")
    assert (response.status_code, answer) == (
        200,
        {
            "success": True,
            "data": {
                "ok": True,
                "outcome": "ok",
                "status": 200,
                "model": "Gateway-1",
                "answered_by": "m-1",
                "text": json.dumps({"items": scripted.ITEMS}),
            },
            "message": "The provider answered",
        },
    )
    assert 0 <= latency < 20_000


def test_api_test_without_a_model_is_400(super_admin, api, db):
    row = services.providers.create(by=OPERATOR, name="Empty", type="openai", api_key=KEY)

    response = api(super_admin).post(f"/api/dynamic-ai/providers/{row.pk}/test", {})

    assert (response.status_code, response.json()) == (
        400,
        {
            "success": False,
            "error": "NO_MODEL",
            "message": "“Empty” has no model to test it with.",
            "provider_id": str(row.pk),
        },
    )


# --- Features and models ----------------------------------------------------------------------------------------------


def test_feature_page_shows_who_serves_and_why(gateway, make_feature, admin, staff_client):
    row = make_feature(gateway)
    Provider.objects.update(is_active=False)

    text = staff_client(admin).get(page("featureassignment_change", row.pk)).content.decode()

    assert "✗ primary, provider active: “Gateway” is not active." in text
    assert "✓ built-in: Nobody else is left to ask: the built-in answers." in text


def move(client, *models, target, **sent):
    chosen = {"action": "move_features", "_selected_action": [str(model.pk) for model in models]}
    return client.post(page("model_changelist"), chosen | {"target": str(target.pk)} | sent)


def test_features_move_to_another_model_after_a_dry_run(gateway, make_feature, super_admin, staff_client, stored):
    make_feature(gateway)
    new = services.models.create(by=OPERATOR, provider=gateway, name="new")
    client = staff_client(super_admin)
    before = stored()

    asked = client.get(page("model_action", gateway.default_model_id, "move_features"))
    tried = move(client, gateway.default_model, target=new, check="yes")
    untouched = stored() == before
    moved = move(client, gateway.default_model, target=new, post="yes")

    assert (asked.status_code, untouched) == (200, True)
    assert [(verdict.refused, verdict.text) for _, verdict in tried.context["rows"]] == [
        (False, "1 to new\nchecklists (primary)")
    ]
    assert "checklists (primary)" in tried.content.decode()
    assert [(done.refused, done.text) for done in moved.context["verdicts"]] == [
        (False, "1 to new\nchecklists (primary)")
    ]
    assert FeatureAssignment.objects.get().primary_model == new


def test_move_that_is_refused_says_why(gateway, make_feature, super_admin, staff_client, stored):
    services.models.update(gateway.default_model, by=OPERATOR, vision=True)
    gateway.refresh_from_db()
    make_feature(gateway, needs_vision=True)
    blind = services.models.create(by=OPERATOR, provider=gateway, name="blind")
    before = stored()

    response = move(staff_client(super_admin), gateway.default_model, target=blind, post="yes")

    assert "lacks what this feature needs: vision." in response.content.decode()
    assert stored() == before


def test_several_models_move_at_once_and_each_is_answered_for(gateway, make_feature, super_admin, staff_client):
    make_feature(gateway)
    new, idle = (services.models.create(by=OPERATOR, provider=gateway, name=name) for name in ("new", "idle"))

    response = move(staff_client(super_admin), gateway.default_model, new, idle, target=new, post="yes")

    assert {verdict.label: verdict.text for verdict in response.context["verdicts"]} == {
        "Gateway-1": "1 to new\nchecklists (primary)",
        "idle": "It serves no feature",
        "new": "“new” cannot be replaced by itself.",
    }


@pytest.mark.parametrize("kind", ["provider", "model", "featureassignment"])
def test_row_is_deactivated_and_activated(kind, gateway, make_feature, super_admin, staff_client):
    rows = {"provider": gateway, "model": gateway.default_model, "featureassignment": make_feature(gateway)}
    row, client, found = rows[kind], staff_client(super_admin), []

    for name in ("deactivate", "activate"):
        client.post(page(f"{kind}_changelist"), {"action": name, "_selected_action": [str(row.pk)], "post": "yes"})
        row.refresh_from_db()
        found.append(row.is_active)

    assert found == [False, True]


def test_features_are_exported_and_come_back(gateway, make_feature, super_admin, staff_client, stored):
    make_feature(gateway)
    client = staff_client(super_admin)
    sheet = b"".join(client.get(page("featureassignment_export", "csv")))
    before = stored()
    changed = sheet + b"\nletters,writing,Gateway,Gateway-1,,,no\nodd,,Gateway,unheard-of,,,\n"

    again = client.post(page("featureassignment_import"), {"file": SimpleUploadedFile("rows.csv", sheet)})
    more = client.post(page("featureassignment_import"), {"file": SimpleUploadedFile("rows.csv", changed)})

    assert again.context["counts"] == {"created": 0, "updated": 0, "unchanged": 1, "refused": 0}
    assert more.context["counts"] == {"created": 1, "updated": 0, "unchanged": 1, "refused": 1}
    assert [outcome.reason for outcome, _ in more.context["refused"]] == ["Model with name “unheard-of” not found"]
    assert stored() == before


@pytest.mark.parametrize(
    "query, expected", [("retired", ["gone"]), ("soon", ["going"]), ("either", ["going", "gone"]), ("", None)]
)
def test_models_and_features_are_filtered_by_retirement(
    query, expected, gateway, make_feature, admin, staff_client, settings
):
    by = OPERATOR
    settings.AI_RETIREMENT_NOTICE_DAYS = 365_000
    for name, date in (("gone", "2020-01-01"), ("going", "2400-01-01")):
        model = services.models.create(by=by, provider=gateway, name=name, retires_at=date)
        services.features.create(by=by, feature_name=name, primary_provider=gateway, primary_model=model)
    make_feature(gateway)
    client = staff_client(admin)

    found = [
        sorted(map(str, client.get(page(f"{kind}_changelist") + f"?retirement={query}").context["cl"].result_list))
        for kind in ("model", "featureassignment")
    ]

    everything = [["Gateway-1", "going", "gone"], ["checklists", "going", "gone"]]
    assert found == (everything if expected is None else [expected, expected])


@pytest.mark.parametrize("count", [1, 4])
def test_model_list_takes_the_same_number_of_queries(
    count, gateway, make_feature, admin, staff_client, django_assert_num_queries
):
    for number in range(count - 1):
        model = services.models.create(by=OPERATOR, provider=gateway, name=f"m{number}")
        services.features.create(by=OPERATOR, feature_name=f"f{number}", primary_provider=gateway, primary_model=model)
    make_feature(gateway)
    client = staff_client(admin)
    client.get(page("model_changelist"))

    with django_assert_num_queries(6):
        response = client.get(page("model_changelist"))

    assert len(response.context["cl"].result_list) == count


# --- Usage ------------------------------------------------------------------------------------------------------------


def test_usage_page_counts_per_feature_and_day_and_per_provider(admin, staff_client, db):
    def call(feature, provider, outcome, latency):
        return Usage(feature=feature, source=Source.PRIMARY, provider=provider, outcome=outcome, latency_ms=latency)

    calls = [call("letters", "One", Outcome.OK, 100), call("letters", "One", Outcome.TIMEOUT, 300)]
    calls += [call("cards", "Two", Outcome.OK, 50), call("letters", "", Outcome.BUILTIN, 1)]
    Usage.objects.bulk_create(calls)

    response = staff_client(admin).get(page("usage_changelist"))

    chart = json.loads(response.context["chart"])
    assert len(chart["labels"]) == 30
    assert [(bars["label"], bars["data"][-1], sum(bars["data"])) for bars in chart["datasets"]] == [
        ("letters", 3, 3),
        ("cards", 1, 1),
    ]
    assert response.context["providers"]["rows"] == [
        ["One", "2", "50.0 %", "200 ms", "300 ms", "0", "0.0000 USD"],
        ["Two", "1", "100.0 %", "50 ms", "50 ms", "0", "0.0000 USD"],
    ]
    assert 'data-type="bar"' in response.content.decode()


def test_prompts_are_for_super_admins_only(admin, super_admin, staff_client, db):
    row = Usage.objects.create(
        feature="letters", source=Source.PRIMARY, outcome="ok", latency_ms=1, prompt="Dear Mr Secret", by_id=admin.pk
    )

    seen = [
        "Dear Mr Secret" in staff_client(person).get(page("usage_change", row.pk)).content.decode()
        for person in (admin, super_admin)
    ]

    assert seen == [False, True]
