"""What a text says, whatever its letters: words without inflection, and whether two items mean the same."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from tasks.generation.vocabulary import FILLERS, IRREGULAR, PAIRS, SAME, TURNING

# Every repetition starts with a character that its neighbours cannot match: linear on any text.
WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*[+#]*")


def words(text: str) -> list[str]:
    """The words of a text in lower case, in order; hyphens and slashes separate."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return WORD.findall(folded)


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """A lower-case English word without its inflection: "tests", "tested" and "testing" are "test".

    Only sameness is meant: the result need not be a word. What is not plain English letters stays as it is.
    """
    word = word.removesuffix("'s").removesuffix("s'")
    if word in IRREGULAR:
        base = IRREGULAR[word]
        return base if base == word else stem(base)
    if not (word.isascii() and word.isalpha()) or len(word) < 4:
        return word
    word = _without_ending(word)
    if word.endswith("ion") and word[-4] in "st" and len(word) >= 8:
        word = word[:-3]
    word = word.removesuffix("e")
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    if word.endswith("y"):
        word = word[:-1] + "i"
    return word.replace("iz", "is").replace("our", "or")


def _without_ending(word: str) -> str:
    if word.endswith(("ies", "ied")) and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and any(letter in "aeiouy" for letter in rest):
            return rest
    return word


_SAME = {stem(other.strip()): stem(word) for word, others in SAME.items() for other in others.split(",")}


def concept(word: str) -> str:
    """The stem that stands for a word and all that mean the same."""
    found = stem(word)
    return _SAME.get(found, found)


def terms(text: str) -> list[str]:
    """The words of a text that say something, in order, two-word verbs made one ("set up")."""
    plain = words(text)
    found: list[str] = []
    index = 0
    while index < len(plain):
        pair = PAIRS.get((plain[index], plain[index + 1])) if index + 1 < len(plain) else None
        if pair is not None:
            found.append(pair)
            index += 2
            continue
        word = plain[index]
        if word.endswith("n't") or word == "cannot":
            found.append("not")
        elif word not in FILLERS:
            found.append(word)
        index += 1
    return found


def stems(text: str) -> list[str]:
    """The words of a text that say something, without inflection."""
    return [stem(word) for word in terms(text)]


def concepts(text: str) -> list[str]:
    """The words of a text that say something, without inflection, one for all that mean the same."""
    return [concept(word) for word in terms(text)]


def meaning(text: str) -> frozenset[str]:
    """What two texts have in common when they mean the same: equal for "Write the tests!" and "tests to be written".

    Case, punctuation, small words, inflection, order and some synonyms are dropped. Digits, negation and direction
    ("from A to B") are kept.
    """
    found: set[str] = set()
    turning = ""
    for word in concepts(text):
        if word in TURNING:
            turning = word
        else:
            found.add(f"{turning} {word}".lstrip())
            turning = ""
    if turning:
        found.add(turning)
    # Nothing but small words, or no words at all: then the letters are the meaning.
    return frozenset(found or words(text) or ["".join(unicodedata.normalize("NFKC", text).casefold().split())])


def is_repeat(text: str, others: Iterable[str]) -> bool:
    """Whether an item means the same as one of the others (contract, section 5: no item repeats another)."""
    asked = meaning(text)
    return any(meaning(other) == asked for other in others)
