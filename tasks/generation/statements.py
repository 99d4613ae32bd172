"""What one sentence or point says is to be done, if anything."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tasks.generation.vocabulary import (
    ALSO_NOUNS,
    DATES,
    DETERMINERS,
    FINITE,
    MEASURES,
    PREPOSITIONS,
    TO_A_MACHINE,
    TOGETHER,
    VERB_OF_TYPE,
)
from tasks.generation.wording import (
    STAGE_OF_VERB,
    bare,
    by_a_worker,
    criterion,
    finished,
    instruction,
    is_clause,
    lowered,
    modal,
    shortened,
    without_lead_in,
)

_LABEL = re.compile(r"[A-Z]\w{2,20}(?: \w{1,20})?: \w")
# Who may do what: "Members can edit their own tasks".
_RULE = re.compile(r"(?:\w+ ){0,2}\w+ (?:can|may)(?: not| only)? \w")
_AND_MODAL = re.compile(r",? and (?:must|should|shall|has to|have to|needs? to) ")
_JOINT = re.compile(r",? (?:and then|then|and) |, ")
_REQUESTS = ("can you", "could you", "would you", "can someone", "could someone", "please")
_FORBIDDING = ("do not ", "don't ", "don’t ", "never ")
_WISHES = (" i want to ", " i would like to ", " i'd like to ", " i need to ", " i can ", " i want ", " i need ")
_DUE = (
    "the deadline is ", "deadline is ", "deadline ", "due on ", "due by ", "due ", "it is due ", "this is due ",
    "needed by ", "to be done by ", "must be done by ", "by ",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """Something the card says is to be done. `verb` is what the instruction opens with, "" for what must hold.

    `is_listed` says that it stood in a list or a string of instructions, whose order is meant.
    """

    text: str
    verb: str
    is_listed: bool = False


@dataclass(frozen=True)
class Setting:
    """What a sentence is read in the light of.

    `task_type` and `is_broken` (it reports something that does not work) are the card's; `section` is "steps",
    "criteria", "deadline" or "skip"; `lead` the verb that its list begins with, "" if none; `is_point` whether it
    stands in a list.
    """

    task_type: str
    is_broken: bool = False
    section: str = "steps"
    lead: str = ""
    is_point: bool = False


def said_in(text: str, setting: Setting) -> Iterator[Said]:
    """What a sentence or point says is to be done: nothing, something, or several things."""
    folded = text.lower()
    if setting.section == "skip" or not any(letter.isalpha() for letter in text):
        return
    if any(word in folded for word in TO_A_MACHINE):
        return
    if setting.section == "deadline":
        yield Said(finished(f"Finish by {_date(text)}"), "")
        return
    story = _story(text)
    plain = text.strip(" \"'“”")
    if story:
        yield from story
    elif plain.endswith("?") and not plain.lower().startswith(_REQUESTS):
        if setting.is_point or setting.task_type in ("research", "meeting"):
            yield Said(f"Answer the question “{shortened(plain)}”", "answer")
    else:
        yield from _stated(without_lead_in(plain), setting)


def _stated(text: str, setting: Setting) -> Iterator[Said]:
    folded = text.lower()
    main, so_that, purpose = text.partition(" so that ")
    told, asked = instruction(main), modal(main)
    if folded.startswith(_FORBIDDING):
        yield Said(finished(f"Make sure not to {text.partition(' ')[2].removeprefix('not ')}"), "")
    elif folded.startswith("given ") and " then " in folded:
        yield Said(finished(f"Check the case: {lowered(text)}"), "")
    elif told and not (asked and told[1] in ALSO_NOUNS and bare(main.split()[1]) not in DETERMINERS):
        yield from steps_of(main if so_that else text)
        if so_that and is_clause(purpose):
            yield Said(finished(f"Check that {lowered(purpose)}"), "")
    elif asked and by_a_worker(asked[0]):
        yield from said_in(asked[2], setting)
    elif asked:
        for part in _AND_MODAL.split(asked[2]):
            yield Said(finished(criterion(asked[0], part)), "")
    elif setting.section == "criteria":
        yield Said(finished(_to_check(text)), "")
    elif setting.is_point or _LABEL.match(text):
        yield from _point(text, setting)
    elif not setting.is_broken and _RULE.match(text):
        yield Said(finished(f"Check that {lowered(text)}"), "")
    elif date := _deadline_in(text):
        yield Said(finished(f"Finish by {date}"), "")
    elif _is_measure(text):
        yield Said(finished(_to_check(text)), "")


def _is_measure(text: str) -> bool:
    """Whether a short sentence states a figure to be kept: "p95 below 300 ms"."""
    has_figure = len(text.split()) <= 14 and any(letter.isdigit() for letter in text)
    return has_figure and any(f"{word} " in text.lower() for word in MEASURES)


def _point(text: str, setting: Setting) -> Iterator[Said]:
    """A point that is no instruction: a thing to do something with, or a remark to deal with."""
    if is_clause(text):
        yield Said(finished(f"Deal with this point: {lowered(text)}"), "deal")
    else:
        chosen = setting.lead or VERB_OF_TYPE[setting.task_type]
        yield Said(finished(f"{chosen} {lowered(text)}"), chosen.split()[0].lower())


def _to_check(text: str) -> str:
    if is_clause(text):
        return f"Check that {lowered(text)}"
    return f"Meet this criterion: {lowered(text)}"


def steps_of(text: str) -> Iterator[Said]:
    """An instruction as one step, or as several: "Add A, B and C"; "review the copy and publish the page"."""
    told = instruction(text)
    if told is None:
        return
    before = ""
    clauses = _coordinated(told[0])
    for clause in clauses:
        again = instruction(clause)
        if again is None:
            continue
        clause, verb = again
        opening, _, objects = clause.partition(" ")
        if objects in ("it", "them") and before:
            objects = before
        before = objects
        for thing in (verb not in TOGETHER and _enumerated(objects)) or [objects]:
            yield Said(finished(f"{opening} {thing}"), verb, is_listed=len(clauses) > 1)


def _coordinated(text: str) -> list[str]:
    """The instructions a sentence strings together with commas, "and" or "then"."""
    joints = [joint.span() for joint in _JOINT.finditer(text)]
    starts, ends = [0, *(end for _, end in joints)], [*(start for start, _ in joints), len(text)]
    pieces = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    if len(pieces) > 2 and all(instruction(piece) for piece in pieces):
        return pieces
    # "Add create, edit and delete endpoints" is one instruction.
    if any(bare(piece) in STAGE_OF_VERB for piece in pieces):
        return [text]
    opened = [0]
    for start, end, piece in zip(starts[1:], ends[:-1], pieces[1:], strict=True):
        has_object = len(text[opened[-1] : end].split()) > 1
        if has_object and _opens(piece, is_third=len(opened) > 1):
            opened.append(start)
    closed = [*(ends[starts.index(start) - 1] for start in opened[1:]), len(text)]
    return [text[start:end] for start, end in zip(opened, closed, strict=True)]


def _opens(piece: str, *, is_third: bool) -> bool:
    """Whether a piece of a sentence begins an instruction of its own; a verb that is also a noun needs more to show."""
    if instruction(piece) is None:
        return False
    first, second, *_ = piece.split()
    return is_third or bare(first) not in ALSO_NOUNS or bare(second) in DETERMINERS or second[:1].isupper()


def parts_of(text: str) -> list[str]:
    """The parts of what follows a label: "A; B", or "A, B and C"."""
    if ";" in text:
        return [part.strip() for part in text.split(";") if part.strip()]
    return _enumerated(text) or [text]


def _enumerated(text: str) -> list[str]:
    """The things of "A, B and C", three or more short ones; empty where it is not that plain."""
    if ", " not in text or ":" in text or "(" in text:
        return []
    pieces = [piece.strip() for piece in re.split(r",? (?:and|or) |, ", text) if piece.strip()]
    if not 3 <= len(pieces) <= 8 or " or " in text or " and " not in text:
        return []
    if any(len(piece.split()) > 4 for piece in pieces[:-1]) or len(pieces[-1].split()) > 6:
        return []
    if any(bare(word) in FINITE or bare(word) in PREPOSITIONS for piece in pieces for word in piece.split()):
        return []
    # "create, edit and delete endpoints" is one thing.
    if any(bare(piece) in STAGE_OF_VERB or bare(piece).endswith(("able", "ful", "ive")) for piece in pieces[:-1]):
        return []
    return pieces


def _story(text: str) -> list[Said] | None:
    """ "As a user, I want to reset my password so that I can log in": what to make possible, and what to check."""
    folded = text.lower()
    if not folded.startswith(("as a ", "as an ", "as the ")):
        return None
    for wish in _WISHES:
        start = folded.find(wish)
        if 0 < start < 80:
            break
    else:
        return None
    who = text[3:start].strip(" ,")
    asked, _, purpose = text[start + len(wish) :].partition(" so that ")
    asked, *_ = asked.split(", so ")
    said = [Said(finished(f"Let {who} {'have ' * (wish in (' i want ', ' i need '))}{_theirs(asked)}"), "let")]
    purpose = purpose.strip(" .")
    if purpose.lower().startswith("i can "):
        said.append(Said(finished(f"Check that {who} can {_theirs(purpose[6:])}"), ""))
    elif purpose and not purpose.lower().startswith("i ") and is_clause(purpose):
        said.append(Said(finished(f"Check that {_theirs(purpose)}"), ""))
    return said


def _theirs(text: str) -> str:
    own = {"my": "their", "me": "them", "i": "they", "mine": "theirs", "myself": "themselves", "i'm": "they are"}
    return " ".join(own.get(token.lower(), token) for token in text.split())


def _deadline_in(text: str) -> str | None:
    """The date of "The deadline is 3 May" or "Due on Friday"."""
    folded = text.lower()
    for opening in _DUE:
        if folded.startswith(opening) and len(text.split()) <= 10:
            return _date(text[len(opening) :])
    for word in (" by ", " until ", " before "):
        _, found, after = text.partition(word)
        first = bare(after.removeprefix("the ").partition(" ")[0])
        if found and (first in DATES or first[:1].isdigit()) and len(after.split()) <= 5 and "%" not in after:
            return _date(after)
    return None


def _date(text: str) -> str:
    date = text.strip(" .!")
    return date[3:] if date.lower().startswith(("on ", "by ", "at ")) else date
