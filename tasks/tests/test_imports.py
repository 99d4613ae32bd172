"""`import_cards` and `import_trello`: what they bring in, what they refuse, and that twice is once."""

import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from assignhub.models import AuditEntry
from tasks.models import Board, Card, ChecklistItem
from tasks.tests.factories import BoardFactory, CardFactory, ColumnFactory, LabelFactory, ProjectFactory

EXPORT = Path(__file__).parent / "trello_board.json"
HEADER = ["project", "board", "column", "title", "description", "priority", "due_date"]
HEADER += ["labels", "assigned_to", "checklist"]


@pytest.fixture
def line(project, board, column):
    """`line(title=…)` → a row of a file of cards, the named cells filled."""

    def make(**cells: str) -> list[str]:
        named = {"project": project.name, "board": board.name, "column": column.name, "title": "Card"} | cells
        return [named.get(name, "") for name in HEADER]

    return make


def totals(created=0, updated=0, unchanged=0, refused=0) -> str:
    return f"{created} created, {updated} updated, {unchanged} unchanged, {refused} refused"


# --- Cards ------------------------------------------------------------------------------------------------------------


def test_card_comes_in_with_all_that_a_row_says(command, sheet, line, board, column, admin, member):
    LabelFactory(board=board, name="Safety")
    row = line(
        title="Test the alarms",
        description="From button to phone",
        priority="urgent",
        due_date="2026-12-11",
        labels="Safety",
        assigned_to="Member@ward.example | admin@ward.example",
        checklist="[x] Write times|Press buttons| [X]Repeat",
    )

    printed, error = command("import_cards", sheet("cards.csv", HEADER, row))

    card = Card.objects.get()
    assert (printed, error) == ([f"cards.csv: {totals(created=1)}"], None)
    assert (card.title, card.description, card.priority) == ("Test the alarms", "From button to phone", "urgent")
    assert (card.column, card.due_date, card.created_by) == (column, date(2026, 12, 11), admin)
    assert [label.name for label in card.labels.all()] == ["Safety"]
    assert set(card.assigned_to) == {admin.pk, member.pk}
    items = card.checklist.order_by("position").values_list("text", "completed")
    assert list(items) == [("Write times", True), ("Press buttons", False), ("Repeat", True)]


def test_same_file_of_cards_again_changes_nothing(command, sheet, line, board, stored):
    LabelFactory(board=board, name="Safety")
    row = line(labels="Safety", assigned_to="member@ward.example", checklist="One|[x] Two", due_date="2026-12-11")
    path = sheet("cards.csv", HEADER, row)
    command("import_cards", path)
    before = stored()

    printed, error = command("import_cards", path)

    assert (printed, error) == ([f"cards.csv: {totals(unchanged=1)}"], None)
    assert stored() == before


def test_changed_row_moves_the_card_replaces_its_people_and_adds_items(command, sheet, line, board, member):
    doing = ColumnFactory(board=board)
    command("import_cards", sheet("one.csv", HEADER, line(assigned_to="admin@ward.example", checklist="One")))
    changed = line(column=doing.name, assigned_to="member@ward.example", checklist="One|Two")

    printed, _ = command("import_cards", sheet("two.csv", HEADER, changed))

    card = Card.objects.get()
    assert printed == [f"two.csv: {totals(updated=1)}"]
    assert (card.column, card.assigned_to) == (doing, [member.pk])
    assert list(card.checklist.values_list("text", flat=True)) == ["One", "Two"]


def test_workbook_is_read_like_a_csv_file(command, line, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append([*line()[:6], date(2026, 12, 11), None, None, "One|Two"])
    book.save(tmp_path / "cards.xlsx")

    printed, error = command("import_cards", tmp_path / "cards.xlsx")

    assert (printed, error) == ([f"cards.xlsx: {totals(created=1)}"], None)
    assert Card.objects.get().due_date == date(2026, 12, 11)


def test_bad_rows_are_reported_and_good_ones_kept(command, sheet, line, viewer, stranger, column):
    column.wip_limit, column.wip_policy = 1, "hard"
    column.save()
    rows = [
        line(project="Nowhere"),
        line(board="None"),
        line(column="None"),
        line(labels="None"),
        line(assigned_to="viewer@ward.example|admin@ward.example"),
        line(assigned_to="owner@harbour.example"),
        line(priority="whenever"),
        line(due_date="soon"),
        line(checklist="x" * 501),
        line(title="Good"),
        line(title="One too many"),
    ]

    printed, error = command("import_cards", sheet("cards.csv", HEADER, *rows))

    assert printed[:-1] == [
        "cards.csv row 2: Project with name “Nowhere” not found",
        "cards.csv row 3: Board with name “None” not found",
        "cards.csv row 4: Column with name “None” not found",
        "cards.csv row 5: Label with name “None” not found",
        "cards.csv row 6: Admins can assign tasks to project team members: viewer@ward.example",
        "cards.csv row 7: User with e-mail owner@harbour.example not found",
        "cards.csv row 8: priority: Value 'whenever' is not a valid choice.",
        "cards.csv row 9: due_date: “soon” value has an invalid date format. It must be in YYYY-MM-DD format.",
        "cards.csv row 10: text: Ensure this value has at most 500 characters (it has 501).",
        f"cards.csv row 12: “{column.name}” already holds 1 open cards; its limit is 1.",
    ]
    assert printed[-1] == f"cards.csv: {totals(created=1, refused=10)}"
    assert str(error) == "10 rows were refused."
    assert [card.title for card in Card.objects.all()] == ["Good"]


def test_viewer_imports_nothing(command, sheet, line, viewer, stored):
    path = sheet("cards.csv", HEADER, line())
    before = stored()

    printed, error = command("import_cards", path, by=viewer.email)

    refusal = "cards.csv row 2: Your role does not allow you to add this here."
    assert printed == [refusal, f"cards.csv: {totals(refused=1)}"]
    assert str(error) == "1 row was refused."
    assert stored() == before


# --- Trello -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def members(sheet):
    people = (("memberexample", "member@ward.example"), ("adminexample", "Admin@ward.example"))
    return sheet("members.csv", ["username", "email"], *people, ["ownerexample", "owner@ward.example"])


@pytest.fixture
def trello(command, project, members):
    """Run the import of a board, the sample unless another is given."""
    return lambda path=EXPORT, **options: command(
        "import_trello", path, **{"project": project.name, "members": members, **options}
    )


OPEN_ITEM = "“Archive the paper charts” cannot be finished while its checklist is open: Find the key"
OUTSIDE_TEAM = "Admins can assign tasks to project team members: owner@ward.example"


def test_board_comes_in_from_trello(trello, project, owner, member, admin):
    printed, error = trello()

    board = Board.objects.get()
    assert printed == [
        f"trello_board.json lists: {totals(created=4)}",
        f"trello_board.json labels: {totals(created=3)}",
        f"trello_board.json cards row 1: {OUTSIDE_TEAM}",
        f"trello_board.json cards row 2: {OPEN_ITEM}",
        f"trello_board.json cards: {totals(created=5, refused=2)}",
    ]
    assert str(error) == "2 rows were refused."
    assert (board.name, board.project) == ("Ward 3", project)
    columns = {column.name: [card.title for card in column.cards.all()] for column in board.columns.all()}
    assert columns == {
        "To do": ["Count the wheelchairs", "Label the medicine cabinet"],
        "Doing": ["Test the call buttons"],
        "Done": ["Order new curtains"],
        "Old ideas": ["Paint the corridor green"],
    }
    labels = set(board.labels.values_list("name", "color"))
    assert labels == {("Ward", "#0ea5e9"), ("red_dark", "#ef4444"), ("No colour", "#64748b")}
    finished = set(Card.objects.exclude(finished_at=None).values_list("title", flat=True))
    assert finished == {"Order new curtains", "Count the wheelchairs", "Paint the corridor green"}
    call = Card.objects.get(title="Test the call buttons")
    assert (call.due_date, set(call.assigned_to)) == (date(2026, 12, 11), {member.pk, admin.pk})
    assert {label.name for label in call.labels.all()} == {"Ward", "red_dark"}
    items = Card.objects.get(title="Label the medicine cabinet").checklist.all()
    assert [(item.text, item.completed, item.due_date, item.assignee) for item in items] == [
        ("Buy labels", True, None, None),
        ("Write the list", False, date(2026, 12, 1), member),
        ("Have it checked", False, None, None),
    ]


def test_same_export_again_changes_nothing(trello, stored, owner, member):
    trello(by=owner.email)
    before = stored()

    printed, _ = trello(by=owner.email)

    assert stored() == before
    assert printed[0] == f"trello_board.json lists: {totals(unchanged=4)}"
    assert printed[1] == f"trello_board.json labels: {totals(unchanged=3)}"
    assert printed[-1] == f"trello_board.json cards: {totals(unchanged=6, refused=1)}"


def test_what_has_changed_in_trello_is_brought_up_to_date(trello, tmp_path, owner, member):
    trello(by=owner.email)
    export = json.loads(EXPORT.read_text())
    card = export["cards"][0]
    card["name"], card["idMembers"], card["idList"] = "Label both cabinets", [], export["lists"][1]["id"]
    export["checklists"][0]["checkItems"][1]["state"] = "complete"
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(export))

    printed, _ = trello(changed, by=owner.email)

    stored = Card.objects.get(external_id=card["id"])
    assert printed[-1] == f"changed.json cards: {totals(updated=1, unchanged=5, refused=1)}"
    assert (stored.title, stored.column.name, stored.assigned_to) == ("Label both cabinets", "Doing", [])
    assert stored.checklist.get(text="Write the list").completed


def test_dry_run_of_trello_reports_and_changes_nothing(trello, stored):
    before = stored()

    printed, _ = trello(dry_run=True)

    assert printed[-1] == "Dry run: nothing was changed."
    assert stored() == before


def test_member_whose_email_nobody_has_said_is_refused_by_name(command, project):
    printed, _ = command("import_trello", EXPORT, project=project.name)

    unknown = [line for line in printed if "Nobody has said which e-mail" in line]
    assert any("memberexample" in line and "“Test the call buttons”" in line for line in unknown)
    assert not ChecklistItem.objects.filter(card__title="Label the medicine cabinet").exists()


def test_viewer_brings_in_no_board(trello, viewer, stored):
    before = stored()

    _, error = trello(by=viewer.email)

    assert "trello_board.json" in str(error)
    assert stored() == before


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"id": "x", "name": "x", "lists": 7}', '{"id": "\\u0000"}', '"text"', "null"]
)
def test_file_that_is_no_export_is_refused(content, trello, tmp_path, stored):
    path = tmp_path / "board.json"
    path.write_text(content)
    before = stored()

    _, error = trello(path)

    assert str(error).startswith("board.json cannot be read: ")
    assert stored() == before


def test_missing_file_and_project_are_named(trello, tmp_path):
    assert str(trello(tmp_path / "none.json")[1]) == f"There is no file {tmp_path / 'none.json'}."
    assert str(trello(project="None")[1]) == "There is no project “None” in St. Anna Hospital (--project)."


def test_import_is_on_record(trello, admin):
    trello()

    assert set(AuditEntry.objects.values_list("by_id", flat=True)) == {admin.pk}
    assert AuditEntry.objects.filter(action="tasks.card.add").count() == 5


def test_cards_of_another_board_with_the_same_title_stay_apart(command, sheet, line, tenant, admin):
    other = ColumnFactory(board=BoardFactory(project=ProjectFactory(tenant=tenant, team=[admin])))
    CardFactory(column=other, title="Card")

    printed, _ = command("import_cards", sheet("cards.csv", HEADER, line()))

    assert printed == [f"cards.csv: {totals(created=1)}"]
    assert Card.objects.filter(title="Card").count() == 2
