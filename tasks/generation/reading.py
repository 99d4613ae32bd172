"""What a card says is to be done: its steps, what must hold afterwards, its deadline, and what it is all about."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tasks.generation.markup import inline, visible
from tasks.generation.meaning import concept, concepts, stems
from tasks.generation.sentences import LONGEST_SENTENCE, is_foreign, section_of, sentences
from tasks.generation.statements import Said, Setting, parts_of, said_in, steps_of
from tasks.generation.vocabulary import FAULTS, FINITE, LABELS_OF_COMMITS, SUBJECT_ENDS, VERB_OF_TYPE, listed
from tasks.generation.wording import (
    STAGE_OF_VERB,
    bare,
    finished,
    instruction,
    is_clause,
    lowered,
    shortened,
    with_article,
    without_lead_in,
)

_LABEL_BEFORE = re.compile(
    rf"(?:\[[^\[\]]{{1,30}}\]|[A-Z][A-Z0-9]{{1,9}}-\d{{1,8}}\b|#\d{{1,8}}\b|\(?wip\)?(?=[:\s])"
    rf"|(?P<kind>{'|'.join(listed(LABELS_OF_COMMITS))})(?:\([\w-]{{1,30}}\))?!?:)[\s:–—-]*",
    re.IGNORECASE,
)
# What a bare thing is not done with: "Set up the following" does not make "Set login".
_TWO_WORD_VERBS = {"set", "make", "carry", "follow", "look", "hand"}
_PARTICLES = {"up", "out", "off", "on", "down", "into", "for", "over", "sure"}


@dataclass(frozen=True)
class Reading:
    """What was read: steps in the order of the text, what is to be checked, the subject of the card ("" if none)."""

    steps: tuple[Said, ...]
    criteria: tuple[Said, ...]
    subject: str


def read(title: str, description: str, task_type: str) -> Reading:
    """Read a card of a type that is known."""
    steps: list[Said] = []
    criteria: list[Said] = []
    is_broken = not (FAULTS | {"broken", "fail", "wrong"}).isdisjoint(stems(f"{title}\n{description}"))
    for said in _said(description, Setting(task_type, is_broken)):
        if not _says_something(said):
            continue
        (steps if said.verb else criteria).append(said)
    head = headline(title)
    # One step may be a detail of the title ("use Playwright"), or the title in other words.
    if not steps or (len(steps) == 1 and not _retells(head, steps[0])):
        steps = [*_title_steps(head, task_type), *steps]
    subject = "" if is_foreign(f"{title}\n{description}") else subject_of(head)
    return Reading(tuple(steps), tuple(criteria), subject)


def headline(title: str) -> str:
    """A title without ticket numbers, labels and pictures: "[Bug] ABC-12: 🐛 Login fails" is "Login fails"."""
    text = shortened(inline(" ".join(visible(title).split())), LONGEST_SENTENCE)
    for _ in range(3):
        label = _LABEL_BEFORE.match(text)
        if label is None or label.end() == len(text):
            break
        text = text[label.end() :]
        if label["kind"] and label["kind"].lower() == "fix" and not instruction(text) and not is_clause(text):
            text = f"Fix {lowered(text)}"
    return text.strip(" .:-–—")


def subject_of(head: str) -> str:
    """What a headline is about, fit for the middle of a sentence: "user authentication"; "" where that is unsure."""
    told = instruction(without_lead_in(head))
    text = told[0].partition(" ")[2] if told else head
    if told and text.partition(" ")[0] in _PARTICLES:
        text = text.partition(" ")[2]
    for end in SUBJECT_ENDS:
        text = text.partition(end)[0]
    text = finished(text)
    tokens = [bare(token) for token in text.split()]
    if not 1 <= len(tokens) <= 6 or not all(any(letter.isalpha() for letter in token) for token in tokens[:1]):
        return ""
    if (told and told[1] == "make") or (not told and any(token in STAGE_OF_VERB for token in tokens[1:-1])):
        return ""
    if len(text) > 60 or any(token in FINITE for token in tokens) or is_clause(text) or "?" in head:
        return ""
    if not told and (tokens[0] in STAGE_OF_VERB or any(not letter.isascii() for letter in text) or len(tokens) == 1):
        return ""
    if told and (told[0].partition(" ")[0].endswith(",") or tokens[0] in ("and", "or")):
        return ""
    if told and " and " in text and bare(text.rpartition(" and ")[2].split()[0]) in STAGE_OF_VERB:
        text = text.partition(" and ")[0]
    return with_article(lowered(text))


def _says_something(said: Said) -> bool:
    """Not so "Add", of which only punctuation was left."""
    return " " in said.text or not said.text.isascii()


def _retells(head: str, step: Said) -> bool:
    told = instruction(without_lead_in(head))
    return told is None or step.verb == "let" or concept(told[1]) == concept(step.verb)


def _title_steps(head: str, task_type: str) -> Iterator[Said]:
    """The title as a step, when nothing more is said."""
    text = without_lead_in(head)
    if instruction(text):
        yield from steps_of(text)
    elif is_foreign(head):
        yield Said(finished(head), "do")
    elif (subject := subject_of(head)) and task_type not in ("meeting", "general"):
        verb = VERB_OF_TYPE[task_type] if FAULTS.isdisjoint(concepts(head)) else "Fix"
        yield Said(finished(f"{verb} {subject}"), verb.split()[0].lower())


def _said(description: str, setting: Setting) -> Iterator[Said]:
    if is_foreign(description):
        points = (line for line, is_point in sentences(description) if is_point and any(map(str.isalpha, line)))
        yield from (Said(finished(point), "do", is_listed=True) for point in points)
        return
    for line, is_point in sentences(description):
        opened = section_of(line)
        if opened is not None:
            setting = replace(setting, section=opened[0], lead=_verb_of_lead(line))
            if opened[1]:
                # "Acceptance criteria: A; B" is a section of one line.
                parts = parts_of(opened[1]) if opened[0] in ("criteria", "steps") else [opened[1]]
                for part in parts:
                    yield from said_in(part, replace(setting, is_point=True))
                setting = replace(setting, section="steps")
        elif line.endswith(":") and not is_point:
            section = setting.section if setting.section != "skip" else "steps"
            setting = replace(setting, section=section, lead=_verb_of_lead(line))
        else:
            for said in said_in(line, replace(setting, is_point=is_point)):
                yield replace(said, is_listed=is_point or said.is_listed)


def _verb_of_lead(line: str) -> str:
    """The instruction a lead-in line gives for its points: "Implement the following pages:" says "Implement"."""
    told = instruction(without_lead_in(line.rstrip(": ")))
    return told[1].capitalize() if told and told[1] not in _TWO_WORD_VERBS else ""
