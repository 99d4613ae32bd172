"""Whose names the trail of a row shows, and what a list's address may ask."""

import pytest

from assignhub.models import AuditEntry
from tenancy.models import Assignment, Membership


def test_trail_of_a_person_of_two_tenants_leaves_out_names_of_the_other(
    api, staff_client, admin, member, other_tenant, stranger
):
    far = Assignment.objects.get(tenant=other_tenant, role__type="viewer")
    Membership.objects.create(user=member, assignment=far)
    assert api(admin).patch(f"/users/{member.pk}", {"firstName": "Mia"}).status_code == 403
    AuditEntry.objects.create(
        by_id=admin.pk,
        by_label=admin.email,
        action="tenancy.user.change",
        object_type="tenancy.user",
        object_id=str(member.pk),
        object_label="Mia",
    )

    theirs = staff_client(stranger).get(f"/admin/tenancy/user/{member.pk}/history/")
    ours = staff_client(admin).get(f"/admin/tenancy/user/{member.pk}/history/")

    assert (theirs.status_code, admin.email in theirs.content.decode()) == (200, False)
    assert "somebody of another organisation" in theirs.content.decode()
    assert (ours.status_code, admin.email in ours.content.decode()) == (200, True)


@pytest.mark.parametrize(
    "query",
    [
        "code__regex=(",
        "code__startswith=w",
        "id__in=99999999999999999999999",
        "starts_at__year=999999999",
        "schedule__title__startswith=W",
    ],
)
def test_list_refuses_lookups_it_does_not_offer(staff_client, viewer, query):
    response = staff_client(viewer).get(f"/admin/scheduling/shift/?{query}")

    assert response.status_code == 400


@pytest.mark.parametrize("query", ["date__year=9999&date__month=12", "date__year=99999999999999999999999"])
def test_list_sends_back_from_dates_no_calendar_has(staff_client, viewer, query):
    response = staff_client(viewer).get(f"/admin/scheduling/shift/?{query}")

    assert (response.status_code, response["Location"]) == (302, "/admin/scheduling/shift/?e=1")


@pytest.mark.parametrize("path", ["/api/schema", "/api/docs"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_documentation_refuses_other_methods_in_plain_words(api, path, method):
    response = getattr(api(None), method)(path)

    assert response.status_code == 405
    assert response.json() == {"detail": f'Method "{method.upper()}" not allowed.'}


def test_trail_is_searched_by_beginnings_and_whole_identifiers(staff_client, admin, tenant):
    def entry(by: str, label: str, key: str, request: str = "") -> int:
        about = {"object_type": "tenancy.role", "object_id": key, "object_label": label, "request_id": request}
        return AuditEntry.objects.create(by_label=by, tenant_id=tenant.pk, action="tenancy.role.add", **about).pk

    porter = entry("ida@ward.example", "Head porter", "key-1", "request-1")
    nurse = entry("otto@ward.example", "Night nurse", "key-2", "request-2")
    session = staff_client(admin)

    def found(query: str) -> set[int]:
        rows = session.get(f"/admin/assignhub/auditentry/?{query}").context["cl"].result_list
        return {row.pk for row in rows} & {porter, nurse}

    assert [found(f"q={text}") for text in ("IDA@", "head p", "porter", "key-2", "request-1", "request", "+")] == [
        {porter}, {porter}, set(), {nurse}, {porter}, set(), {porter, nurse},
    ]  # fmt: skip
    assert (found("kind=tenancy.role"), found("kind=tenancy.user")) == ({porter, nurse}, set())
