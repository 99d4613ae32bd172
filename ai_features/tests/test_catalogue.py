"""The catalogue in one command, what retires on a given day, and moving features away from what retires."""

import io
import json
from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from ai_features import services
from ai_features.models import FeatureAssignment, Model, Provider
from ai_features.services.catalogue import BUNDLED
from assignhub.models import AuditEntry
from assignhub.permissions import OPERATOR

CATALOGUE = json.loads(BUNDLED.read_text())


def run(*arguments, **options) -> str:
    said = io.StringIO()
    call_command(*arguments, stdout=said, **options)
    return said.getvalue()


def test_catalogue_is_imported_once_and_again_changes_nothing(db, stored, super_admin):
    first = run("import_ai_models")
    before = stored()
    second = run("import_ai_models", str(BUNDLED), by=super_admin.email)

    assert first == "catalogue.json: 218 created, 0 updated, 0 unchanged, 0 refused\n"
    assert second == "catalogue.json: 0 created, 0 updated, 218 unchanged, 0 refused\n"
    assert stored() == before
    assert Provider.objects.count() == len({entry["litellm_provider"] for entry in CATALOGUE.values()}) == 13
    model = Model.objects.get(name="claude-3-7-sonnet-20250219")
    assert (model.provider.name, model.context_size, model.max_output) == ("Anthropic", 200_000, 64_000)
    assert (model.input_price, model.output_price, model.retires_at) == (3, 15, date(2026, 2, 19))
    assert (model.mode, model.vision, model.tools, model.json_output) == ("chat", True, True, True)


@pytest.fixture
def few(tmp_path):
    """A catalogue of three."""
    path = tmp_path / "few.json"
    path.write_text(json.dumps({name: CATALOGUE[name] for name in ("gpt-4o", "gpt-4.1", "gemini-2.0-flash")}))
    return path


def test_import_keeps_what_people_decided(db, few):
    run("import_ai_models", few)
    model = Model.objects.get(name="gpt-4o")
    services.models.update(model, by=OPERATOR, is_active=False, input_price=9)
    services.providers.update(model.provider, by=OPERATOR, endpoint="https://1.1.1.1/v1", is_active=False)

    said = run("import_ai_models", few)

    model.refresh_from_db()
    assert said == "few.json: 0 created, 1 updated, 2 unchanged, 0 refused\n"
    assert (model.is_active, model.provider.endpoint, model.provider.is_active) == (False, "https://1.1.1.1/v1", False)
    assert float(model.input_price) == pytest.approx(CATALOGUE["gpt-4o"]["input_cost_per_token"] * 1e6)


def test_dry_run_writes_nothing(few, stored):
    before = stored()

    said = run("import_ai_models", few, dry_run=True)

    assert said.splitlines()[1] == "Dry run: nothing was changed."
    assert stored() == before


@pytest.mark.parametrize(
    "entry, why",
    [
        ({}, "litellm_provider: Field required"),
        ("text", "“m” is no entry of a catalogue"),
        ({"litellm_provider": "nobody"}, "“m” is of an unknown provider: nobody"),
        ({"litellm_provider": "openai", "max_input_tokens": -1}, "greater than or equal to 0"),
        ({"litellm_provider": "openai", "input_cost_per_token": 5}, "less than or equal to 0.9"),
        ({"litellm_provider": "openai", "deprecation_date": "soon"}, "deprecation_date"),
    ],
)
def test_entry_that_is_none_is_refused_and_the_others_kept(entry, why, db, tmp_path):
    path, said = tmp_path / "models.json", io.StringIO()
    path.write_text(json.dumps({"m": entry, "good": {"litellm_provider": "openai"}}))

    with pytest.raises(CommandError, match=r"1 entry was refused\."):
        call_command("import_ai_models", path, stdout=said)

    assert why in said.getvalue().splitlines()[0]
    assert list(Model.objects.values_list("name", flat=True)) == ["good"]


@pytest.mark.parametrize("text", ["", "[]", "{", "\udcff"])
def test_file_that_is_no_catalogue_is_refused(text, db, tmp_path):
    path = tmp_path / "models.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(CommandError, match=r"models\.json"):
        run("import_ai_models", path)


def test_what_retires_by_midsummer_2026_is_what_counting_by_hand_finds(super_admin, api, settings):
    """The affected models and features, against the raw file and plain loops."""
    run("import_ai_models")
    openai = Provider.objects.get(name="OpenAI")
    names = ["gpt-4-0613", "gpt-4o", "gpt-3.5-turbo-1106", "gpt-4-0314", "gpt-4.1"]
    for number, name in enumerate(names):
        model = Model.objects.get(provider=openai, name=name)
        backup = Model.objects.get(provider=openai, name=names[number - 1])
        sides = {"primary_provider": openai, "primary_model": model}
        sides |= {"backup_provider": openai, "backup_model": backup} if number % 2 else {}
        services.features.create(by=OPERATOR, feature_name=f"feature {number}", **sides)
    day, last = date(2026, 6, 15), date(2026, 6, 15) + timedelta(days=settings.AI_RETIREMENT_NOTICE_DAYS)

    with time_machine.travel("2026-06-15T12:00:00Z", tick=False):
        client = api(super_admin)
        flagged = client.get("/api/dynamic-ai/models?retiring=true&limit=1000").json()["data"]
        features = client.get("/api/dynamic-ai/assignments?retiring=true").json()["data"]

    dates = {name: entry.get("deprecation_date", "") for name, entry in CATALOGUE.items()}
    expected = {name for name, text in dates.items() if text and text <= last.isoformat()}
    touched = {number: {name} | ({names[number - 1]} if number % 2 else set()) for number, name in enumerate(names)}
    assert {row["name"] for row in flagged} == expected
    assert {row["name"] for row in flagged if row["is_retired"]} == {
        name for name in expected if dates[name] <= day.isoformat()
    }
    assert len(expected) == 15
    assert {row["feature_name"] for row in features} == {
        f"feature {number}" for number, models in touched.items() if models & expected
    }
    assert {row["name"]: row["features"] for row in flagged} == {
        name: [f"feature {number}" for number, models in touched.items() if name in models] for name in expected
    }


# --- Moving ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def shop(db) -> dict:
    """A model to leave that serves by name, as backup and as default; one to go to; one that cannot see."""
    by = OPERATOR
    one, two = (services.providers.create(by=by, name=name, type="custom", endpoint="https://1.1.1.1") for name in "AB")
    old, new, blind = (services.models.create(by=by, provider=one, name=name) for name in ("old", "new", "blind"))
    old, new = (services.models.update(model, by=by, vision=True) for model in (old, new))
    far = services.models.create(by=by, provider=two, name="far", vision=True)
    one = services.providers.update(one, by=by, default_model=old)
    make = services.features.create
    make(by=by, feature_name="by name", primary_provider=one, primary_model=old, needs_vision=True)
    make(by=by, feature_name="by default", primary_provider=one)
    make(
        by=by, feature_name="as backup", primary_provider=two, primary_model=far, backup_provider=one, backup_model=old
    )
    make(by=by, feature_name="not at all", primary_provider=one, primary_model=blind)
    return {"old": old, "new": new, "blind": blind, "far": far, "one": one}


def serving() -> dict[str, tuple[str, str | None]]:
    rows = FeatureAssignment.objects.with_candidates()
    return {
        row.feature_name: (str(row.model_of("primary")), str(row.model_of("backup")) if row.backup_provider else None)
        for row in rows
    }


def test_all_features_move_with_one_command(shop, super_admin):
    said = run("migrate_model", "--from", "old", "--to", "A/new", by=super_admin.email)

    assert said == "as backup: backup\nby default: primary\nby name: primary\n3 moved from old to new.\n"
    assert serving() == {
        "by name": ("new", None),
        "by default": ("new", None),
        "as backup": ("far", "new"),
        "not at all": ("blind", None),
    }
    assert Provider.objects.get(name="A").default_model == shop["new"]
    moved = AuditEntry.objects.filter(action="ai_features.featureassignment.change", by_id=super_admin.pk)
    assert sorted(moved.values_list("object_label", flat=True)) == ["as backup", "by default", "by name"]


def test_dry_run_of_a_move_says_the_same_and_writes_nothing(shop, stored):
    before = stored()

    said = run("migrate_model", "--from", str(shop["old"].pk), "--to", "new", dry_run=True)

    assert said.splitlines()[-2:] == ["3 moved from old to new.", "Dry run: nothing was changed."]
    assert stored() == before


@pytest.mark.parametrize(
    "source, target, why",
    [
        ("old", "blind", "by name: The primary model “blind” lacks what this feature needs: vision."),
        ("old", "far", "as backup: The backup is the same provider and model as the primary"),
        ("old", "old", "“old” cannot be replaced by itself."),
        ("old", "nothing", "There is no model “nothing”."),
    ],
)
def test_move_that_cannot_be_whole_is_not_made(source, target, why, shop, stored):
    before = stored()

    with pytest.raises(CommandError) as refusal:
        run("migrate_model", "--from", source, "--to", target)

    assert why in str(refusal.value)
    assert stored() == before


def test_admin_cannot_move(shop, admin, stored):
    before = stored()

    with pytest.raises(CommandError, match="You may not change"):
        run("migrate_model", "--from", "old", "--to", "new", by=admin.email)

    assert stored() == before
