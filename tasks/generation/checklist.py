"""The built-in generator: a checklist for a card, without asking anybody (contract, section 5)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, pairwise

from tasks.generation.lists import (
    CLOSING,
    PRIORITIES,
    PROJECT_LISTS,
    STAGES,
    STANDARD,
    SUGGESTIONS,
    TOPICS,
    Entry,
)
from tasks.generation.meaning import concept, concepts, meaning
from tasks.generation.reading import Reading, Said, read
from tasks.generation.recognition import projects_of, recognise
from tasks.generation.vocabulary import CORE_VERBS, listed
from tasks.generation.wording import STAGE_OF_VERB, finished, shortened

FEWEST, MOST = 3, 8
MOST_ADDED = 5  # items beside those of the card itself
# An item is shown as probable as this when no word of it stands on the card and the type is certain.
STANDARD_WORTH, PROJECT_WORTH, TOPIC_WORTH, PRIORITY_WORTH, FURTHER_WORTH, CLOSING_WORTH = 92, 80, 80, 75, 70, 50
# … and as this when the card says every word of it: the generator may still have misread it.
SAID_WORTH = 95


@dataclass(frozen=True)
class Task:
    """What there is to read about a card."""

    title: str
    description: str = ""
    priority: str = "medium"
    project_type: str = ""


@dataclass(frozen=True)
class Suggested:
    """An item, 1 to 500 characters, and how probable it is that the card needs it, 0 to 100."""

    text: str
    confidence: int


@dataclass(frozen=True)
class Checklist:
    """Items in the order one does such work, and the mean of their confidences."""

    task_type: str
    confidence: int
    items: tuple[Suggested, ...]


@dataclass(frozen=True)
class Candidate:
    """An item that may be suggested. `worth` is its confidence if no word of it is the card's and the type is sure."""

    stage: int
    text: str
    worth: int
    covered_by: tuple[frozenset[str], ...] = ()
    # Without the subject of the card: on that card, "write tests" is "write tests for the login page".
    bare: str = ""


def task_type_of(task: Task) -> str:
    """One of TASK_TYPES."""
    return recognise(task.title, task.description, task.project_type).task_type


def built_in_suggestions(task_type: str) -> tuple[str, ...]:
    """What is often needed for a type, most asked for first. KeyError for a type that is not in TASK_TYPES."""
    return SUGGESTIONS[task_type]


def build(task: Task, present: Sequence[str] = ()) -> Checklist:
    """3 to 8 items for a card that has the items `present`; none repeats another or one of those.

    The same input gives the same output, whatever it holds. What the confidence means: docs/checklists.md.
    """
    recognised = recognise(task.title, task.description, task.project_type)
    reading = read(task.title, task.description, recognised.task_type)
    selection = Selection(present)
    said = [*_steps(reading, recognised.task_type), *_criteria(reading)]
    for candidate in said:
        if len(selection.chosen) < MOST:
            selection.offer(candidate)
    wanted = min(MOST, len(selection.chosen) + MOST_ADDED)
    for candidate in _added(task, reading, recognised.task_type):
        if len(selection.chosen) < wanted:
            selection.offer(candidate)
    for candidate in _last_resort(recognised.task_type, present):
        if len(selection.chosen) >= FEWEST:
            break
        selection.offer(candidate)
    card = set(concepts(f"{task.title}\n{task.description}"))
    # A stable sort: what the card says keeps its order within a stage.
    chosen = sorted(selection.chosen, key=lambda candidate: candidate.stage)
    items = tuple(Suggested(candidate.text, _confidence(candidate, card, recognised.certainty)) for candidate in chosen)
    return Checklist(recognised.task_type, round(sum(item.confidence for item in items) / len(items)), items)


class Selection:
    """Items chosen so far, and what keeps others out: their meanings and those already on the card."""

    def __init__(self, present: Iterable[str]) -> None:
        self.chosen: list[Candidate] = []
        self._meanings = {meaning(text) for text in present}

    def offer(self, candidate: Candidate) -> None:
        """Take a candidate unless it, or something that makes it superfluous, is there already."""
        own = meaning(candidate.text)
        if not candidate.text or own in self._meanings:
            return
        if candidate.bare and meaning(candidate.bare) in self._meanings:
            return
        if any(group <= other for group in candidate.covered_by for other in self._meanings):
            return
        self._meanings.add(own)
        self.chosen.append(candidate)


def _confidence(candidate: Candidate, card: set[str], certainty: float) -> int:
    """The share of the item's words that the card says counts in full, the rest as far as list and type go."""
    own = concepts(candidate.text)
    share = sum(word in card for word in own) / len(own) if own else 0
    return round(share * SAID_WORTH + (1 - share) * candidate.worth * certainty)


def _steps(reading: Reading, task_type: str) -> Iterator[Candidate]:
    """The card's steps. A list keeps its own order, whatever stage its verbs belong to elsewhere."""
    doing = STAGES.index("do")
    stages = [_stage(said, task_type) for said in reading.steps]
    listed_steps = [index for index, said in enumerate(reading.steps) if said.is_listed]
    # "Pack boxes, set up the network": once the doing has begun, what follows is not before it …
    begun = False
    for index in listed_steps:
        begun = begun or stages[index] >= doing
        stages[index] = max(stages[index], doing) if begun else stages[index]
    # … and what stands before another step is not after it.
    for index, following in reversed(list(pairwise(listed_steps))):
        stages[index] = min(stages[index], stages[following])
    for said, stage in zip(reading.steps, stages, strict=True):
        yield Candidate(stage, said.text, STANDARD_WORTH)


def _stage(said: Said, task_type: str) -> int:
    if task_type in ("development", "deployment") and concept(said.verb) == concept("write"):
        # What is written says when: tests and documents come after the code.
        about = concepts(said.text)[:3]
        if "test" in about or "document" in about:
            return STAGES.index("check" if "test" in about else "record")
    if said.verb in CORE_VERBS[task_type]:
        return STAGES.index("do")
    return STAGES.index(STAGE_OF_VERB.get(said.verb, "do"))


def _criteria(reading: Reading) -> Iterator[Candidate]:
    for said in reading.criteria:
        stage = "plan" if said.text.startswith("Finish by ") else "check"
        yield Candidate(STAGES.index(stage), said.text, STANDARD_WORTH)


def _added(task: Task, reading: Reading, task_type: str) -> Iterator[Candidate]:
    """What the card does not say, most needed first."""
    standard = [_entry(entry, STANDARD_WORTH, reading.subject) for entry in STANDARD[task_type]]
    topics = list(_topics(task, task_type))
    priority = [
        _entry(entry, PRIORITY_WORTH)
        for types, entry in PRIORITIES.get(task.priority.strip().lower(), ())
        if not types or task_type in types.split()
    ]
    projects = [
        _entry(entry, PROJECT_WORTH)
        for project in projects_of(task.project_type)
        for types, entry in PROJECT_LISTS[project]
        if not types or task_type in types.split()
    ]
    yield from priority[:1]
    yield from topics[:1]
    yield from standard[:2]
    yield from projects[:1]
    yield from topics[1:2]
    yield from standard[2:4]
    yield from priority
    yield from projects
    yield from topics
    yield from standard


def _topics(task: Task, task_type: str) -> Iterator[Candidate]:
    # One word of a title is enough; in a description it takes two, or a pair.
    for text, needed in ((task.title, 1), (task.description, 2)):
        found = concepts(text)
        heard = set(found) | {f"{one} {two}" for one, two in pairwise(found)}
        for names, types, entry in _TOPICS:
            if (not types or task_type in types) and sum(len(name.split()) for name in names & heard) >= needed:
                yield _entry(entry, TOPIC_WORTH)


def _last_resort(task_type: str, present: Sequence[str]) -> Iterator[Candidate]:
    """When the card has all the lists know: further lists, a second look at what it has, then rounds without end."""
    for text in SUGGESTIONS[task_type]:
        yield Candidate(STAGES.index("check"), text, FURTHER_WORTH)
    for entry in (*STANDARD["general"], *CLOSING):
        yield _entry(entry, CLOSING_WORTH)
    for text in present:
        if not text.startswith("Check the outcome of "):
            told = shortened(finished(text), 120)
            yield Candidate(STAGES.index("review"), f"Check the outcome of “{told}”" if told else "", CLOSING_WORTH)
    for number in count(1):
        text = f"Go through the whole checklist again, round {number}"
        yield Candidate(STAGES.index("review"), text, CLOSING_WORTH // 2)


def _entry(entry: Entry, worth: int, subject: str = "") -> Candidate:
    stage, text, _ = entry
    before, bracket, rest = text.partition("[")
    inside, _, after = rest.partition("]")
    bare = before + after
    full = before + inside.format(subject=subject) + after if bracket and subject else bare
    return Candidate(STAGES.index(stage), full, worth, _COVERED_BY[entry], bare)


def _groups(entry: Entry) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(concepts(words)) for words in entry[2].split("|"))


_TOPICS = [
    ({" ".join(concepts(name)) for name in listed(names)}, types.split(), entry) for names, types, entry in TOPICS
]
_COVERED_BY = {
    entry: _groups(entry)
    for entries in (
        *STANDARD.values(), CLOSING, [entry for *_, entry in TOPICS],
        *([entry for _, entry in rows] for rows in (*PRIORITIES.values(), *PROJECT_LISTS.values())),
    )
    for entry in entries
}  # fmt: skip
