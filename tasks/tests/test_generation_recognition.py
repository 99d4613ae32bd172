"""Which type a card is: cards labelled by hand, and what the certainty makes of doubt."""

import pytest

from tasks.generation import TASK_TYPES, Task, build, task_type_of
from tasks.generation.recognition import projects_of, recognise
from tasks.tests.labelled_cards import CARDS, UNSEEN


def misread(labelled) -> list[tuple[str, str, str]]:
    """Cards taken for another type: title, label, what it was taken for."""
    return [
        (title, label, found)
        for label, cards in labelled.items()
        for title, description, project in cards
        if (found := task_type_of(Task(title, description, project_type=project))) != label
    ]


def test_cards_the_lists_were_made_with():
    assert set(CARDS) == set(TASK_TYPES)
    assert sum(map(len, CARDS.values())) >= 60
    # One is unsure and rightly says so: both "accessibility" and "form" speak for other types.
    assert misread(CARDS) == [("Check accessibility of signup form", "testing", "general")]


def test_cards_the_lists_have_not_seen():
    total = sum(map(len, UNSEEN.values()))

    assert len(misread(UNSEEN)) <= total * 0.2


def test_the_surer_the_type_the_more_often_it_is_right():
    cards = [(label, *card) for labelled in (CARDS, UNSEEN) for label, some in labelled.items() for card in some]
    read = [(label, recognise(title, description, project)) for label, title, description, project in cards]
    sure = [found.task_type == label for label, found in read if found.certainty >= 0.7]
    unsure = [found.task_type == label for label, found in read if found.certainty < 0.6]

    assert len(sure) > 20
    assert len(unsure) > 20
    assert sum(sure) / len(sure) > sum(unsure) / len(unsure)
    assert sum(sure) / len(sure) > 0.95


def test_a_word_said_often_counts_once():
    once = recognise("Order chairs", "deploy", "")
    often = recognise("Order chairs", "deploy " * 500, "")

    assert once == often


def test_a_long_description_does_not_outweigh_the_title():
    everything = "Deploy, release, rollback, staging, docker, kubernetes, terraform, production, pipeline, cluster."

    assert task_type_of(Task("Implement the parser", everything)) == "development"


@pytest.mark.parametrize(
    "text, projects",
    [
        ("api", ["api"]),
        ("REST API", ["api"]),
        ("Mobile app (iOS)", ["mobile"]),
        ("social media campaign", ["marketing"]),
        ("e-commerce", ["shop"]),
        ("web & data", ["web", "data"]),
        ("Bakery", []),
        ("", []),
        ("<script>alert(1)</script>", []),
    ],
)
def test_projects_named_in_free_text(text, projects):
    assert projects_of(text) == projects


def test_no_evidence_is_general_and_half_sure():
    found = recognise("asdf", "qwer", "")

    assert (found.task_type, found.certainty) == ("general", 0.5)
    assert build(Task("asdf", "qwer")).confidence == 46
