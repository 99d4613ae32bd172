"""Seed 000, replayed with whole bodies: every example, every documented refusal, the race for one name."""

from functools import partial

import pytest
from django.utils import timezone

from ai_features import services
from ai_features.models import FeatureAssignment
from assignhub.models import AuditEntry
from assignhub.permissions import OPERATOR
from assignhub.tests.threads import together

URLS = ["/api/dynamic-ai/assignments", "/api/dynamic-ai/feature-assignments"]
URL = URLS[0]
NEEDS = {"context_size": None, "vision": False, "tools": False, "json_output": False, "price_ceiling": None}


@pytest.fixture
def gateway(db):
    row = services.providers.create(
        by=OPERATOR, name="Gateway", type="custom", endpoint="https://1.1.1.1/v1", api_key="k"
    )
    model = services.models.create(by=OPERATOR, provider=row, name="large")
    services.models.create(by=OPERATOR, provider=row, name="small")
    return services.providers.update(row, by=OPERATOR, default_model=model)


@pytest.fixture
def spare(db):
    row = services.providers.create(
        by=OPERATOR, name="Spare", type="custom", endpoint="https://1.0.0.1/v1", api_key="k"
    )
    services.models.create(by=OPERATOR, provider=row, name="spare-1")
    return row


def named_provider(row) -> dict:
    return {"id": str(row.pk), "name": row.name, "type": row.type, "is_active": row.is_active}


def named_model(row) -> dict:
    return {"id": str(row.pk), "name": row.name, "is_active": True, "retires_at": None, "retires_in_days": None}


def model_of(provider, name: str | None = None):
    return provider.models.get(name=name) if name else provider.models.first()


def full_body(gateway, spare) -> dict:
    """The seed's request with every field it names."""
    return {
        "feature_name": "tarot_reading",
        "feature_category": "readings",
        "primary_provider_id": str(gateway.pk),
        "primary_model_id": str(model_of(gateway, "large").pk),
        "backup_provider_id": str(spare.pk),
        "backup_model_id": str(model_of(spare).pk),
        "is_active": True,
        "config": {"temperature": 0.7, "tone": "calm"},
    }


def stamp(moment) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def refused(error: str, message: str, **about) -> dict:
    return {"success": False, "error": error, "message": message, **about}


@pytest.mark.parametrize("url", URLS)
def test_create_answers_with_the_whole_assignment(url, api, super_admin, gateway, spare):
    body = full_body(gateway, spare)

    response = api(super_admin).post(url, body)

    row = FeatureAssignment.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "success": True,
        "data": {
            **body,
            "id": str(row.pk),
            "needs": NEEDS,
            "created_at": stamp(row.created_at),
            "updated_at": stamp(row.updated_at),
            "primary_provider": named_provider(gateway),
            "primary_model": named_model(model_of(gateway, "large")),
            "backup_provider": named_provider(spare),
            "backup_model": named_model(model_of(spare)),
        },
        "message": "Feature assignment created successfully",
    }
    assert AuditEntry.objects.filter(object_id=str(row.pk), by_id=super_admin.pk).count() == 1


def test_create_fills_in_the_documented_defaults(api, super_admin, gateway):
    body = {"feature_name": "  Daily Card ", "primary_provider_id": str(gateway.pk)}

    response = api(super_admin).post(URL, body)

    row = FeatureAssignment.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "success": True,
        "data": {
            "id": str(row.pk),
            "feature_name": "Daily Card",
            "feature_category": "general",
            "primary_provider_id": str(gateway.pk),
            "primary_model_id": None,
            "backup_provider_id": None,
            "backup_model_id": None,
            "is_active": True,
            "config": {},
            "needs": NEEDS,
            "created_at": stamp(row.created_at),
            "updated_at": stamp(row.updated_at),
            "primary_provider": named_provider(gateway),
            "primary_model": None,
            "backup_provider": None,
            "backup_model": None,
        },
        "message": "Feature assignment created successfully",
    }


def test_empty_text_for_an_optional_id_means_none(api, super_admin, gateway, spare):
    body = full_body(gateway, spare)
    nothing = dict.fromkeys(("primary_model_id", "backup_provider_id", "backup_model_id"), "")

    created = api(super_admin).post(URL, body | nothing)
    refilled = api(super_admin).put(f"{URL}/tarot_reading", body)
    emptied = api(super_admin).put(f"{URL}/tarot_reading", nothing)

    assert [response.status_code for response in (created, refilled, emptied)] == [201, 200, 200]
    for response in (created, emptied):
        assert {name: response.json()["data"][name] for name in nothing} == dict.fromkeys(nothing)


@pytest.mark.parametrize("missing", ["feature_name", "primary_provider_id"])
@pytest.mark.parametrize("value", [None, ...])
def test_missing_required_field_is_400(missing, value, api, super_admin, gateway, stored):
    body = {"feature_name": "x", "primary_provider_id": str(gateway.pk), missing: value}
    before = stored()

    response = api(super_admin).post(URL, {name: value for name, value in body.items() if value is not ...})

    why = "This field is required." if value is ... else "This field may not be null."
    assert (response.status_code, response.json()) == (400, refused("VALIDATION_ERROR", f"{missing}: {why}"))
    assert stored() == before


def test_without_token_is_401(api, gateway, stored):
    before = stored()

    response = api(None).post(URL, {"feature_name": "x", "primary_provider_id": str(gateway.pk)})

    assert (response.status_code, response["WWW-Authenticate"].split()[0]) == (401, "Bearer")
    assert response.json() == refused("NOT_AUTHENTICATED", "Authentication credentials were not provided.")
    assert stored() == before


@pytest.mark.parametrize("role", ["viewer", "member", "admin", "owner", "stranger"])
def test_who_is_no_super_admin_is_403(role, people, api, gateway, stored):
    before = stored()

    response = api(people[role]).post(URL, {"feature_name": "x", "primary_provider_id": str(gateway.pk)})

    message = "You do not have permission to perform this action."
    assert (response.status_code, response.json()) == (403, refused("INSUFFICIENT_PERMISSIONS", message))
    assert stored() == before


@pytest.mark.parametrize("name", ["tarot_reading", "TAROT_Reading", "  tarot_reading  ", "ｔarot_reading"])
def test_name_that_is_taken_is_409(name, api, super_admin, gateway, spare, stored):
    api(super_admin).post(URL, full_body(gateway, spare))
    before = stored()

    response = api(super_admin).post(URL, {"feature_name": name, "primary_provider_id": str(gateway.pk)})

    assert (response.status_code, response.json()) == (409, refused("CONFLICT", "Feature assignment already exists"))
    assert stored() == before


@pytest.mark.django_db(transaction=True)
def test_race_for_one_name_has_one_winner(api, super_admin, gateway):
    client_of = [api(super_admin) for _ in range(8)]
    names = ["straße", "STRASSE", " Straße ", "strasse"] * 2
    key = str(gateway.pk)

    responses = together(
        *(
            partial(client.post, URL, {"feature_name": name, "primary_provider_id": key})
            for client, name in zip(client_of, names, strict=True)
        )
    )

    assert sorted(response.status_code for response in responses) == [201] + [409] * 7
    losers = [response.json() for response in responses if response.status_code == 409]
    assert losers == [refused("CONFLICT", "Feature assignment already exists")] * 7
    assert FeatureAssignment.objects.count() == 1
    assert AuditEntry.objects.filter(action="ai_features.featureassignment.add").count() == 1


def test_database_that_is_away_is_503_and_any_other_failure_500(api, super_admin, gateway, settings):
    client = api(super_admin)
    client.raise_request_exception = False
    settings.ENCRYPTION_KEYS = ["nonsense"]

    response = client.patch(f"/api/dynamic-ai/providers/{gateway.pk}", {"api_key": "a-new-key"})

    assert (response.status_code, response.json()) == (
        500,
        refused("SERVER_ERROR", "Something went wrong on our side."),
    )


@pytest.mark.parametrize("by_id", [False, True])
@pytest.mark.parametrize("url", URLS)
def test_one_assignment_is_read_changed_and_deleted_under_name_and_id(url, by_id, api, super_admin, gateway, spare):
    data = api(super_admin).post(url, full_body(gateway, spare)).json()["data"]
    address = f"{url}/{data['id'] if by_id else ' TAROT_reading'}"

    read = api(super_admin).get(address)
    put = api(super_admin).put(address, full_body(gateway, spare) | {"feature_category": "cards"})
    patched = api(super_admin).patch(address, {"is_active": False})
    deleted = api(super_admin).delete(address)
    gone = api(super_admin).get(address)

    assert (read.status_code, read.json()) == (200, {"success": True, "data": data, "message": "success"})
    changed = data | {"feature_category": "cards", "updated_at": put.json()["data"]["updated_at"]}
    said = "Feature assignment updated successfully"
    assert (put.status_code, put.json()) == (200, {"success": True, "data": changed, "message": said})
    changed |= {"is_active": False, "updated_at": patched.json()["data"]["updated_at"]}
    assert (patched.status_code, patched.json()) == (200, {"success": True, "data": changed, "message": said})
    said = "Feature assignment deleted successfully"
    assert (deleted.status_code, deleted.json()) == (200, {"success": True, "data": changed, "message": said})
    assert gone.status_code == 404
    assert FeatureAssignment.objects.count() == 0


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
@pytest.mark.parametrize("name", ["nothing_of_the_kind", "00000000-0000-4000-8000-000000000000"])
def test_unknown_feature_is_404_and_never_made(method, name, api, super_admin, gateway, spare, stored):
    before = stored()

    response = getattr(api(super_admin), method)(f"{URL}/{name}", full_body(gateway, spare))

    assert response.status_code == 404
    assert response.json() == refused("NOT_FOUND", f"Feature assignment with name {name} not found")
    assert stored() == before


def test_list_filters_and_counts(api, admin, super_admin, gateway, spare):
    for name, category, active in (("b", "one", True), ("a", "one", False), ("c", "two", True)):
        body = full_body(gateway, spare) | {"feature_name": name, "feature_category": category, "is_active": active}
        assert api(super_admin).post(URL, body).status_code == 201
    queries = ("", "?feature_category=one", "?active_only=true", "?active_only=false", "?skip=1&limit=1", "?limit=0")

    answers = [api(admin).get(URL + query) for query in queries]

    found = [[row["feature_name"] for row in answer.json()["data"]] for answer in answers[:-1]]
    assert found == [["a", "b", "c"], ["a", "b"], ["b", "c"], ["a", "b", "c"], ["b"]]
    assert [answer.json()["total"] for answer in answers[:-1]] == [3, 2, 2, 3, 3]
    assert {frozenset(answer.json()) for answer in answers[:-1]} == {frozenset(("success", "data", "total", "message"))}
    assert answers[-1].status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_number_of_queries(count, api, admin, gateway, spare, django_assert_num_queries):
    for number in range(count):
        sides = {"primary_provider": gateway, "backup_provider": spare}
        services.features.create(by=OPERATOR, feature_name=f"f{number}", **sides)
    client = api(admin)

    # Who asks, how many there are, the page.
    with django_assert_num_queries(2):
        response = client.get(URL)

    assert response.json()["total"] == count


def test_moments_are_those_of_the_database(api, super_admin, gateway):
    before = timezone.now()

    data = api(super_admin).post(URL, {"feature_name": "x", "primary_provider_id": str(gateway.pk)}).json()["data"]

    assert stamp(before) <= data["created_at"] <= stamp(timezone.now())
