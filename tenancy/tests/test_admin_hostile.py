"""Whatever a browser sends to the admin: never a failure of ours, and nothing half done."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from tenancy.models import Assignment
from tenancy.tests.doors import form_on
from tenancy.tests.factories import RoleFactory
from tenancy.tests.ledger import nothing_written

# What Django and its tasks register of their own is open to nobody.
OURS = ("assignhub", "scheduling", "tenancy")
MODELS = [model._meta.label_lower for model in admin.site._registry if model._meta.app_label in OURS]

# The test client raises what the server would answer with 500.
QUERIES = [
    "p=x",
    "p=-1",
    "p=99999999999999999999",
    "o=x",
    "o=99.-99",
    "e=1",
    "all=",
    "q=" + "x" * 5000,
    "q=%22never+closed",
    "q=" + "a+" * 60,
    "q=%ED%A0%80",
    "tenant__id__exact=x",
    "tenant__id__exact=00000000-0000-0000-0000-000000000000",
    "assignment__tenant__id__exact=x",
    "schedule__id__exact=99999999999999999999",
    "employee__id__exact=x",
    "employee__id__exact=99999999999999999999",
    "qualifications__id__exact=99999999999999999999",
    "role__type__exact=emperor",
    "type__exact=emperor",
    "time_zone=Mars",
    "status__exact=x",
    "removed_at__isempty=x",
    "is_active__exact=x",
    "week_start_from=x&week_start_to=y",
    "shift__date_from=0000-00-00",
    "date__year=99999",
    "date__year=2026&date__month=2&date__day=31",
    "at__gte=x",
    "_facets=x",
    "_to_field=id&_popup=1",
    "unknown=1",
]
KEYS = ["x", "-1", "_00", "99999999999999999999", "%ED%A0%80", "x" * 500, "%E2%80%AE", "00000000-0000-0000"]


def page(model: str, name: str, *args) -> str:
    return reverse(f"admin:{model.replace('.', '_')}_{name}", args=args)


@pytest.fixture
def session(people, staff_client):
    """Of a super admin: nothing keeps what they send from the deepest layer."""
    return staff_client(people["super_admin"])


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("person", ["owner", "super_admin"])
def test_list_with_broken_parameters(people, staff_client, model, person):
    session = staff_client(people[person])

    answers = {query: session.get(f"{page(model, 'changelist')}?{query}").status_code for query in QUERIES}

    assert {query: status for query, status in answers.items() if status not in (200, 302, 400)} == {}


@pytest.mark.parametrize(
    "url",
    [
        "/admin/",
        "/admin/tenancy/role/",
        "/admin/tenancy/user/add/",
        "/admin/search/",
        "/admin/autocomplete/",
        "/admin/login/",
    ],
)
def test_nul_in_the_query_string(session, url):
    assert session.get(f"{url}?q=a%00b").status_code == 400


def test_nul_in_the_path(session):
    assert session.get("/admin/tenancy/role/%00/change/").status_code == 400


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("tail", ["change", "history", "delete"])
def test_page_of_a_broken_key(session, model, tail):
    start = page(model, "changelist")

    answers = {key: session.get(f"{start}{key}/{tail}/").status_code for key in KEYS}
    answers |= {f"POST {key}": session.post(f"{start}{key}/{tail}/", {"post": "yes"}).status_code for key in KEYS}

    assert {key: status for key, status in answers.items() if status not in (302, 403, 404)} == {}


@pytest.mark.parametrize(
    "query, status",
    [
        ("", 200),
        ("s=member", 200),
        ("s=member&page=1", 200),
        ("s=member&page=x", 400),
        ("s=member&page=-1", 400),
        ("s=member&page=0", 400),
        ("s=member&page=99999999999999999999", 400),
        ("s=member&extended=1&page=x", 400),
        ("s=%ED%A0%80", 200),
        ("s=" + "x" * 5000, 200),
    ],
)
def test_site_search_with_broken_parameters(session, query, status):
    assert session.get(f"/admin/search/?{query}").status_code == status


@pytest.mark.parametrize(
    "query, status",
    [
        ("", 403),
        ("app_label=tenancy&model_name=role&field_name=tenant", 200),
        ("app_label=tenancy&model_name=role&field_name=tenant&term=" + "x" * 5000, 200),
        ("app_label=tenancy&model_name=role&field_name=tenant&page=x", 404),
        ("app_label=tenancy&model_name=role&field_name=tenant&page=99999999999999999999", 404),
        ("app_label=tenancy&model_name=role&field_name=name", 403),
        ("app_label=tenancy&model_name=role&field_name=x", 403),
        ("app_label=nope&model_name=role&field_name=tenant", 403),
        ("app_label=contenttypes&model_name=contenttype&field_name=id", 403),
    ],
)
def test_autocomplete_with_broken_parameters(session, query, status):
    assert session.get(f"/admin/autocomplete/?{query}").status_code == status


@pytest.mark.parametrize("history_page", ["x", "-1", "0", "99999999999999999999"])
def test_history_with_a_broken_page(session, tenant, history_page):
    response = session.get(page("tenancy.tenant", "history", tenant.pk), {"p": history_page})

    assert response.status_code == 200


@pytest.mark.parametrize("model", ["tenancy.assignment", "tenancy.user", "scheduling.qualification"])
@pytest.mark.parametrize("action", ["delete_selected", "withdraw", "unknown", "", "__class__"])
@pytest.mark.parametrize("key", ["x", "", "\0", "-1", "99999999999999999999", "x" * 3000])
def test_action_on_a_broken_key(session, model, action, key):
    with nothing_written():
        answers = [
            session.post(page(model, "changelist"), {"action": action, "_selected_action": key, **extra})
            for extra in ({}, {"post": "yes"}, {"index": "x"}, {"index": "-9"})
        ]

    assert {answer.status_code for answer in answers} <= {200, 302}


BAD_VALUES = {
    "NUL": "a\0b",
    "long": "x" * 3000,
    "negative": "-1",
    "huge": "99999999999999999999",
    "no key": "not-a-key",
    "unknown key": "00000000-0000-0000-0000-000000000000",
    "twice": ["a", "b"],
    "markup": "<script>alert(1)</script>",
}


@pytest.mark.parametrize("bad", BAD_VALUES.values(), ids=BAD_VALUES)
@pytest.mark.parametrize("model", ["user", "tenant", "role", "assignment", "membership"])
def test_form_with_a_broken_value(session, tenant, viewer, model, bad):
    assignment = Assignment.objects.get(tenant=tenant, role__type="viewer")
    rows = {
        "user": viewer,
        "tenant": tenant,
        "role": RoleFactory(tenant=tenant, type="viewer"),
        "assignment": assignment,
        "membership": viewer.memberships.get(),
    }
    url = page(f"tenancy.{model}", "change", rows[model].pk)
    fields = form_on(session.get(url))
    # Rows of an inline are all alike; how many it has is another test's.
    sent = [name for name in fields if not re.search("_FORMS$|-__prefix__-|-[1-9]-|^s$|^csrf", name)]

    answers = {name: session.post(url, fields | {name: bad}) for name in sent}

    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code not in (200, 302)} == {}
    assert "<script>alert(1)" not in "".join(answer.content.decode() for answer in answers.values())


@pytest.mark.parametrize("model", ["user", "role", "assignment", "membership"])
@pytest.mark.parametrize("bad", BAD_VALUES.values(), ids=BAD_VALUES)
def test_new_row_of_broken_values(session, model, bad):
    url = page(f"tenancy.{model}", "add")
    fields = form_on(session.get(url))
    typed = dict.fromkeys(["name", "type", "tenant", "role", "user", "assignment", "email", "avatar_url"], bad)

    with nothing_written():
        response = session.post(url, fields | typed)

    assert response.status_code == 200


@pytest.mark.parametrize(
    "tampered",
    [
        {"memberships-TOTAL_FORMS": "x"},
        {"memberships-TOTAL_FORMS": "-5"},
        {"memberships-INITIAL_FORMS": "9", "memberships-TOTAL_FORMS": "9"},
        {"memberships-INITIAL_FORMS": ""},
        {"memberships-0-id": ""},
        {"memberships-0-id": "x"},
        {"memberships-0-assignment": "x"},
    ],
)
def test_inline_tampered_with(session, viewer, tampered):
    url = page("tenancy.user", "change", viewer.pk)
    fields = form_on(session.get(url))

    with nothing_written():
        response = session.post(url, fields | tampered)

    assert response.status_code in (200, 302)


@pytest.mark.parametrize(
    "body, content_type",
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"name=%ED%A0%80", "application/x-www-form-urlencoded"),
        (b'{"name": "X"}', "application/json"),
        (b"broken", "multipart/form-data; boundary=x"),
        (b"broken", "multipart/form-data"),
    ],
)
def test_body_that_is_no_form(session, tenant, body, content_type):
    url = page("tenancy.tenant", "change", tenant.pk)

    with nothing_written():
        response = session.post(url, body, content_type=content_type)

    assert response.status_code in (200, 400)


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 400, "x" * 255 + "@ward.example", "‮owner@ward.example"])
@pytest.mark.parametrize("password", ["", "a\0b", "x" * 5000])
def test_login_page_with_broken_credentials(client, db, name, password):
    response = client.post("/admin/login/", {"username": name, "password": password})

    assert response.status_code == 200
