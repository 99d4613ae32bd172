"""Founders in the admin: the record with its notes for those who look after it, assignments for super admins."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from assignhub.models import AuditEntry
from assignhub.permissions import OPERATOR
from founders import services
from founders.models import Assignment, Capacity, Founder, Note
from founders.tests.factories import FounderFactory
from tenancy.tests.doors import errors_on, form_on, new_row, submit

URL = "/admin/founders/founder/"


@pytest.fixture
def boss(staff_client, super_admin):
    return staff_client(super_admin)


@pytest.fixture
def keeper(staff_client, owner, alex, assign):
    """The owner, who looks after Alex."""
    assign(alex, owner)
    return staff_client(owner)


def listed(client, query: str = "") -> list[str]:
    return [founder.name for founder in client.get(URL + query).context["cl"].result_list]


# --- The list ---------------------------------------------------------------------------------------------------------


def test_list_holds_what_one_looks_after(keeper, boss, staff_client, admin, alex, sarah):
    assert (listed(keeper), listed(boss), listed(staff_client(admin))) == (
        ["Alex Johnson"],
        ["Alex Johnson", "Sarah Williams"],
        [],
    )


def test_list_says_who_looks_after_whom_right_now(boss, super_admin, alex, sarah, john, jane, assign):
    assign(alex, john)
    until = timezone.now() + timedelta(hours=1)
    services.assignments.update(alex.assignments.get(), by=super_admin, cover=jane, cover_until=until)

    page = boss.get(URL).content.decode()

    assert "John Doe, Jane Smith" in page


@pytest.mark.parametrize("choice, found", [("yes", ["Sarah Williams"]), ("no", ["Alex Johnson"])])
def test_founders_without_an_admin_are_filtered(boss, alex, sarah, john, assign, choice, found):
    assign(alex, john)

    assert listed(boss, f"?without_admin={choice}") == found


@pytest.mark.parametrize("rows", [1, 4])
def test_list_takes_as_many_queries_for_one_founder_as_for_four(
    boss, tenant, john, assign, django_assert_num_queries, rows
):
    for _ in range(rows):
        assign(FounderFactory(tenant=tenant), john)

    with django_assert_num_queries(6):
        boss.get(URL)


# --- The page ---------------------------------------------------------------------------------------------------------


def test_keeper_changes_the_record_and_writes_a_note(keeper, owner, alex):
    response = submit(
        keeper, f"{URL}{alex.pk}/change/", industry="Fintech", **new_row("notes", 0, date="2026-03-02", text="Met")
    )

    alex.refresh_from_db()
    note = Note.objects.get()
    assert (response.status_code, response["Location"]) == (302, URL)
    assert (alex.industry, note.text, note.date, note.author) == ("Fintech", "Met", date(2026, 3, 2), owner)
    written = AuditEntry.objects.filter(by_id=owner.pk).order_by("pk").values_list("action", flat=True)
    assert list(written) == ["founders.founder.change", "founders.note.add"]


def test_note_without_a_date_is_of_today(keeper, alex, time_machine):
    time_machine.move_to(datetime(2026, 3, 2, 23, 30, tzinfo=UTC), tick=False)

    submit(keeper, f"{URL}{alex.pk}/change/", **new_row("notes", 0, date="", text="Met"))

    assert Note.objects.get().date == date(2026, 3, 3)


def test_keeper_sees_no_assignments_and_forges_none(keeper, alex, john, stored):
    page = keeper.get(f"{URL}{alex.pk}/change/")
    before = stored()

    submit(
        keeper,
        f"{URL}{alex.pk}/change/",
        **new_row("assignments", 1, admin=john.pk),
        **{"assignments-INITIAL_FORMS": 0},
    )

    assert not any(name.startswith("assignments-") for name in form_on(page))
    assert stored() == before


def test_super_admin_adds_an_admin_who_leads_and_covers(boss, alex, john, jane, assign):
    assign(alex, john)

    response = submit(
        boss,
        f"{URL}{alex.pk}/change/",
        **new_row("assignments", 1, admin=jane.pk, is_lead="on", cover=john.pk)
        | {"assignments-1-cover_until_0": "2040-03-05", "assignments-1-cover_until_1": "08:00"},
    )

    assert response.status_code == 302
    rows = Assignment.objects.order_by("created_at").values_list("admin", "is_lead", "cover", "cover_until")
    assert list(rows) == [(john.pk, False, None, None), (jane.pk, True, john.pk, datetime(2040, 3, 5, 8, tzinfo=UTC))]


@pytest.mark.parametrize(
    "values, message",
    [
        ({"admin": "member"}, "User with ID {member} is not an admin"),
        ({"admin": "jane", "cover": "john"}, "Say until when the other admin covers."),
    ],
)
def test_refusal_of_an_assignment_shows_in_the_form(boss, people, alex, john, jane, assign, stored, values, message):
    assign(alex, john)
    keys = {"member": people["member"], "john": john, "jane": jane}
    before = stored()

    page = submit(
        boss,
        f"{URL}{alex.pk}/change/",
        **new_row("assignments", 1, **{name: keys[value].pk for name, value in values.items()}),
    )

    assert page.status_code == 200
    assert message.format(member=people["member"].pk) in errors_on(page)
    assert stored() == before


def test_admin_who_is_there_already_is_not_added_again(boss, alex, john, assign, stored):
    assign(alex, john)
    before = stored()

    page = submit(boss, "/admin/founders/assignment/add/", founder=alex.pk, admin=john.pk)

    assert errors_on(page) == ["John Doe already looks after Alex Johnson."]
    assert stored() == before


def test_founder_is_added_and_deleted(boss, tenant):
    made = submit(boss, f"{URL}add/", tenant=tenant.pk, name="Nell Novak", email="Nell@x.example")
    founder = Founder.objects.get()
    gone = boss.post(f"{URL}{founder.pk}/delete/", {"post": "yes"})

    assert (made.status_code, founder.email, gone.status_code) == (302, "nell@x.example", 302)
    assert not Founder.objects.exists()


def test_capacity_is_written_with_commas(boss, tenant, john):
    made = submit(
        boss,
        "/admin/founders/capacity/add/",
        tenant=tenant.pk,
        user=john.pk,
        capacity=4,
        industries="HealthTech,  Fintech,",
    )
    capacity = Capacity.objects.get()
    shown = form_on(boss.get(f"/admin/founders/capacity/{capacity.pk}/change/"))
    refused = submit(boss, f"/admin/founders/capacity/{capacity.pk}/change/", industries="x, X")

    assert made.status_code == 302
    assert (capacity.capacity, capacity.industries) == (4, ["HealthTech", "Fintech"])
    assert shown["industries"] == ["HealthTech, Fintech"]
    assert errors_on(refused) == ["An industry is named twice."]


# --- Hand over --------------------------------------------------------------------------------------------------------


def hand_over(client, founders, **typed):
    sent = {"action": "hand_over", "_selected_action": [founder.pk for founder in founders]}
    return client.post(URL, sent | typed)


def told(page) -> list[tuple[str, bool, str]]:
    """(founder, whether refused, what is said) of each row of a result."""
    return sorted((verdict.label, verdict.refused, verdict.text) for verdict in page.context["verdicts"])


def test_hand_over_asks_first_and_says_what_each_admin_has(boss, tenant, alex, sarah, john, jane, assign, stored):
    assign(alex, john)
    services.set_capacity(jane.pk, by=OPERATOR, tenant=tenant, capacity=4)
    before = stored()

    page = hand_over(boss, [alex, sarah])

    choices = {str(label) for _, label in page.context["form"].fields["to"].choices}
    assert page.status_code == 200
    assert choices - {"---------"} == {
        "John Doe (john@example.com) – looks after 1",
        "Jane Smith (jane@example.com) – looks after 0 of 4",
    }
    assert [row.name for row, _ in page.context["rows"]] == ["Alex Johnson", "Sarah Williams"]
    assert stored() == before


def test_hand_over_foretells_and_changes_nothing(boss, alex, sarah, john, jane, assign, stored):
    assign(alex, john)
    before = stored()

    page = hand_over(boss, [alex, sarah], to=jane.pk, check="yes")

    assert {row.name: (verdict.refused, verdict.text) for row, verdict in page.context["rows"]} == {
        "Alex Johnson": (True, "Alex Johnson is looked after by John Doe: say whose place is taken."),
        "Sarah Williams": (False, "Now looked after by Jane Smith"),
    }
    assert "Now looked after by Jane Smith" in page.content.decode()
    assert stored() == before


def test_hand_over_puts_the_new_admin_in_place(boss, alex, sarah, jane):
    page = hand_over(boss, [alex, sarah], to=jane.pk, post="yes")

    assert told(page) == [
        ("Alex Johnson", False, "Now looked after by Jane Smith"),
        ("Sarah Williams", False, "Now looked after by Jane Smith"),
    ]
    assert set(Assignment.objects.values_list("founder", "admin")) == {(alex.pk, jane.pk), (sarah.pk, jane.pk)}


def test_hand_over_in_somebodys_place(boss, alex, john, jane, assign):
    assign(alex, john)

    hand_over(boss, [alex], to=jane.pk, replaced=john.pk, post="yes")

    assert list(Assignment.objects.values_list("admin", flat=True)) == [jane.pk]


def test_hand_over_answers_for_each_founder_and_keeps_the_good_ones(boss, alex, sarah, john, jane, assign):
    assign(alex, john)

    page = hand_over(boss, [alex, sarah], to=jane.pk, post="yes")

    assert told(page) == [
        ("Alex Johnson", True, "Alex Johnson is looked after by John Doe: say whose place is taken."),
        ("Sarah Williams", False, "Now looked after by Jane Smith"),
    ]
    assert set(Assignment.objects.values_list("founder", "admin")) == {(alex.pk, john.pk), (sarah.pk, jane.pk)}


@pytest.mark.parametrize("to", ["nonsense", "", "member"])
def test_hand_over_to_nobody_who_could_is_asked_again(boss, member, alex, stored, to):
    before = stored()

    page = hand_over(boss, [alex], to=member.pk if to == "member" else to, post="yes")

    assert page.status_code == 200
    assert page.context["form"].errors["to"]
    assert stored() == before


def test_hand_over_is_offered_to_super_admins_only(boss, keeper, alex, jane, stored):
    before = stored()

    page = hand_over(keeper, [alex], to=jane.pk, post="yes")

    assert "verdicts" not in page.context
    assert stored() == before
    actions = dict(boss.get(URL).context["action_form"].fields["action"].choices)
    assert "hand_over" in actions


def test_assignment_is_handed_over_and_made_lead(boss, alex, john, jane, assign):
    url = "/admin/founders/assignment/"
    assign(alex, john)
    chosen = {"_selected_action": [Assignment.objects.get(admin=john).pk], "post": "yes"}

    handed = boss.post(url, chosen | {"action": "hand_over", "to": jane.pk})
    services.assignments.create(by=OPERATOR, founder=alex, admin=john)
    follower = Assignment.objects.get(admin=john)
    boss.post(url, chosen | {"action": "lead", "_selected_action": [follower.pk]})

    assert told(handed) == [("John Doe for Alex Johnson", False, "Now looked after by Jane Smith")]
    assert set(Assignment.objects.values_list("admin", "is_lead")) == {(john.pk, True), (jane.pk, False)}


def test_founder_page_tells_super_admins_who_looked_after_them(boss, keeper, alex, owner):
    page, shown = f"{URL}{alex.pk}/change/", f"{owner}: {timezone.now():%Y-%m-%d} to today"

    assert (shown in boss.get(page).content.decode(), shown in keeper.get(page).content.decode()) == (True, False)


def test_capacities_say_how_many_founders_each_has(boss, tenant, alex, john, assign):
    assign(alex, john)
    services.set_capacity(john.pk, by=OPERATOR, tenant=tenant, capacity=1)

    assert "1 of 1" in boss.get("/admin/founders/capacity/").content.decode()


# --- The start page ---------------------------------------------------------------------------------------------------


def needs(client) -> dict[str, str]:
    """The cards of the start page with something to say, and their numbers."""
    return {card.title: card.number for card in client.get("/admin/").context["cards"]}


def test_start_page_tells_of_founders_without_an_admin(boss, keeper, api, super_admin, alex, sarah, john, assign):
    title, address = "Founders without an admin", "/admin/founders/founder/?needs=founder-admin"
    one = needs(boss)

    assign(alex, john)
    assign(sarah, john)
    none = needs(boss)
    api(super_admin).patch(f"/users/{john.pk}", {"isActive": False})

    assert (one[title], title in none, needs(boss)[title]) == ("1", False, "2")
    assert f'href="{address}"' in boss.get("/admin/").content.decode()
    assert listed(boss, "?needs=founder-admin") == ["Alex Johnson", "Sarah Williams"]
    assert title not in needs(keeper)
