"""What no page offered but somebody sent all the same changes nothing and shows nothing: for every page there is."""

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assignhub.models import Record, Upload
from assignhub.permissions import NO, RULES, reach, within
from assignhub.tests.copies import copy_of
from tenancy.tests.doors import form_on

PAGES = {model._meta.label: page for model, page in admin.site._registry.items() if issubclass(model, Record)}
LABELS = sorted(PAGES)
# What everybody of the tenant may do about themselves.
FOR_ALL = {"tasks.card.take", "tasks.card.leave"}
IMPORTED = sorted(label for label, page in PAGES.items() if page.sheet)


def url(label: str, view: str, *arguments) -> str:
    return reverse(f"admin:{label.lower().replace('.', '_')}_{view}", args=arguments)


def relations(label: str, form: dict) -> list:
    """The fields of a form that name other rows."""
    return [field for field in PAGES[label].opts.get_fields() if field.name in form and field.is_relation]


def may(person, action: str, rows) -> bool:
    """Whether the table of grants lets a person do this to one of these rows."""
    stored = type(rows[0])._base_manager.filter(pk__in=[row.pk for row in rows])
    return action in RULES and within(stored, person, action).exists()


def changes_something(responses, before, stored) -> list:
    """What was answered with a 500, and whether anything is stored otherwise than before."""
    return [response.status_code for response in responses if response.status_code >= 500] + (
        [] if stored() == before else ["changed"]
    )


@pytest.mark.parametrize("label", LABELS)
def test_form_with_a_row_of_another_tenant_in_any_field(label, rows, other_tenant, owner, staff_client, stored):
    session, row = staff_client(owner), rows[label]
    address = url(label, "change", row.pk)
    shown = session.get(address)
    form = form_on(shown) if shown.status_code == 200 else {}
    sent = []
    for field in relations(label, form):
        named = getattr(row, field.name)
        named = named.first() if field.many_to_many or field.one_to_many else named
        if named is None:
            named = next((found for found in rows.values() if isinstance(found, field.related_model)), None)
        if named is not None:
            foreign = other_tenant if isinstance(named, type(other_tenant)) else copy_of(named, other_tenant)
            sent.append({field.name: str(foreign.pk)})
    before = stored()

    responses = [session.post(address, form | forged) for forged in sent]
    responses += [session.post(url(label, "add"), form | forged) for forged in sent]

    assert changes_something(responses, before, stored) == []


@pytest.mark.parametrize("label", LABELS)
def test_form_of_somebody_elsewhere_that_names_our_rows(label, rows, stranger, sessions, stored):
    form = form_on(sessions["super_admin"].get(url(label, "change", rows[label].pk)))
    session, before = sessions["stranger"], stored()

    responses = [
        session.post(url(label, "add"), form),
        session.post(url(label, "change", rows[label].pk), form),
        session.post(url(label, "delete", rows[label].pk), {"post": "yes"}),
        session.get(url(label, "history", rows[label].pk)),
    ]

    assert changes_something(responses, before, stored) == []
    # The first page shows again what was typed into it. What belongs to the platform, admins of every tenant may read.
    shown_anyway = may(stranger, PAGES[label].model.permission("view"), [rows[label]])
    assert shown_anyway or not any(str(rows[label]) in response.content.decode() for response in responses[1:])


@pytest.fixture
def sessions(people, staff_client) -> dict:
    """A client for everybody but the nobodies, signed in before anything is looked at: signing in leaves a mark."""
    return {name: staff_client(person) for name, person in people.items() if person is not None}


@pytest.mark.parametrize("label", LABELS)
def test_fields_that_no_form_offers(label, rows, sessions, stored):
    address, before = url(label, "change", rows[label].pk), stored()
    responses = []

    for name in ("viewer", "member", "owner"):
        shown = sessions[name].get(address)
        if shown.status_code != 200:
            continue
        form = form_on(shown)
        inputs = shown.context["adminform"].form.fields
        forged = {
            field.name: str(field.value_from_object(rows[label]) or 1)
            for field in PAGES[label].opts.concrete_fields
            if field.name not in inputs
        }
        responses.append(sessions[name].post(address, form | forged | {"is_superuser": "on", "password": "x"}))

    assert changes_something(responses, before, stored) == []


@pytest.mark.parametrize("label", LABELS)
def test_inline_rows_added_by_those_who_may_not(label, rows, sessions, stored):
    address = url(label, "change", rows[label].pk)
    shown = sessions["super_admin"].get(address)
    form = form_on(shown)
    for inline in shown.context["inline_admin_formsets"]:
        prefix, number = inline.formset.prefix, len(inline.formset.forms)
        sample = rows.get(inline.formset.model._meta.label)
        form[f"{prefix}-TOTAL_FORMS"] = str(number + 1)
        for field in inline.formset.empty_form.fields if sample else ():
            value = getattr(sample, f"{field}_id", getattr(sample, field, ""))
            form[f"{prefix}-{number}-{field}"] = str(value or "")
    before = stored()

    responses = [sessions[name].post(address, form) for name in ("viewer", "member", "stranger")]

    assert changes_something(responses, before, stored) == []


@pytest.mark.parametrize("label", LABELS)
def test_actions_by_those_who_may_not(label, rows, people, sessions, stored):
    page = PAGES[label]
    names = {*(page.actions or ()), "delete_selected"}
    targets = [row for row in rows.values() if isinstance(row, page.model)]
    every = [row.pk for row in targets]
    before, responses = stored(), []

    for person in ("viewer", "member", "stranger"):
        for name in names:
            action = page.model.permission(name)
            if (action in FOR_ALL and person != "stranger") or may(people[person], action, targets):
                continue
            chosen = {"action": name, "_selected_action": every, "post": "yes"}
            responses.append(sessions[person].post(url(label, "changelist"), chosen))
            responses.append(sessions[person].get(url(label, "action", every[0], name)))

    assert changes_something(responses, before, stored) == []


@pytest.mark.parametrize("label", LABELS)
def test_cells_edited_in_a_list_that_offers_none(label, rows, sessions, stored):
    key = {f"form-0-{rows[label]._meta.pk.name}": str(rows[label].pk)}
    cells = {f"form-0-{field.name}": "1" for field in PAGES[label].opts.concrete_fields} | key
    counts = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-MAX_NUM_FORMS": "1", "_save": "Save"}
    before = stored()

    responses = [session.post(url(label, "changelist"), cells | counts) for session in sessions.values()]

    assert changes_something(responses, before, stored) == []


@pytest.mark.parametrize("label", LABELS)
def test_autocomplete_of_any_field_offers_no_row_of_another_tenant(label, rows, tenant, stranger, staff_client):
    session = staff_client(stranger)
    ours = {str(row.pk) for row in rows.values() if isinstance(row, Record) and row.get_tenant_id() == tenant.pk}
    asked = {"app_label": PAGES[label].opts.app_label, "model_name": PAGES[label].opts.model_name}

    for field in PAGES[label].opts.get_fields():
        if field.is_relation and not field.auto_created:
            response = session.get("/admin/autocomplete/", asked | {"field_name": field.name, "term": ""})
            offered = response.json()["results"] if response.status_code == 200 else []
            same_kind = {
                str(row.pk) for row in rows.values() if isinstance(row, field.related_model) and str(row.pk) in ours
            }
            if field.related_model._meta.pk.get_internal_type() == "UUIDField":
                assert {found["id"] for found in offered} & same_kind == set()
            else:
                assert offered == []
            assert response.status_code in (200, 403)


@pytest.mark.parametrize("label", LABELS)
def test_export_has_the_rows_of_ones_own_tenants_only(label, rows, stranger, staff_client):
    page, session = PAGES[label], staff_client(stranger)
    address, view = url(label, "export", "csv"), page.model.permission("view")

    everything = session.get(address)
    if reach(stranger, view) == NO:
        assert everything.status_code == 403
        return
    body = b"".join(everything).decode()
    filtered = {
        path: (session.get(address, {f"{path}__{field.related_model._meta.pk.name}__exact": named.pk}), named)
        for path, field, named in named_by_filters(page, rows[label])
    }

    mine = within(page.model._base_manager.all(), stranger, view)
    assert len(body.splitlines()) == mine.count() + 1
    assert "ward.example" not in body
    shown = {path: (b"".join(found), named) for path, (found, named) in filtered.items() if found.status_code == 200}
    assert {path: len(text.decode().splitlines()) for path, (text, _) in shown.items()} == {
        path: mine.filter(**{path: named}).count() + 1 for path, (_, named) in shown.items()
    }


def named_by_filters(page, row):
    """The filters of a list over related rows, and the row in place there."""
    for entry in page.list_filter:
        if not isinstance(entry, tuple):
            continue
        named, field = row, None
        for step in entry[0].split("__"):
            field = type(named)._meta.get_field(step)
            named = getattr(named, step) if not field.many_to_many else None
            named = named.first() if named is not None and field.one_to_many else named
            if named is None:
                break
        if named is not None and field.is_relation:
            yield entry[0], field, named


@pytest.mark.parametrize("label", LABELS)
def test_export_never_has_a_secret(label, rows, super_admin, staff_client):
    secrets = [getattr(rows[label], name) for name in PAGES[label].model.secret]

    body = b"".join(staff_client(super_admin).get(url(label, "export", "csv"))).decode()

    assert not any(str(secret) in body for secret in secrets if secret)


@pytest.mark.parametrize("label", IMPORTED)
def test_import_into_another_tenant(label, rows, tenant, stranger, staff_client, stored):
    session, before = staff_client(stranger), stored()
    file = SimpleUploadedFile("rows.csv", b",".join(name.encode() for name in PAGES[label].sheet.columns) + b"\n")

    response = session.post(url(label, "import"), {"file": file, "tenant": str(tenant.pk)})

    if reach(stranger, PAGES[label].model.permission("add")) == NO:
        assert response.status_code == 403
    else:
        assert (response.status_code, list(response.context["form"].errors)) == (200, ["tenant"])
    assert (stored(), Upload.objects.count()) == (before, 0)


@pytest.mark.parametrize("label", IMPORTED)
def test_import_by_those_who_may_not_add(label, rows, tenant, people, sessions, stored):
    before, columns = stored(), PAGES[label].sheet.columns
    content = f"{','.join(columns)}\n{','.join('x' for _ in columns)}\n".encode()
    responses = []
    barred = [name for name in ("viewer", "member") if reach(people[name], PAGES[label].model.permission("add")) == NO]

    for name in barred:
        file = SimpleUploadedFile("rows.csv", content)
        responses.append(sessions[name].get(url(label, "import")))
        responses.append(sessions[name].post(url(label, "import"), {"file": file, "tenant": str(tenant.pk)}))

    assert barred
    assert [response.status_code for response in responses] == [403] * 2 * len(barred)
    assert (stored(), Upload.objects.count()) == (before, 0)
