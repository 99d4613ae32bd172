"""`GET /resolve/{feature_name}`: who would serve now, and why, step by step."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from ai_features import services
from ai_features.breaker import month_of
from ai_features.models import FeatureAssignment, Model, Provider, ProviderHealth
from assignhub.permissions import OPERATOR

URL = "/api/dynamic-ai/resolve/"
CHECKS = [
    "provider_active",
    "model_named",
    "model_active",
    "model_not_retired",
    "needs_met",
    "endpoint_allowed",
    "key_usable",
    "within_budget",
    "not_cooling_down",
]


@pytest.fixture
def pair(make_provider, make_feature, db):
    one, two = make_provider("One", "http://127.0.0.1:1/v1"), make_provider("Two", "http://127.0.0.1:2/v1")
    make_feature(one, two)
    return one, two


def passed(source: str, checks=CHECKS) -> list[dict]:
    return [{"source": source, "check": check, "passed": True, "message": "ok"} for check in checks]


def failed(source: str, check: str, message: str) -> dict:
    return {"source": source, "check": check, "passed": False, "message": message}


def test_primary_serves_when_nothing_stands_in_the_way(pair, api, admin):
    one, _ = pair

    response = api(admin).get(f"{URL}Checklists")

    named = {"id": str(one.pk), "name": "One", "type": "custom", "is_active": True}
    model = {"id": str(one.default_model.pk), "name": "One-1", "is_active": True}
    assert (response.status_code, response.json()) == (
        200,
        {
            "success": True,
            "data": {
                "feature_name": "checklists",
                "source": "primary",
                "provider": named,
                "model": model | {"retires_at": None, "retires_in_days": None},
                "steps": passed("primary"),
            },
            "message": "Served by One-1 of One",
        },
    )


def stop_provider(one):
    Provider.objects.filter(pk=one.pk).update(is_active=False)
    return "provider_active", "“One” is not active."


def take_default(one):
    Provider.objects.filter(pk=one.pk).update(default_model=None)
    return "model_named", "No model is named, and “One” has no default."


def stop_model(one):
    Model.objects.filter(pk=one.default_model_id).update(is_active=False)
    return "model_active", "“One-1” is not active."


def retire(one):
    Model.objects.filter(pk=one.default_model_id).update(retires_at=date(2024, 2, 29))
    return "model_not_retired", "“One-1” has retired on 2024-02-29."


def unlearn(one):
    FeatureAssignment.objects.update(needs_json=True)
    Model.objects.filter(pk=one.default_model_id).update(json_output=False)
    return "needs_met", "“One-1” lacks JSON output."


def lead_inside(one):
    Provider.objects.filter(pk=one.pk).update(endpoint="http://10.0.0.1/v1")
    why = "10.0.0.1 is not a public address, and AI_ALLOWED_HOSTS does not list the host."
    return "endpoint_allowed", f"“http://10.0.0.1/v1” cannot be an endpoint: {why}"


def lose_key(one):
    Provider.objects.filter(pk=one.pk).update(sealed_key="nonsense")
    return "key_usable", "The key was sealed with none of ENCRYPTION_KEYS."


def move_away(one):
    Provider.objects.filter(pk=one.pk).update(endpoint="http://127.0.0.1:3/v1")
    return "key_usable", "The key was given for another origin."


def spend_all(one):
    month = month_of(timezone.now())
    Provider.objects.filter(pk=one.pk).update(monthly_budget=5)
    ProviderHealth.objects.filter(pk=one.pk).update(month=month, spent=5_000_000)
    return "within_budget", f"“One” is over its budget: 5.00 of 5.00 US dollars are spent in {month}."


def cool_down(one):
    until = timezone.now() + timedelta(minutes=1)
    ProviderHealth.objects.filter(pk=one.pk).update(open_until=until)
    return "not_cooling_down", f"“One” is cooling down until {until:%Y-%m-%d %H:%M:%S} UTC."


REASONS = [
    stop_provider,
    take_default,
    stop_model,
    retire,
    unlearn,
    lead_inside,
    lose_key,
    move_away,
    spend_all,
    cool_down,
]


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.__name__)
def test_backup_serves_when_the_primary_cannot(reason, pair, api, admin):
    check, message = reason(pair[0])

    data = api(admin).get(f"{URL}checklists").json()["data"]

    before = passed("primary", CHECKS[: CHECKS.index(check)])
    assert (data["source"], data["provider"]["name"], data["model"]["name"]) == ("backup", "Two", "Two-1")
    assert data["steps"] == [*before, failed("primary", check, message), *passed("backup")]


def test_builtin_serves_when_nobody_else_can(pair, api, admin):
    Provider.objects.update(is_active=False)

    response = api(admin).get(f"{URL}checklists")

    data = response.json()["data"]
    assert (data["source"], data["provider"], data["model"]) == ("builtin", None, None)
    assert data["steps"] == [
        failed("primary", "provider_active", "“One” is not active."),
        failed("backup", "provider_active", "“Two” is not active."),
        {
            "source": "builtin",
            "check": "builtin",
            "passed": True,
            "message": "Nobody else is left to ask: the built-in answers.",
        },
    ]
    assert response.json()["message"] == "Served by the built-in"


def test_assignment_that_is_not_active_serves_nobody(pair, api, admin):
    FeatureAssignment.objects.update(is_active=False)

    data = api(admin).get(f"{URL}checklists").json()["data"]

    assert data["source"] == "builtin"
    assert data["steps"][0] == failed("feature", "feature_active", "The assignment is not active.")


def test_builtin_may_be_the_primary(db, api, admin, make_feature):
    make_feature(services.providers.create(by=OPERATOR, name="House", type="builtin"))

    data = api(admin).get(f"{URL}checklists").json()["data"]

    assert (data["source"], data["provider"]) == ("builtin", None)
    assert [step["check"] for step in data["steps"]] == ["builtin"]


def test_cooling_time_that_is_over_lets_a_probe_through(pair, api, admin):
    ProviderHealth.objects.update(open_until=timezone.now() - timedelta(seconds=1), failures=9)

    assert api(admin).get(f"{URL}checklists").json()["data"]["source"] == "primary"


def test_resolving_takes_one_query_beside_the_one_for_who_asks(pair, api, admin, django_assert_num_queries):
    client = api(admin)

    with django_assert_num_queries(2):
        client.get(f"{URL}checklists")


def test_unknown_feature_is_404(db, api, admin):
    response = api(admin).get(f"{URL}nothing")

    assert (response.status_code, response.json()) == (
        404,
        {"success": False, "error": "NOT_FOUND", "message": "Feature assignment with name nothing not found"},
    )
