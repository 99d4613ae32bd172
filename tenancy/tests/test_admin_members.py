"""The members on a tenant's page."""


def test_tenant_page_lists_its_members_with_their_roles(staff_client, owner, viewer, stranger, tenant):
    page = staff_client(owner).get(f"/admin/tenancy/tenant/{tenant.pk}/change/").content.decode()

    for person, role in ((owner, "Owner"), (viewer, "Viewer")):
        membership = person.memberships.get()
        link = f"/admin/tenancy/membership/{membership.pk}/change/"
        assert f'href="{link}">{person}</a> ({person.email}): {role}</li>' in page
    assert stranger.email not in page
    every = f"/admin/tenancy/membership/?assignment__tenant__id__exact={tenant.pk}"
    assert f'href="{every}"' in page
    assert staff_client(owner).get(every).status_code == 200


def test_page_of_a_new_tenant_has_no_members_yet(staff_client, super_admin):
    response = staff_client(super_admin).get("/admin/tenancy/tenant/add/")

    assert (response.status_code, "All members" in response.content.decode()) == (200, False)
