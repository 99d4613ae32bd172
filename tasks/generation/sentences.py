"""A description cut into sentences and points, and the sections its headings open."""

import re
from collections.abc import Iterator

from tasks.generation.markup import lines_of
from tasks.generation.vocabulary import FILLERS, FOREIGN, PREPOSITIONS, SECTIONS, listed
from tasks.generation.wording import bare, instruction, shortened, without_lead_in

LONGEST_SENTENCE = 400  # characters: what is longer is cut, so that work on a sentence is bounded
FULL_LINE = 60
_SENTENCE_END = re.compile(r"(?<=[.!?;…])\s+|(?<=[。！？；])")
_ABBREVIATED = ("e.g.", "i.e.", "etc.", "vs.", "approx.", "incl.", "resp.", "dr.", "mr.", "st.", "ca.")
_SECTIONS = [(kind, name) for kind, names in SECTIONS.items() for name in listed(names)]
_SECTION_OF = {name: kind for kind, name in _SECTIONS}


def sentences(description: str) -> Iterator[tuple[str, bool]]:
    """Sentences and points, in order. A paragraph's lines are one text; headings end in a colon."""
    paragraph: list[str] = []
    for line in lines_of(description):
        if not line.is_point and not line.is_heading and line.text and not _is_label(line.text):
            # A line that is full goes on in the next; a short one is a sentence of its own.
            wrapped = bool(paragraph) and len(paragraph[-1]) >= FULL_LINE and line.text[:1].islower()
            if paragraph and not wrapped:
                for sentence in _split(" ".join(paragraph)):
                    yield sentence, False
                paragraph = []
            paragraph.append(line.text)
            continue
        for sentence in _split(" ".join(paragraph)):
            yield sentence, False
        paragraph = []
        if line.is_heading:
            yield line.text.rstrip(": ") + ":", False
        elif line.is_point:
            first, *others = _split(line.text) or [""]
            yield first, True
            for sentence in others:
                if instruction(without_lead_in(sentence)):
                    yield sentence, True
        elif line.text:
            yield line.text, False
    for sentence in _split(" ".join(paragraph)):
        yield sentence, False


def _is_label(text: str) -> bool:
    return text.endswith(":") or section_of(text) is not None


def _split(text: str) -> list[str]:
    parts: list[str] = []
    for part in _SENTENCE_END.split(text):
        last = parts[-1] if parts else ""
        if last.lower().rpartition(" ")[2].lstrip("(") in _ABBREVIATED and len(last) < LONGEST_SENTENCE:
            parts[-1] = f"{parts[-1]} {part}"
        elif part.strip():
            parts.append(part.strip())
    return [shortened(part, LONGEST_SENTENCE) for part in parts]


def section_of(line: str) -> tuple[str, str] | None:
    """The kind of section a heading or label opens, and what follows it on the line; None if it opens none."""
    label, colon, rest = line[:80].partition(":")
    if not colon:
        return None
    name = bare(label)
    kind = _SECTION_OF.get(name)
    if kind is None and not rest.strip():
        # A longer heading: "What is out of scope", "Acceptance criteria for the first release".
        kind = next((found for found, part in _SECTIONS if len(part) > 3 and f" {part} " in f" {name} "), None)
    if kind is None or (kind == "steps" and instruction(without_lead_in(line.rstrip(": "))) and not rest.strip()):
        return None
    return kind, line.partition(":")[2].strip()


def is_foreign(text: str) -> bool:
    """Whether a text is in a language or script whose sentences are not read here."""
    letters = [letter for letter in text[:2000] if letter.isalpha()]
    if sum(letter.isascii() for letter in letters) * 2 < len(letters):
        return True
    tokens = text[:2000].lower().split()
    english = sum(token in FILLERS or token in PREPOSITIONS for token in tokens)
    return sum(token in FOREIGN for token in tokens) > english
