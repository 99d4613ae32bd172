"""Sharing founders out among admins: as many as can be, and evenly. Nothing here knows the database.

Every admin takes founders of some industries, or of any, up to a capacity. Founders whom the same admins would take
are alike, so they are counted rather than named while the shares are worked out.

Founders are placed one after the other, the oldest first. For each, the admins who could take it are those who would
take its kind, and further those to whom they could pass on a founder of another kind, and so on: an alternating path.
Of all of them with a free place, the one whose share of capacity would be the smallest gets one more. That is the
augmenting path of a maximum matching, so no other way places more founders, and a founder who finds no path never
will; and since each step takes the smallest next share, no founder could be moved, along any path, from a fuller
admin to an emptier one (Harvey, Ladner, Lovász and Tamir, “Semi-matchings for bipartite graphs”, 2006).
"""

from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Applicant:
    """A founder who needs an admin; no industry (an empty one) suits everybody."""

    key: Hashable
    industry: str


@dataclass(frozen=True)
class Taker:
    """An admin: the industries they take (none: any), how many founders at most, and how many they have already."""

    key: Hashable
    industries: frozenset[str]
    capacity: int
    load: int

    def takes(self, industry: str) -> bool:
        """Whether founders of this industry, written as `fold` writes it, are for this admin."""
        return not self.industries or not industry or industry in self.industries


def fold(industry: str) -> str:
    """An industry as it is compared: without regard to case and surrounding space."""
    return industry.strip().casefold()


@dataclass
class Shares:
    """How many founders of each kind each admin takes. A kind is the set of admins who would take it."""

    takers: Sequence[Taker]
    loads: list[int] = field(init=False)
    # taker → kind → how many of that kind they take
    taken: list[Counter[frozenset[int]]] = field(init=False)

    def __post_init__(self) -> None:
        self.loads = [taker.load for taker in self.takers]
        self.taken = [Counter() for _ in self.takers]

    def place(self, kind: frozenset[int]) -> bool:
        """Find room for one more founder of a kind; False when there is none, however others are passed on."""
        came_from = self._reachable(kind)
        free = [taker for taker in came_from if self.loads[taker] < self.takers[taker].capacity]
        if not free:
            return False
        taker = min(free, key=self._next_share)
        self.loads[taker] += 1
        while step := came_from[taker]:
            giver, passed = step
            self.taken[taker][passed] += 1
            self.taken[giver][passed] -= 1
            taker = giver
        self.taken[taker][kind] += 1
        return True

    def _reachable(self, kind: frozenset[int]) -> dict[int, tuple[int, frozenset[int]] | None]:
        """Who could come to have one more: {taker: from whom they would be passed one, and of which kind}."""
        came_from: dict[int, tuple[int, frozenset[int]] | None] = dict.fromkeys(sorted(kind))
        waiting = deque(came_from)
        seen = {kind}
        while waiting:
            giver = waiting.popleft()
            for passed, count in self.taken[giver].items():
                if count and passed not in seen:
                    seen.add(passed)
                    for taker in sorted(passed - came_from.keys()):
                        came_from[taker] = (giver, passed)
                        waiting.append(taker)
        return came_from

    def _next_share(self, taker: int) -> tuple[float, int, int]:
        """The share of their capacity an admin would have with one more; then their load, then their place in line."""
        return (self.loads[taker] + 1) / self.takers[taker].capacity, self.loads[taker], taker


def share(applicants: Iterable[Applicant], takers: Sequence[Taker]) -> Iterator[tuple[Applicant, Taker | None]]:
    """Each applicant with the admin who takes them, or None; the earlier ones go first where places are short."""
    kinds: dict[str, frozenset[int]] = {}
    shares = Shares(takers)
    waiting = list(applicants)
    placed = []
    for applicant in waiting:
        if applicant.industry not in kinds:
            fitting = (place for place, taker in enumerate(takers) if taker.takes(applicant.industry))
            kinds[applicant.industry] = frozenset(fitting)
        placed.append(shares.place(kinds[applicant.industry]))
    # Only counts are settled so far: name the founders of each kind in turn.
    places: dict[frozenset[int], deque[int]] = defaultdict(deque)
    for taker, taken in enumerate(shares.taken):
        for kind, count in taken.items():
            places[kind].extend([taker] * count)
    for applicant, has_place in zip(waiting, placed, strict=True):
        yield applicant, takers[places[kinds[applicant.industry]].popleft()] if has_place else None
