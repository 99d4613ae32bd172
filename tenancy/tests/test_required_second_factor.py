"""A second factor that a tenant requires of its staff, through every door."""

import pytest
from django.urls import reverse
from django.utils import timezone

from assignhub.models import AuditEntry
from tenancy.tests import ledger
from tenancy.tests.authenticators import code_of
from tenancy.tests.doors import log_in, me, refresh, submit, tokens_of

PAGE = "/admin/second-factor/"
MISSING = "Your organisation requires a second factor. Please sign in to the admin and set it up first."


def test_required_leads_to_enrolment_before_anything_else(owner, tenant, staff_client):
    session = staff_client(owner)
    type(tenant).objects.update(requires_second_factor=True)
    pages = ["/admin/", "/admin/tenancy/user/", "/admin/password_change/", "/admin/sessions/", "/admin/search/?s=a"]
    pages.append("/admin/autocomplete/?app_label=tenancy&model_name=membership&field_name=user")
    pages.append(reverse("admin:tenancy_user_change", args=[owner.pk]))

    answers = [session.get(page) for page in pages]
    posted = session.post(reverse("admin:tenancy_tenant_change", args=[tenant.pk]), {"name": "Mine"})
    page = session.get(PAGE)
    done = session.post(PAGE, {"code": code_of(page.context["secret"])})

    assert [(answer.status_code, answer["Location"]) for answer in [*answers, posted]] == [(302, PAGE)] * 8
    assert page.context["required"] is True
    assert done.status_code == 200
    assert session.get("/admin/").status_code == 200


def test_required_ends_what_the_api_allowed_without(owner, tenant):
    tokens = tokens_of(owner)
    type(tenant).objects.update(requires_second_factor=True)

    answers = [me(tokens["access"]), refresh(tokens["refresh"]), log_in(owner.email)]

    assert [(answer.status_code, answer.json()["detail"]) for answer in answers] == [(401, MISSING)] * 3
    assert answers[2].json()["code"] == "second_factor_missing"


def test_required_asks_the_staff_only(member, tenant):
    type(member).objects.filter(pk=member.pk).update(is_staff=False)
    type(tenant).objects.update(requires_second_factor=True)

    assert log_in(member.email).status_code == 200


def test_role_taken_out_of_force_requires_nothing(member, tenant):
    type(tenant).objects.update(requires_second_factor=True)
    member.memberships.get().assignment.__class__.objects.update(removed_at=timezone.now())

    assert log_in(member.email).status_code == 200


@pytest.mark.parametrize("person, status", [("admin", 403), ("owner", 200), ("super_admin", 200)])
def test_owners_decide_whether_it_is_required(people, tenant, api, person, status):
    client, before = api(people[person]), ledger.rows()

    answer = client.patch(f"/tenants/{tenant.pk}", {"requiresSecondFactor": True})

    assert answer.status_code == status
    if status == 200:
        assert answer.json()["data"]["requiresSecondFactor"] is True
        assert AuditEntry.objects.get().changes == {"requires_second_factor": [False, True]}
    else:
        assert answer.json()["meta"]["message"] == "Only owners decide whether the staff needs a second factor."
        assert ledger.rows() == before


@pytest.mark.parametrize("person, stored_as", [("admin", False), ("owner", True)])
def test_form_of_the_tenant_lets_owners_decide(people, tenant, staff_client, person, stored_as):
    url = reverse("admin:tenancy_tenant_change", args=[tenant.pk])

    submit(staff_client(people[person]), url, requires_second_factor="on")

    tenant.refresh_from_db()
    assert tenant.requires_second_factor is stored_as
