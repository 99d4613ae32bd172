"""What may serve a feature: every rule, at API, admin and bulk endpoint; what is allowed with a warning."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from ai_features import services
from ai_features.models import FeatureAssignment, Model, Provider
from ai_features.models.providers import today
from assignhub.models import AuditEntry
from assignhub.permissions import OPERATOR

URL = "/api/dynamic-ai/assignments"


@pytest.fixture
def world(db) -> dict:
    """Two providers with models of different skill, an inactive one of each, and the built-in."""
    by = OPERATOR
    one, two, off = (
        services.providers.create(by=by, name=name, type="custom", endpoint="https://1.1.1.1/v1", api_key="k")
        for name in ("One", "Two", "Off")
    )
    skilled = {"context_size": 128_000, "vision": True, "tools": True, "json_output": True}
    cheap = {"input_price": "1", "output_price": "4"}
    made = {
        "skilled": services.models.create(by=by, provider=one, name="skilled", **skilled, **cheap),
        "plain": services.models.create(by=by, provider=one, name="plain", context_size=8_000),
        "other": services.models.create(by=by, provider=two, name="other", **skilled, **cheap),
        "idle": services.models.create(by=by, provider=one, name="idle", is_active=False),
        "painter": services.models.create(by=by, provider=one, name="painter", mode="image_generation"),
        "of_off": services.models.create(by=by, provider=off, name="of-off"),
        "builtin": services.providers.create(by=by, name="House", type="builtin"),
    }
    off = services.providers.update(off, by=by, is_active=False)
    return {"one": one, "two": two, "off": off, **made}


def body(world, **chosen) -> dict:
    """A request that names rows of the world by their names here."""
    sides = ("primary_provider", "primary_model", "backup_provider", "backup_model")
    keys = {f"{side}_id": str(world[chosen.pop(side)].pk) for side in sides if side in chosen}
    return {"feature_name": "letters"} | keys | chosen


REFUSED = {
    "provider is not active": (
        {"primary_provider": "off", "primary_model": "of_off"},
        "PROVIDER_INACTIVE",
        "Provider “Off” is not active.",
    ),
    "backup provider is not active": (
        {"primary_provider": "one", "primary_model": "plain", "backup_provider": "off"},
        "PROVIDER_INACTIVE",
        "Provider “Off” is not active.",
    ),
    "model is not active": (
        {"primary_provider": "one", "primary_model": "idle"},
        "MODEL_INACTIVE",
        "Model “idle” is not active.",
    ),
    "model of another provider": (
        {"primary_provider": "one", "primary_model": "other"},
        "MODEL_OF_ANOTHER_PROVIDER",
        "Model “other” belongs to provider “Two”, not to “One”.",
    ),
    "backup model of another provider": (
        {"primary_provider": "one", "primary_model": "plain", "backup_provider": "two", "backup_model": "plain"},
        "MODEL_OF_ANOTHER_PROVIDER",
        "Model “plain” belongs to provider “One”, not to “Two”.",
    ),
    "backup is the primary": (
        {"primary_provider": "one", "primary_model": "plain", "backup_provider": "one", "backup_model": "plain"},
        "BACKUP_IS_PRIMARY",
        "The backup is the same provider and model as the primary: it would fail together with it.",
    ),
    "backup model without provider": (
        {"primary_provider": "one", "primary_model": "plain", "backup_model": "other"},
        "REQUIRED",
        "A backup model needs a backup provider.",
    ),
    "needs context": (
        {"primary_provider": "one", "primary_model": "plain", "needs": {"context_size": 100_000}},
        "NEEDS_NOT_MET",
        "The primary model “plain” lacks what this feature needs: a context of 100,000 tokens (it takes 8,000).",
    ),
    "needs skills": (
        {
            "primary_provider": "one",
            "primary_model": "plain",
            "needs": {"vision": True, "tools": True, "json_output": True},
        },
        "NEEDS_NOT_MET",
        "The primary model “plain” lacks what this feature needs: vision; tools; JSON output.",
    ),
    "needs a price": (
        {"primary_provider": "one", "primary_model": "skilled", "needs": {"price_ceiling": "2.50"}},
        "NEEDS_NOT_MET",
        "The primary model “skilled” lacks what this feature needs: output at no more than 2.5 US dollars per million "
        "(it costs 4).",
    ),
    "needs a known price": (
        {"primary_provider": "one", "primary_model": "plain", "needs": {"price_ceiling": 5}},
        "NEEDS_NOT_MET",
        "The primary model “plain” lacks what this feature needs: input at no more than 5 US dollars per million "
        "(its price is unknown); output at no more than 5 US dollars per million (its price is unknown).",
    ),
    "backup does not meet the needs": (
        {
            "primary_provider": "two",
            "primary_model": "other",
            "backup_provider": "one",
            "backup_model": "plain",
            "needs": {"vision": True},
        },
        "NEEDS_NOT_MET",
        "The backup model “plain” lacks what this feature needs: vision.",
    ),
    "needs and no model": (
        {"primary_provider": "one", "needs": {"vision": True}},
        "NEEDS_NOT_MET",
        "This feature has needs, and no primary model is named that could meet them.",
    ),
    "no chat model": (
        {"primary_provider": "one", "primary_model": "painter"},
        "NEEDS_NOT_MET",
        "The primary model “painter” lacks what this feature needs: chat (its mode is image_generation).",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_rule_refuses_at_every_door(case, world, api, super_admin, staff_client, stored):
    chosen, error, message = REFUSED[case]
    wish, before = body(world, **chosen), stored()
    needs = wish.get("needs", {})
    names = {"context_size": "needs_context", "vision": "needs_vision", "tools": "needs_tools"}
    form = {name.removesuffix("_id"): value for name, value in wish.items() if name != "needs"}
    form |= {names.get(name, name).replace("json_output", "needs_json"): value for name, value in needs.items()}
    form |= {"feature_category": "general", "is_active": "on", "config": "{}"}

    single = api(super_admin).post(URL, wish)
    bulk = api(super_admin).post(f"{URL}/bulk", {"assignments": [wish]})
    page = staff_client(super_admin).post(reverse("admin:ai_features_featureassignment_add"), form)

    answer = single.json()
    assert single.status_code == 400
    assert (answer["success"], answer["error"], answer["message"]) == (False, error, message)
    errors = [{"index": 0, "feature_name": "letters", "error": error, "message": message}]
    assert (bulk.status_code, bulk.json()["data"]) == (201, {"created": [], "errors": errors})
    assert page.status_code == 200
    assert message in page.content.decode()
    assert stored() == before


@pytest.mark.parametrize(
    "values",
    [
        {"config": []},
        {"config": {"temperature": 3}},
        {"config": {"temperature": "hot"}},
        {"config": {"max_output_tokens": 0}},
        {"config": {"system_prompt": 5}},
        {"config": {"x": "y" * 20_000}},
        {"feature_name": "a/b"},
        {"feature_name": "bulk"},
        {"feature_name": ".."},
        {"feature_name": "00000000-0000-4000-8000-000000000000"},
        {"feature_name": "two\nlines"},
        {"feature_name": "   "},
        {"is_active": "yes"},
        {"needs": {"vision": 1}},
        {"needs": {"context_size": 0}},
        {"needs": {"price_ceiling": -1}},
        {"needs": None},
        {"primary_provider_id": "no key"},
        {"primary_provider_id": 7},
    ],
    ids=str,
)
def test_value_that_cannot_be_is_400(values, world, api, super_admin, stored):
    before = stored()

    response = api(super_admin).post(URL, body(world, primary_provider="one", primary_model="plain") | values)

    assert (response.status_code, response.json()["error"]) == (400, "VALIDATION_ERROR")
    assert stored() == before


def test_unknown_provider_is_404(world, api, super_admin, stored):
    nobody, before = "00000000-0000-4000-8000-000000000000", stored()

    response = api(super_admin).post(URL, {"feature_name": "letters", "primary_provider_id": nobody})

    assert response.status_code == 404
    assert response.json()["message"] == f"Provider with ID {nobody} not found"
    assert stored() == before


@pytest.mark.parametrize("door", ["create", "update", "admin"])
def test_backup_at_the_same_provider_is_allowed_with_a_warning(door, world, api, super_admin, staff_client):
    one = {"primary_provider": "one", "primary_model": "skilled", "backup_provider": "one", "backup_model": "plain"}
    wish = body(world, **one)
    warning = "Primary and backup are both at “One”: when it is away, both are."
    if door == "admin":
        form = {name.removesuffix("_id"): value for name, value in wish.items()}
        form |= {"feature_category": "general", "is_active": "on", "config": "{}"}
        page = reverse("admin:ai_features_featureassignment_add")
        response = staff_client(super_admin).post(page, form, follow=True)
        assert warning in [str(message) for message in response.context["messages"]]
        return
    if door == "update":
        api(super_admin).post(URL, body(world, primary_provider="one", primary_model="skilled"))

    call = api(super_admin).post if door == "create" else api(super_admin).put
    response = call(URL if door == "create" else f"{URL}/letters", wish)

    assert response.status_code == (201 if door == "create" else 200)
    assert response.json()["warnings"] == [warning]


def test_warnings_name_what_will_keep_a_provider_from_being_asked(world, api, super_admin):
    keyless = services.providers.create(by=OPERATOR, name="Keyless", type="openai")
    old = services.models.create(by=OPERATOR, provider=world["two"], name="old", retires_at=date(2020, 1, 1))
    wish = {"feature_name": "letters", "primary_provider_id": str(keyless.pk)}
    wish |= {"backup_provider_id": str(world["two"].pk), "backup_model_id": str(old.pk)}

    response = api(super_admin).post(URL, wish)

    assert response.json()["warnings"] == [
        "The primary provider “Keyless” has no key: it will not be asked until it has one.",
        "No primary model is named and “Keyless” has no default: it will not be asked until it has one.",
        "The backup model “old” has retired on 2020-01-01.",
    ]


def test_provider_that_was_switched_off_does_not_block_other_changes(world, api, super_admin):
    api(super_admin).post(URL, body(world, primary_provider="one", primary_model="plain"))
    services.providers.update(world["one"], by=OPERATOR, is_active=False)
    client = api(super_admin)

    edited = client.patch(f"{URL}/letters", {"feature_category": "post"})
    switched_off = client.patch(f"{URL}/letters", {"is_active": False})
    revived = client.patch(f"{URL}/letters", {"is_active": True})

    assert (edited.status_code, switched_off.status_code, revived.status_code) == (200, 200, 400)
    assert revived.json()["error"] == "PROVIDER_INACTIVE"
    assert FeatureAssignment.objects.get().is_active is False


def test_what_is_in_use_cannot_be_deleted(world, api, super_admin, staff_client, stored):
    for number in range(7):
        wish = body(world, primary_provider="one", primary_model="plain", backup_provider="two", backup_model="other")
        api(super_admin).post(URL, wish | {"feature_name": f"letters {number}"})
    names, before = [f"letters {number}" for number in range(7)], stored()
    rows = [
        ("providers", world["one"]),
        ("providers", world["two"]),
        ("models", world["plain"]),
        ("models", world["other"]),
    ]

    answers = [api(super_admin).delete(f"/api/dynamic-ai/{kind}/{row.pk}") for kind, row in rows]
    pages = [
        staff_client(super_admin).post(reverse(f"admin:ai_features_{kind[:-1]}_delete", args=[row.pk]), {"post": "yes"})
        for kind, row in rows
    ]

    for answer, (_, row) in zip(answers, rows, strict=True):
        text = f"“{row}” is in use by: {', '.join(names)}"
        assert answer.status_code == 409
        assert answer.json() == {"success": False, "error": "IN_USE", "message": text, "features": names}
    assert {page.status_code for page in pages} <= {200, 302}
    assert stored() == before


def test_default_model_in_use_cannot_be_deleted(world, api, super_admin, stored):
    services.providers.update(world["one"], by=OPERATOR, default_model=world["plain"])
    api(super_admin).post(URL, body(world, primary_provider="one"))
    before = stored()

    response = api(super_admin).delete(f"/api/dynamic-ai/models/{world['plain'].pk}")

    assert (response.status_code, response.json()["features"]) == (409, ["letters"])
    assert stored() == before


def test_unused_provider_goes_with_its_models(world, api, super_admin):
    response = api(super_admin).delete(f"/api/dynamic-ai/providers/{world['one'].pk}")

    assert (response.status_code, response.json()["message"]) == (200, "Provider deleted successfully")
    assert not Provider.objects.filter(pk=world["one"].pk).exists()
    assert not Model.objects.filter(name="plain").exists()
    gone = AuditEntry.objects.filter(action__in=["ai_features.provider.delete", "ai_features.model.delete"])
    assert sorted(gone.values_list("object_label", flat=True)) == ["One", "idle", "painter", "plain", "skilled"]


# --- Many at once -----------------------------------------------------------------------------------------------------


def test_bulk_keeps_the_good_and_reports_the_bad(world, api, super_admin):
    good = body(world, primary_provider="one", primary_model="plain")
    wishes = [
        good | {"feature_name": "first"},
        good | {"feature_name": "FIRST "},
        good | {"feature_name": "second", "backup_provider_id": "", "config": {"temperature": 1}},
        good | {"feature_name": "third", "primary_model_id": str(world["other"].pk)},
        good | {"feature_name": "fourth", "primary_provider_id": "00000000-0000-4000-8000-000000000000"},
    ]

    response = api(super_admin).post(f"{URL}/bulk", {"assignments": wishes})

    answer = response.json()
    assert (response.status_code, answer["message"]) == (201, "2 created, 3 refused")
    assert [row["feature_name"] for row in answer["data"]["created"]] == ["first", "second"]
    assert [(row["index"], row["error"]) for row in answer["data"]["errors"]] == [
        (1, "CONFLICT"),
        (3, "MODEL_OF_ANOTHER_PROVIDER"),
        (4, "NOT_FOUND"),
    ]
    assert sorted(FeatureAssignment.objects.values_list("feature_name", flat=True)) == ["first", "second"]
    assert AuditEntry.objects.filter(action="ai_features.featureassignment.add").count() == 2
    again = api(super_admin).post(f"{URL}/bulk", {"assignments": wishes}).json()
    assert again["message"] == "0 created, 5 refused"


@pytest.mark.parametrize("count", [1, 50])
def test_bulk_takes_the_same_number_of_queries(count, world, api, super_admin, django_assert_num_queries):
    good = body(world, primary_provider="one", primary_model="plain", backup_provider="two", backup_model="other")
    wishes, client = [good | {"feature_name": f"f{number}"} for number in range(count)], api(super_admin)

    # Who asks; savepoint; providers, models, names taken; rows, entries; savepoint.
    with django_assert_num_queries(8):
        response = client.post(f"{URL}/bulk", {"assignments": wishes})

    assert len(response.json()["data"]["created"]) == count


@pytest.mark.parametrize("sent", [{}, {"assignments": []}, {"assignments": {}}, {"assignments": [5]}, []])
def test_malformed_bulk_is_400(sent, world, api, super_admin, stored):
    before = stored()

    response = api(super_admin).post(f"{URL}/bulk", sent)

    assert (response.status_code, response.json()["error"]) == (400, "VALIDATION_ERROR")
    assert stored() == before


# --- Models that go ---------------------------------------------------------------------------------------------------


def test_retirement_is_told_with_the_features_concerned(world, api, super_admin, admin, settings):
    settings.AI_RETIREMENT_NOTICE_DAYS = 30
    days = {"skilled": -1, "plain": 30, "other": 31}
    for name, ahead in days.items():
        services.models.update(world[name], by=OPERATOR, retires_at=today() + timedelta(days=ahead))
    wish = body(world, primary_provider="one", primary_model="skilled", backup_provider="two", backup_model="other")
    api(super_admin).post(URL, wish)

    flagged = api(admin).get("/api/dynamic-ai/models?retiring=true").json()["data"]
    features = api(admin).get(f"{URL}?retiring=true").json()
    others = api(admin).get(f"{URL}?retiring=false").json()

    told = [(row["name"], row["retires_in_days"], row["is_retired"], row["features"]) for row in flagged]
    assert told == [("plain", 30, False, []), ("skilled", -1, True, ["letters"])]
    assert [row["primary_model"]["retires_in_days"] for row in features["data"]] == [-1]
    assert others["total"] == 0
