"""What views hand over to be dressed in their dialect."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """A refused or failed request: HTTP status, a sentence for the reader, a code and the ids it concerns."""

    status: int
    message: str
    code: str = ""
    about: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Some rows of a list: how many were skipped, how many were asked for, how many there are in all."""

    rows: list[Any]
    skip: int
    take: int
    total: int


@dataclass(frozen=True)
class Reply:
    """What was done, in a sentence, with or without data; for dialects that say so in their bodies.

    `warnings`: what was done all the same but should be known, for dialects that have a place for it.
    """

    data: Any
    message: str
    warnings: list[str] = field(default_factory=list)
