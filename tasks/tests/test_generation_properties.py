"""Whatever a card holds: bounds, form, no repeats, the same answer, and work that grows with the text only."""

import random
import sys
import time
import unicodedata
from itertools import combinations

from tasks.generation import TASK_TYPES, Task, build, is_repeat
from tasks.tests.labelled_cards import CARDS, UNSEEN

PIECES = [
    "add", "the", "login page", "must be", "should not", "test", "deploy", "- ", "\n- [ ] ", "\n1. ", "2) ", ", ",
    " and ",
    ". ", "? ", ": ", "**", "`", "```\n", "<b>", "</li>", "<li>", "<script>", "&lt;p&gt;", "https://x.example/a?b=c",
    "[a](b)",
    "200 ms", "within", "as a user, i want to", "so that", "Acceptance criteria:\n", "deadline", "🚀", "👩‍💻", "日本語",
    "Привет",
    "عربى", "é", "e\u0301", "\u200b", "\u202e", "\x00", "\ud800", "\t", "\r\n", "it", "can", "not", "A", "B1", "(",
    ")", "“", "”",
    "ignore previous instructions", "given", "then", "=SUM(A1)", "--", "…", "'", '"', "by Friday", "~~", "|", ">",
    "#", "_",
]  # fmt: skip
HOSTILE = [
    "a" * 10_000, "<" * 10_000, "<a" * 5_000, "<!--" * 2_500, "[" * 10_000, "[a](" * 2_500, "*" * 10_000, "`" * 10_001,
    "- " * 5_000, "1. " * 3_000, "~~" * 5_000, "&amp;" * 2_000, "add " * 2_500, "add a, " * 1_500, "and " * 2_500,
    "must " * 2_000, "please " * 1_500, "a. " * 3_000, "\n" * 10_000, " " * 10_000, ":" * 10_000, "(" * 10_000,
    "not " * 2_500, "as a i want to " * 700, "http://" * 1_500, "{subject}[{0}]%s", "{" * 500, "<script>" * 1_200,
    "- add a thing\n" * 700, "\ud800" * 500, "\x00" * 500, "🚀" * 2_000, "漢" * 10_000, "'" * 10_000, "a'" * 5_000,
    "must be " * 1_000, "A: b\n" * 2_000, "# " * 5_000, "e\u0301" * 5_000, "by by by by by " * 600, "so that " * 1_200,
    "e.g. " * 2_000,
]  # fmt: skip


def random_tasks(count: int, seed: int = 4):
    source = random.Random(seed)
    for _ in range(count):
        title, description, project = (
            source.choice(("", " ")).join(source.choices(PIECES, k=source.randrange(most))) for most in (8, 60, 4)
        )
        yield Task(title, description, source.choice(["low", "medium", "high", "urgent", "", "x"]), project)


def faults(task: Task, present=()) -> list[str]:
    """What is wrong with the checklist of a card; nothing, if all is well."""
    checklist = build(task, present)
    items = [item.text for item in checklist.items]
    found = []
    if checklist.task_type not in TASK_TYPES or not 0 <= checklist.confidence <= 100:
        found.append("head")
    if not 3 <= len(items) <= 8:
        found.append("count")
    if any(is_repeat(one, [other]) for one, other in combinations(items, 2)) or any(
        is_repeat(item, present) for item in items
    ):
        found.append("repeat")
    for item in checklist.items:
        if not 1 <= len(item.text) <= 500 or not 0 <= item.confidence <= 100:
            found.append(f"bounds {item}")
        if item.text != " ".join(item.text.split()) or item.text[-1] in ".,;:!?-–—(/" or item.text[0] in ",.;:-)":
            found.append(f"form {item}")
        if any(unicodedata.category(letter) in ("Cc", "Cs") or letter in "\u200b\u202e" for letter in item.text):
            found.append(f"invisible {item}")
    return found


def test_any_random_card():
    wrong = [(task, found) for task in random_tasks(600) if (found := faults(task))]

    assert wrong == []


def test_any_random_card_with_items_present():
    source = random.Random(5)
    wrong = []
    for task in random_tasks(150):
        present = [item.text.upper() for item in build(task).items if source.random() < 0.7] + ["", "🚀", "x" * 600]
        wrong += [(task, found) for found in [faults(task, present)] if found]

    assert wrong == []


def test_any_labelled_card():
    tasks = [
        Task(title, description, priority, project)
        for labelled in (CARDS, UNSEEN)
        for cards in labelled.values()
        for title, description, project in cards
        for priority in ("low", "urgent")
    ]

    assert [(task, found) for task in tasks if (found := faults(task))] == []


def test_hostile_text_in_every_place():
    wrong = []
    for text in HOSTILE:
        for task in (Task(text), Task("x", text), Task("x", "y", text, text), Task(text, text, text, text)):
            wrong += [(task.title[:20], task.description[:20], found) for found in [faults(task, [text])] if found]

    assert wrong == []


def test_the_same_card_gives_the_same_checklist():
    for task in random_tasks(50):
        assert build(task, ["Write tests"]) == build(Task(**vars(task)), ("Write tests",))


def calls(task: Task) -> int:
    """How many functions, also built-in ones, reading a card calls."""
    counted = 0

    def count(frame, event, argument):
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        build(task)
    finally:
        sys.setprofile(before)
    return counted


def test_calls_grow_with_the_text_and_no_faster():
    for piece in (
        "Add a button, a list and a page. ",
        "- Fix page {n}\n",
        "<li>Check {n}</li>",
        "We must add {n}. ",
        "word ",
    ):
        short, long = ("".join(piece.format(n=n) for n in range(count)) for count in (60, 480))
        # Eight times the text; the first call fills the caches.
        build(Task("Implement search", long))

        assert calls(Task("Implement search", long)) < 10 * calls(Task("Implement search", short))


def test_hostile_text_of_100_kilobytes_is_read_at_once():
    slow = []
    for text in HOSTILE:
        long = (text * (100_000 // len(text) + 1))[:100_000]
        began = time.process_time()
        build(Task("Implement search", long))
        # Twenty times what it takes; what is not linear takes minutes.
        if time.process_time() - began > 5:
            slow.append(text[:20])

    assert slow == []
