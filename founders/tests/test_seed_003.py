"""Every example of seed 003, with whole bodies, and the scenarios of its section "Testing"."""

import pytest

from assignhub.models import AuditEntry
from founders.models import Assignment
from founders.tests.conftest import URL, refusal
from founders.tests.factories import admin_of

NOBODYS = "644e5c8b-2c12-4456-8901-234500000000"


# --- Assign Admins to a Founder ---------------------------------------------------------------------------------------


def test_assign_two_admins(api, super_admin, alex, john, jane):
    response = api(super_admin).post(URL, {"founderId": str(alex.pk), "adminIds": [str(john.pk), str(jane.pk)]})

    assert response.status_code == 200
    assert response.json() == {"success": True, "message": "Successfully assigned 2 admin(s) to founder"}
    rows = Assignment.objects.order_by("created_at").values_list("founder", "admin", "is_lead")
    assert list(rows) == [(alex.pk, john.pk, True), (alex.pk, jane.pk, False)]


def test_doubles_collapse_and_count_once(api, super_admin, alex, john, jane):
    wanted = [str(jane.pk), str(john.pk).upper(), str(jane.pk), john.pk.hex]

    response = api(super_admin).post(URL, {"founderId": str(alex.pk), "adminIds": wanted})

    assert response.json() == {"success": True, "message": "Successfully assigned 2 admin(s) to founder"}
    assert Assignment.objects.count() == 2
    assert Assignment.objects.get(is_lead=True).admin == jane


def test_empty_list_clears(api, super_admin, alex, john, assign):
    assign(alex, john)

    response = api(super_admin).post(URL, {"founderId": str(alex.pk), "adminIds": []})

    assert response.status_code == 200
    assert response.json() == {"success": True, "message": "Successfully assigned 0 admin(s) to founder"}
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"founderId": None},
        {"founderId": 7},
        {"founderId": ""},
        {"founderId": ["x"]},
        {"founderId": "644e5c8b2c12345678901234"},
        {"adminIds": None},
        {"adminIds": "all"},
        {"adminIds": {}},
        {"adminIds": [7]},
        {"adminIds": [None]},
        {"adminIds": ["644a1d2b2c12345678901234"]},
        {"adminIds": [NOBODYS] * 1001},
        {"leadId": 7},
        {"leadId": NOBODYS},
    ],
)
def test_missing_or_wrong_typed_field_is_refused(api, super_admin, alex, john, stored, change):
    client, before = api(super_admin), stored()
    body = {"founderId": str(alex.pk), "adminIds": [str(john.pk)]} | change

    responses = [client.post(URL, body), client.post(URL, {name: body[name] for name in body.keys() - change.keys()})]

    assert responses[0].status_code == 400
    assert responses[0].json() == refusal(400, "Invalid request data")
    assert "leadId" in change or responses[1].json() == refusal(400, "Invalid request data")
    assert "leadId" in change or stored() == before


@pytest.mark.parametrize("body", [[], "x", 7, None, True, {}])
def test_body_that_is_no_such_object_is_refused(api, super_admin, stored, body):
    client, before = api(super_admin), stored()

    response = client.post(URL, body, format="json")

    assert response.status_code == 400
    assert response.json() == refusal(400, "Invalid request data")
    assert stored() == before


def test_checks_come_in_the_documented_order(api, super_admin, alex, viewer, stored):
    client, before = api(super_admin), stored()
    nobody, no_admin, founder = NOBODYS, str(viewer.pk), str(alex.pk)

    answers = [
        client.post(URL, {"founderId": nobody, "adminIds": [no_admin, nobody]}).json(),
        client.post(URL, {"founderId": founder, "adminIds": [no_admin, nobody]}).json(),
        client.post(URL, {"founderId": founder, "adminIds": [no_admin]}).json(),
    ]

    assert answers == [
        refusal(404, "Founder not found"),
        refusal(404, f"Admin with ID {nobody} not found"),
        refusal(400, f"User with ID {no_admin} is not an admin"),
    ]
    assert stored() == before


# --- Get Assigned Admins ----------------------------------------------------------------------------------------------


def test_get_assigned_admins(api, super_admin, alex, john, jane, assign):
    assign(alex, john, jane)

    response = api(super_admin).get(f"{URL}?founderId={alex.pk}")

    assert response.status_code == 200
    assert response.json() == {
        "success": True,
        "count": 2,
        "data": [
            {"adminId": str(john.pk), "name": "John Doe", "email": "john@example.com"},
            {"adminId": str(jane.pk), "name": "Jane Smith", "email": "jane@example.com"},
        ],
    }


def test_get_admins_of_a_founder_without_one(api, super_admin, alex):
    response = api(super_admin).get(f"{URL}?founderId={alex.pk}")

    assert response.json() == {"success": True, "count": 0, "data": []}


@pytest.mark.parametrize(
    "query, status, message",
    [
        ("", 400, "Founder ID is required"),
        ("?founderId=", 400, "Founder ID is required"),
        ("?founderId=644e5c8b2c12345678901234", 400, "founderId: “644e5c8b2c12345678901234” is not a valid ID."),
        (f"?founderId={NOBODYS}", 404, "Founder not found"),
    ],
)
def test_get_assigned_admins_of_no_founder(api, super_admin, query, status, message):
    response = api(super_admin).get(URL + query)

    assert response.status_code == status
    assert response.json() == refusal(status, message)


# --- Get Assigned Founders --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["super admin", "the admin"])
def test_get_assigned_founders(api, super_admin, alex, sarah, john, assign, who):
    assign(alex, john)
    assign(sarah, john)

    response = api(super_admin if who == "super admin" else john).get(f"{URL}/founders?adminId={john.pk}")

    assert response.status_code == 200
    assert response.json() == {
        "success": True,
        "count": 2,
        "data": [
            {
                "founderId": str(alex.pk),
                "name": "Alex Johnson",
                "email": "alex@startup.com",
                "companyName": "TechStart Inc.",
                "industry": "Software Development",
            },
            {
                "founderId": str(sarah.pk),
                "name": "Sarah Williams",
                "email": "sarah@innovate.io",
                "companyName": "Innovate Solutions",
                "industry": "HealthTech",
            },
        ],
    }


@pytest.mark.parametrize(
    "query, status, message",
    [
        ("", 400, "Admin ID is required"),
        ("?adminId=x", 400, "adminId: “x” is not a valid ID."),
        (f"?adminId={NOBODYS}", 404, "Admin not found"),
    ],
)
def test_get_founders_of_no_admin(api, super_admin, query, status, message):
    response = api(super_admin).get(f"{URL}/founders{query}")

    assert response.status_code == status
    assert response.json() == refusal(status, message)


@pytest.mark.parametrize("about", ["jane", NOBODYS])
def test_founders_of_another_admin_are_not_told_whether_there_is_one(api, john, jane, about):
    response = api(john).get(f"{URL}/founders?adminId={jane.pk if about == 'jane' else about}")

    assert response.status_code == 403
    assert response.json() == refusal(403, "Other than super admins, admins see only their own founders.")


# --- Delete a Specific Assignment -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["/{admin}/{founder}", "/{admin}/{founder}/", "/{admin}?founderId={founder}"])
def test_delete_assignment(api, super_admin, alex, john, jane, assign, form):
    assign(alex, john, jane)

    response = api(super_admin).delete(URL + form.format(admin=john.pk, founder=alex.pk))

    assert response.status_code == 200
    assert response.json() == {"success": True, "message": "Assignment deleted successfully"}
    assert [row.admin for row in Assignment.objects.all()] == [jane]


def test_delete_refusals_come_in_the_documented_order(api, super_admin, alex, sarah, john, jane, assign, stored):
    assign(alex, john)
    client, before = api(super_admin), stored()

    answers = [
        client.delete(f"{URL}/{john.pk}").json(),
        client.delete(f"{URL}/{john.pk}/").json(),
        client.delete(f"{URL}/{NOBODYS}/{NOBODYS}").json(),
        client.delete(f"{URL}/{john.pk}/{NOBODYS}").json(),
        client.delete(f"{URL}/{jane.pk}/{alex.pk}").json(),
        client.delete(f"{URL}/{john.pk}/{sarah.pk}").json(),
        client.delete(f"{URL}/x/{sarah.pk}").json(),
    ]

    assert answers == [
        refusal(400, "Founder ID is required"),
        refusal(400, "Founder ID is required"),
        refusal(404, "Admin not found"),
        refusal(404, "Founder not found"),
        refusal(404, "Assignment not found"),
        refusal(404, "Assignment not found"),
        refusal(400, "adminId: “x” is not a valid ID."),
    ]
    assert stored() == before


# --- Testing: the four scenarios --------------------------------------------------------------------------------------


def test_scenario_1_assigning_a_non_admin_user(api, super_admin, alex, john, member, stored):
    client, before = api(super_admin), stored()

    response = client.post(URL, {"founderId": str(alex.pk), "adminIds": [str(john.pk), str(member.pk)]})

    assert response.status_code == 400
    assert response.json() == refusal(400, f"User with ID {member.pk} is not an admin")
    assert stored() == before


def test_scenario_2_assigning_to_a_founder_who_does_not_exist(api, super_admin, john, stored):
    client, before = api(super_admin), stored()

    response = client.post(URL, {"founderId": NOBODYS, "adminIds": [str(john.pk)]})

    assert response.status_code == 404
    assert response.json() == refusal(404, "Founder not found")
    assert stored() == before


def test_scenario_3_duplicates_are_prevented(api, super_admin, alex, john, stored):
    client, body = api(super_admin), {"founderId": str(alex.pk), "adminIds": [str(john.pk)]}
    first = client.post(URL, body)
    before = stored()

    second = client.post(URL, body)

    done = {"success": True, "message": "Successfully assigned 1 admin(s) to founder"}
    assert (first.json(), second.json()) == (done, done)
    assert stored() == before


def test_scenario_4_the_new_list_replaces_the_old(api, super_admin, alex, john, jane, owner, assign):
    assign(alex, john, jane)
    stays = Assignment.objects.filter(admin=jane).values("pk", "created_at").get()
    last = AuditEntry.objects.latest("pk").pk

    response = api(super_admin).post(URL, {"founderId": str(alex.pk), "adminIds": [str(jane.pk), str(owner.pk)]})

    assert response.status_code == 200
    assert set(Assignment.objects.values_list("admin", flat=True)) == {jane.pk, owner.pk}
    assert Assignment.objects.filter(admin=jane).values("pk", "created_at").get() == stays
    entry = AuditEntry.objects.get(pk__gt=last, action="founders.founder.assign")
    john_doe, jane_smith, owner_example = (
        "John Doe (john@example.com)",
        "Jane Smith (jane@example.com)",
        "Owner Example (owner@ward.example)",
    )
    assert (entry.by_label, entry.object_id, entry.object_label) == (super_admin.email, str(alex.pk), "Alex Johnson")
    assert entry.changes == {
        "admins": [[john_doe, jane_smith], [jane_smith, owner_example]],
        "came": [[], [owner_example]],
        "left": [[john_doe], []],
        "stayed": [[jane_smith], [jane_smith]],
        "lead": [[john_doe], [jane_smith]],
    }
    others = AuditEntry.objects.filter(pk__gt=last, object_type="founders.assignment").values_list(
        "action", "object_label"
    )
    assert sorted(others) == [
        ("founders.assignment.add", "Owner Example for Alex Johnson"),
        ("founders.assignment.change", "Jane Smith for Alex Johnson"),
        ("founders.assignment.delete", "John Doe for Alex Johnson"),
    ]


# --- Authentication ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["nobody", "viewer", "member", "admin", "owner", "stranger"])
def test_only_super_admins_assign(api, people, alex, john, assign, stored, name):
    assign(alex, john)
    client, before = api(people[name]), stored()

    responses = [
        client.post(URL, {"founderId": str(alex.pk), "adminIds": []}),
        client.get(f"{URL}?founderId={alex.pk}"),
        client.delete(f"{URL}/{john.pk}/{alex.pk}"),
        client.delete(f"{URL}/{john.pk}"),
    ]

    status, text = (401, "Authentication credentials were not provided.")
    if name != "nobody":
        status, text = (403, "You do not have permission to perform this action.")
    assert [(each.status_code, each.json()) for each in responses] == [(status, refusal(status, text))] * 4
    assert stored() == before


# --- All or nothing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 10, 20])
@pytest.mark.parametrize(
    "bad, status, message",
    [
        (NOBODYS, 404, f"Admin with ID {NOBODYS} not found"),
        ("member", 400, "User with ID {member} is not an admin"),
        ("stranger", 400, "User with ID {stranger} is not an admin"),
        ("gone", 400, "User with ID {gone} is not an admin"),
        ("644a1d2b2c12345678901234", 400, "Invalid request data"),
    ],
)
def test_one_bad_id_among_many_changes_nothing(
    api, super_admin, people, tenant, alex, john, assign, stored, bad, status, message, place
):
    assign(alex, john)
    gone = admin_of(tenant, "Gone", is_active=False)
    keys = {"member": people["member"].pk, "stranger": people["stranger"].pk, "gone": gone.pk}
    wanted = [str(admin_of(tenant, f"Admin{number}").pk) for number in range(20)]
    wanted.insert(place, str(keys.get(bad, bad)))
    client, before = api(super_admin), stored()

    response = client.post(URL, {"founderId": str(alex.pk), "adminIds": wanted})

    assert response.status_code == status
    assert response.json() == refusal(status, message.format(**keys))
    assert stored() == before
