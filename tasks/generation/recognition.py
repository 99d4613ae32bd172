"""Which type of task a card is, and how sure that is."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tasks.generation.evidence import EVIDENCE, PROJECT_EVIDENCE, PROJECTS
from tasks.generation.meaning import stems
from tasks.generation.reading import headline
from tasks.generation.vocabulary import PREPOSITIONS, listed

TASK_TYPES = ("development", "design", "testing", "research", "deployment", "meeting", "general")
# How much a word counts: the first of the title, others before its first preposition, the rest of it, the description.
FIRST, TITLE, TITLE_ASIDE, DESCRIPTION = 4, 2, 1, 1
PROJECT = 2
# "As a user, I want …" is how software is asked for; a title that asks wants an answer.
STORY, QUESTION = 4, 10
# Less evidence than this is chance; so much doubt is left whatever the evidence.
LEAST, DOUBT = 2, 2
# A long description has a word for every type: it says no more than this for any.
MOST_FROM_DESCRIPTION = 10
LEAST_CERTAIN = 0.4
# What holds for any work holds for this, too, more often than not.
CERTAINTY_OF_GENERAL = 0.5

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Recognised:
    """A type of task, one of TASK_TYPES, and how sure it is: 0 to 1."""

    task_type: str
    certainty: float


def _phrases(names: str) -> Iterator[Phrase]:
    return (tuple(stems(name)) for name in listed(names))


_WEIGHTS: dict[Phrase, dict[str, int]] = defaultdict(dict)
for _task_type, _lists in EVIDENCE.items():
    for _weight, _names in _lists.items():
        for _phrase in _phrases(_names):
            _WEIGHTS[_phrase].setdefault(_task_type, _weight)
_PROJECTS = {phrase: project for project, names in PROJECTS.items() for phrase in _phrases(names)}
_PREPOSITIONS = PREPOSITIONS - {"of", "to", "up"}


def recognise(title: str, description: str, project_type: str) -> Recognised:
    """Weigh the words. Each counts once, where it weighs most; the certainty is the winner's share, less some doubt."""
    head = headline(title)
    main, aside = _main_part(head)
    heard: dict[Phrase, int] = {}
    # The title itself as well: its labels ("[Bug]") are no part of the headline.
    for text, place in ((main, TITLE), (aside, TITLE_ASIDE), (title, TITLE_ASIDE)):
        for index, phrase in _known(text):
            counted = FIRST if place == TITLE and index == 0 else place
            heard[phrase] = max(heard.get(phrase, 0), counted)
    evidence: dict[str, int] = defaultdict(int)
    for phrase, counted in heard.items():
        for task_type, weight in _WEIGHTS[phrase].items():
            evidence[task_type] += weight * counted
    described: dict[str, int] = defaultdict(int)
    for phrase in {phrase for _, phrase in _known(description)} - heard.keys():
        for task_type, weight in _WEIGHTS[phrase].items():
            described[task_type] += weight * DESCRIPTION
    for task_type, weight in described.items():
        evidence[task_type] += min(weight, MOST_FROM_DESCRIPTION)
    if description.lstrip().lower().startswith(("as a ", "as an ")):
        evidence["development"] += STORY
    if head.endswith("?"):
        evidence["research"] += QUESTION
    for project in projects_of(project_type):
        if project in PROJECT_EVIDENCE:
            evidence[PROJECT_EVIDENCE[project]] += PROJECT
    # Types with equal evidence are told apart by their order in TASK_TYPES.
    best = max(TASK_TYPES, key=lambda task_type: evidence.get(task_type, 0))
    certainty = evidence.get(best, 0) / (sum(evidence.values()) + DOUBT)
    if best == "general" or evidence.get(best, 0) < LEAST or certainty < LEAST_CERTAIN:
        return Recognised("general", max(certainty if best == "general" else 0, CERTAINTY_OF_GENERAL))
    return Recognised(best, certainty)


def projects_of(project_type: str) -> list[str]:
    """The kinds of project (keys of PROJECTS) that a free text names, in the order of the text."""
    named = stems(project_type)
    spans = (tuple(named[index : index + size]) for index in range(len(named)) for size in (2, 1))
    return list(dict.fromkeys(_PROJECTS[span] for span in spans if span in _PROJECTS))


def _main_part(head: str) -> tuple[str, str]:
    tokens = head.split()
    for index, token in enumerate(tokens):
        if index and token.lower() in _PREPOSITIONS:
            return " ".join(tokens[:index]), " ".join(tokens[index:])
    return head, ""


def _known(text: str) -> Iterator[tuple[int, Phrase]]:
    """The words and phrases of a text that are evidence, each with the place of its first word."""
    found = stems(text)
    for index in range(len(found)):
        for size in (1, 2, 3):
            phrase = tuple(found[index : index + size])
            if len(phrase) == size and phrase in _WEIGHTS:
                yield index, phrase
