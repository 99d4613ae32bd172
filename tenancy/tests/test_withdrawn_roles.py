"""A role that is out of force for a while still says whose account somebody's is."""

import pytest

from assignhub.models import AuditEntry
from tenancy.models import Assignment, Membership, User


@pytest.fixture
def owner_of_both(tenant, other_tenant, member, stranger):
    """A member here, an owner there, whose role there has just been taken out of force."""
    far = Assignment.objects.get(tenant=other_tenant, role__type="owner")
    Membership.objects.create(user=member, assignment=far)
    Assignment.objects.filter(pk=far.pk).update(removed_at=far.created_at)
    return member


@pytest.mark.parametrize(
    "method,body", [("patch", {"email": "taken@ward.example"}), ("patch", {"isActive": False}), ("delete", None)]
)
def test_account_with_a_higher_role_out_of_force_elsewhere_is_out_of_reach(api, admin, owner_of_both, method, body):
    before = list(User.objects.order_by("pk").values())

    response = getattr(api(admin), method)(f"/users/{owner_of_both.pk}", body)

    text = "member@ward.example has authority beyond yours; you cannot change this account."
    assert response.status_code == 403
    assert response.json() == {"data": None, "meta": {"message": text, "code": "FORBIDDEN"}, "httpStatus": 403}
    assert list(User.objects.order_by("pk").values()) == before
    assert not AuditEntry.objects.exists()
