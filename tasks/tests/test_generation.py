"""The built-in generator through its door: what a checklist has, adds, leaves out and in which order."""

import re
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from django.conf import settings

from tasks.generation import TASK_TYPES, Checklist, Suggested, Task, build, built_in_suggestions, is_repeat
from tasks.generation.evidence import PROJECTS
from tasks.generation.lists import CLOSING, PRIORITIES, PROJECT_LISTS, STAGES, STANDARD, TOPICS
from tasks.generation.meaning import concepts
from tasks.generation.vocabulary import VERBS, listed

SEED = Task("Implement user authentication", "Create login and registration system with JWT", "high", "api")


def texts(*task, present=(), **values) -> list[str]:
    return [item.text for item in build(Task(*task, **values), present).items]


def test_the_example_of_the_seed():
    checklist = build(SEED)

    assert checklist == Checklist(
        "development",
        82,
        (
            Suggested("Review requirements and acceptance criteria", 85),
            Suggested("Agree on a date and say early if it is at risk", 69),
            Suggested("Create login and registration system with JWT", 95),
            Suggested("Check that passwords are stored hashed and failed logins are limited", 77),
            Suggested("Write automated tests for user authentication", 91),
            Suggested("Describe requests, responses and error codes for callers", 78),
        ),
    )


def test_the_examples_of_the_documentation():
    page = (Path(settings.BASE_DIR) / "docs" / "checklists.md").read_text()
    examples = re.findall(r"```\n(title:.*?)\n\n(.*?)\n```", page, re.DOTALL)

    assert len(examples) == 2
    for head, shown in examples:
        said = {name.strip(): value.strip() for name, value in (line.split(":", 1) for line in head.splitlines())}
        checklist = build(Task(said["title"], said["description"], said["priority"], said["project type"]))
        lines = [f"{checklist.task_type}, {checklist.confidence}"]
        assert shown.splitlines() == lines + [f"{item.confidence} {item.text}" for item in checklist.items]


# --- What is on the card already --------------------------------------------------------------------------------------


def test_present_items_are_not_suggested_again():
    present = ["reviewing the requirements & acceptance criteria!", "Tests written for user authentication"]

    items = texts("Implement user authentication", "Create login and registration system with JWT", present=present)

    assert [item for item in items if is_repeat(item, present)] == []
    assert "Review requirements and acceptance criteria" not in items


def test_a_present_item_that_covers_a_standard_one_keeps_it_out():
    assert any(item.startswith("Write automated tests") for item in texts("Implement search"))

    items = texts("Implement search", present=["Add unit tests"])

    assert not any(item.startswith("Write automated tests") for item in items)


@pytest.mark.parametrize("title", ["Implement search", "Weekly meeting", "Order chairs", ""])
def test_asked_again_and_again_there_are_always_three_new_ones(title):
    present: list[str] = []

    for _ in range(40):
        new = texts(title, "Add an index.", present=present)
        assert 3 <= len(new) <= 8
        assert [item for item in new if is_repeat(item, present)] == []
        present += new


def test_three_even_when_every_list_and_round_is_present():
    entries = [entry for rows in STANDARD.values() for entry in rows] + [*CLOSING]
    present = [entry[1].replace("[", "").replace("]", "") for entry in entries]
    present += [text for task_type in TASK_TYPES for text in built_in_suggestions(task_type)]
    present += [f"Go through the whole checklist again, round {number}" for number in range(1, 30)]
    present += [f"Check the outcome of “{text}”" for text in present]

    items = texts("x", present=present)

    assert items == [f"Go through the whole checklist again, round {number}" for number in (30, 31, 32)]


def test_more_than_eight_steps_come_in_two_goes():
    description = "\n".join(f"- Paint wall {number}" for number in range(1, 13))

    first = texts("Renovate", description)
    second = texts("Renovate", description, present=first)

    assert first == [f"Paint wall {number}" for number in range(1, 9)]
    assert [item for item in second if item.startswith("Paint")] == [f"Paint wall {number}" for number in range(9, 13)]


# --- What it adds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "priority, item",
    [
        ("low", "Check that this is still wanted before starting"),
        ("high", "Agree on a date and say early if it is at risk"),
        (" URGENT ", "Tell those affected who is on it and when to expect a result"),
    ],
)
def test_priority_adds_what_it_calls_for(priority, item):
    assert item in texts("Implement search", priority=priority)
    assert item not in texts("Implement search", priority="medium")
    assert texts("Implement search", priority="unheard of") == texts("Implement search", priority="medium")


def test_project_type_adds_what_it_calls_for():
    item = "Describe requests, responses and error codes for callers"

    assert item in texts("Implement search", project_type="REST API")
    assert item not in texts("Implement search", project_type="bakery")


def test_the_subject_adds_what_it_calls_for():
    assert "Try declined, repeated and refunded payments" in texts("Implement checkout")
    assert "Reproduce the fault and note the steps" in texts("Fix crash in the editor")
    assert "Go through the actions of the last retrospective" in texts("Retrospective")


# --- Order and confidence ---------------------------------------------------------------------------------------------


def test_items_come_in_the_order_of_the_work():
    items = texts("Implement search", "Write tests. Deploy to staging. Add an index. Clarify the languages.")

    order = [items.index(item) for item in ("Clarify the languages", "Add an index", "Write tests")]
    assert order == sorted(order)


def test_steps_of_a_list_keep_their_order():
    steps = ["Announce the work", "Test the switch", "Replace the switch", "Document the ports", "Close the rack"]

    items = texts("Replace switch", "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1)))

    assert [item for item in items if item in steps] == steps


def test_confidence_is_higher_for_what_the_card_says():
    checklist = build(Task("Implement search", "Add an index. Must answer within 200 ms."))

    by_text = {item.text: item.confidence for item in checklist.items}
    assert by_text["Add an index"] == 95
    assert by_text["Review requirements and acceptance criteria"] < by_text["Make sure it answers within 200 ms"]


def test_confidence_falls_when_the_type_is_unsure():
    sure = build(Task("Implement the API endpoint")).items[0]
    unsure = build(Task("Implement", "Design a poster and deploy it")).items[0]

    assert sure.text == unsure.text == "Review requirements and acceptance criteria"
    assert sure.confidence > unsure.confidence + 20


def test_the_confidence_of_a_checklist_is_the_mean_of_its_items():
    checklist = build(SEED)

    assert checklist.confidence == round(sum(item.confidence for item in checklist.items) / len(checklist.items))


# --- The lists --------------------------------------------------------------------------------------------------------


def test_suggestions_are_those_of_the_seed_and_more():
    assert built_in_suggestions("development")[:3] == (
        "Set up CI/CD pipeline",
        "Perform security review",
        "Optimize performance",
    )


def test_suggestions_of_every_type_differ():
    for task_type in TASK_TYPES:
        suggestions = built_in_suggestions(task_type)
        assert len(suggestions) >= 8
        assert [pair for pair in combinations(suggestions, 2) if is_repeat(pair[0], [pair[1]])] == []


def test_suggestions_of_an_unknown_type():
    with pytest.raises(KeyError):
        built_in_suggestions("cooking")


def test_every_verb_has_one_stage():
    verbs = [verb for names in VERBS.values() for verb in listed(names)]

    assert set(VERBS) == set(STAGES)
    assert [verb for verb, times in Counter(verbs).items() if times > 1] == []


def test_lists_are_well_formed():
    rows = [entry for entries in STANDARD.values() for entry in entries]
    rows += [entry for *_, entry in TOPICS] + [*CLOSING]
    rows += [row[1] for table in (PRIORITIES, PROJECT_LISTS) for entries in table.values() for row in entries]
    types = " ".join([types for _, types, _ in TOPICS] + [row[0] for row in PRIORITIES["high"]]).split()

    assert set(STANDARD) == set(TASK_TYPES)
    assert set(PROJECT_LISTS) == set(PROJECTS)
    assert set(types) <= set(TASK_TYPES)
    for stage, text, covered_by in rows:
        assert stage in STAGES
        assert text.count("[") == text.count("]") == text.count("{subject}") <= 1
        assert not text.endswith((".", ",", " "))
        # A group without words would cover everything.
        assert all(concepts(group) for group in covered_by.split("|"))
