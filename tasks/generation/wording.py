"""How sentences are put: instructions recognised and made, "must" turned into something to check, loose ends cut."""

import re
from collections import defaultdict

from tasks.generation.meaning import stem
from tasks.generation.vocabulary import (
    ALSO_NOUNS,
    COUNTED,
    DETERMINERS,
    FILLERS,
    FINITE,
    FIRST_NOUNS,
    LEAD_INS,
    MODALS,
    NAMES,
    NOT_PLURAL,
    PLURALS,
    PREPOSITIONS,
    VERBS,
    WORKERS,
    listed,
)

LONGEST = 180  # characters: an item is read at a glance; the contract's bound is 500
STAGE_OF_VERB = {verb: stage for stage, verbs in VERBS.items() for verb in listed(verbs)}
# By their first word; of those that fit, the longest is meant.
_LEAD_INS: dict[str, list[str]] = defaultdict(list)
for _lead_in in sorted(LEAD_INS, key=len, reverse=True):
    _LEAD_INS[_lead_in.partition(" ")[0]].append(_lead_in)
_COUNTED = {stem(word) for word in COUNTED}
_LOOSE = " \t,;:.!?…-–—/\\|=+&~^_"


def third_person(verb: str) -> str:
    """ "returns" for "return"."""
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "x", "z", "ch", "sh", "o")) else "s")


def _gerund(verb: str) -> str:
    if verb.endswith("e") and not verb.endswith("ee"):
        return verb[:-1] + "ing"
    return verb + "ing"


_INFLECTED = {third_person(verb): verb for verb in STAGE_OF_VERB}
_INFLECTED |= {_gerund(verb): verb for verb in STAGE_OF_VERB}
_INFLECTED |= {"setting": "set", "planning": "plan", "running": "run", "getting": "get", "cutting": "cut",
               "putting": "put", "splitting": "split", "debugging": "debug", "dropping": "drop", "logging": "log",
               "stopping": "stop", "shipping": "ship", "mapping": "map", "swapping": "swap",
               "digging": "dig"}  # fmt: skip
# Things, not doings, at the start of a title: "Testing environment", "Building permit", "Reports page".
_THINGS = {"building", "training", "meeting", "setting", "billing", "logging", "pricing", "processing", "shipping",
           "mapping", "listing", "reading", "loading", "testing", "planning", "monitoring", "caching", "hosting",
           "landing", "routing", "onboarding", "opening", "closing", "working", "sorting", "rendering", "polling",
           "marking", "reporting", "scheduling", "accounting", "booking", "hiring", "printing", "painting",
           "lighting"}  # fmt: skip


def bare(word: str) -> str:
    """A word in lower case without what stands around it."""
    return word.strip("\"'“”‘’„«»()[]{}.,;:!?…").lower()


def instruction(text: str) -> tuple[str, str] | None:
    """The text as an instruction and its verb, if it is one: "Adding a button" is ("Add a button", "add")."""
    tokens = text.split()
    if len(tokens) < 2 or tokens[0].endswith((":", ".")):
        return None
    first, rest = bare(tokens[0]), tokens[1:]
    verb = first if first in STAGE_OF_VERB else None
    if verb is None:
        verb = _INFLECTED.get(first)
        if verb is None or (verb in ALSO_NOUNS and first == third_person(verb)):
            return None
        if first in _THINGS and bare(rest[0]) not in DETERMINERS:
            return None
    if verb in FIRST_NOUNS and bare(rest[0]) not in DETERMINERS:
        return None
    if verb in ALSO_NOUNS and any(bare(word) in FINITE for word in rest[:6]) and bare(rest[0]) not in DETERMINERS:
        return None
    if bare(rest[0]) in FINITE:
        return None
    comma = "," if tokens[0].endswith(",") else ""
    return " ".join([verb + comma, *rest]), verb


def modal(text: str) -> tuple[str, str, str] | None:
    """Subject, modal verb and what is asked of the subject, of "Replies must be short"; None if nothing is."""
    tokens = text.split()
    if len(tokens) > 2 and tokens[0].lower() in ("must", "should", "shall"):
        return "it", tokens[0].lower(), " ".join(tokens[1:])
    for index in range(1, min(len(tokens) - 1, 14)):
        for size in (1, 2):
            found = " ".join(bare(token) for token in tokens[index : index + size])
            if found in MODALS and index + size < len(tokens):
                return " ".join(tokens[:index]), found, " ".join(tokens[index + size :])
    return None


def by_a_worker(subject: str) -> bool:
    """Whether a subject is whoever works on the card, rather than a thing."""
    return bare(subject) in WORKERS


def criterion(subject: str, asked: str) -> str:
    """ "Make sure replies are short" from "replies" and "be short"."""
    many = plural(subject)
    asked = asked if many else _second_verb_finite(asked)
    verb, _, rest = asked.partition(" ")
    verb, negated = verb.lower(), False
    if verb in ("not", "never") and rest:
        negated = True
        never = verb == "never"
        verb, _, rest = rest.partition(" ")
        verb = verb.lower()
    else:
        never = False
    if f"{verb} {rest}".startswith("be able to "):
        said = f"{'cannot' if negated else 'can'} {rest.removeprefix('able to ')}"
        return f"Make sure {lowered(subject)} {said}"
    if verb in ("only", "always", "also"):
        adverb = verb
        verb, _, rest = rest.partition(" ")
        return f"Make sure {lowered(subject)} {_placed(adverb, _finite(verb, many, subject))} {rest}".rstrip()
    if not negated:
        return f"Make sure {lowered(subject)} {_finite(verb, many, subject)} {rest}".rstrip()
    if verb == "be":
        said = f"{_finite(verb, many, subject)} {'never' if never else 'not'}"
    elif never:
        said = f"never {_finite(verb, many, subject)}"
    else:
        said = f"{'do' if many else 'does'} not {verb}"
    return f"Make sure {lowered(subject)} {said} {rest}".rstrip()


def _second_verb_finite(asked: str) -> str:
    """ "group options and works on phones": a singular subject inflects the verb after "and", too."""
    tokens = asked.split()
    for index in range(2, len(tokens) - 1):
        verb, following = tokens[index], bare(tokens[index + 1])
        sure = verb not in ALSO_NOUNS or following in DETERMINERS or following in PREPOSITIONS
        if tokens[index - 1] == "and" and verb in STAGE_OF_VERB and sure and tokens[0] not in ("be", "not", "never"):
            tokens[index] = third_person(verb)
    return " ".join(tokens)


def _placed(adverb: str, verb: str) -> str:
    return f"{verb} {adverb}" if verb in ("is", "are", "am") else f"{adverb} {verb}"


def _finite(verb: str, many: bool, subject: str) -> str:
    if verb == "be":
        return "am" if bare(subject) == "i" else "are" if many else "is"
    if verb == "have":
        return "have" if many else "has"
    return verb if many else third_person(verb)


def plural(subject: str) -> bool:
    """Whether a verb after this subject stands in the plural; judged by its head, the word before "of", "in" …"""
    tokens = [bare(token) for token in subject.split()]
    if "and" in tokens:
        return True
    if tokens and tokens[0] in ("each", "every", "a", "an", "this", "it", "one"):
        return False
    head = ""
    for token in tokens:
        if token in PREPOSITIONS and head:
            break
        head = token
    return head in PLURALS or (
        head.endswith("s") and head not in NOT_PLURAL and not head.endswith(("ss", "us", "is")) and len(head) > 2
    )


def is_clause(text: str) -> bool:
    """Whether a text says how something is ("login works with e-mail"), rather than names a thing."""
    tokens = [bare(token) for token in text.split()][:14]
    return any(
        token in FINITE or (token in _INFLECTED and token == third_person(_INFLECTED[token]) and _may_be_finite(token))
        for token in tokens[1:]
    )


def _may_be_finite(token: str) -> bool:
    return _INFLECTED[token] not in ALSO_NOUNS


def without_lead_in(text: str) -> str:
    """The text from where it comes to the point: "Please also add a button" is "add a button"."""
    for _ in range(5):
        folded = text[:60].lower().replace("’", "'")
        first, *_ = re.split(r"[ ,:]", folded, maxsplit=1)
        for lead_in in _LEAD_INS.get(first, ()):
            rest = text[len(lead_in) :]
            if folded.startswith(lead_in) and rest[:1] in (" ", ",", ":") and rest.strip(_LOOSE):
                text = rest.lstrip(_LOOSE)
                break
        else:
            break
    return text


def shortened(text: str, longest: int = LONGEST) -> str:
    """At most so many characters, cut between words and without a loose end."""
    if len(text) <= longest:
        return text
    cut = text[: longest + 1]
    clause = max(cut.rfind(mark) for mark in (", ", "; ", " – ", " - ", " ("))
    end = clause if clause > longest * 0.6 else cut.rfind(" ")
    tokens = cut[: end if end > 0 else longest].split()
    while len(tokens) > 2 and (bare(tokens[-1]) in FILLERS or bare(tokens[-1]) in PREPOSITIONS):
        tokens.pop()
    return " ".join(tokens)


def finished(text: str) -> str:
    """An item as it is shown: one line, a capital first, no punctuation left over at either end."""
    text = shortened(" ".join(text.split()))
    text = text.strip(_LOOSE + "*>#<`@$").rstrip("([{\"'“‘„«")
    for opening, closing in ("()", "[]", "{}", "“”", "«»", '""', "''"):
        if text.startswith(opening) and text.endswith(closing) and text.count(closing) == (1 + (opening == closing)):
            text = text[1:-1]
        if opening != closing and text.count(opening) != text.count(closing):
            text = text.replace(opening, "").replace(closing, "")
    if text.count('"') % 2:
        text = text.replace('"', "")
    text = " ".join(text.split()).strip(_LOOSE)
    first = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if first.islower() else text


def lowered(text: str) -> str:
    """The text inside a sentence: its first word loses a capital that only stood there because it was first."""
    first = text.split(" ", 1)[0]
    inner = first[1:]
    if first == "A":
        return "a" + text[1:]
    if bare(first) == "i" or bare(first) in NAMES or not inner or not inner.islower():
        return text
    return text[:1].lower() + text[1:]


def with_article(thing: str) -> str:
    """ "the login page" for "login page"; "user authentication" as it is."""
    tokens = [bare(token) for token in thing.split()]
    if not tokens or tokens[0] in DETERMINERS:
        return thing
    head = tokens[0]
    for word in tokens[1:]:
        if word in PREPOSITIONS or word == "and":
            break
        head = word
    return f"the {thing}" if stem(head) in _COUNTED and not plural(head) else thing
