"""Sharing out: a true maximum, checked against a max-flow of our own; no capacity broken; equals within one."""

import random
import time
from collections import Counter, defaultdict, deque

import pytest

from founders.balancing import Applicant, Taker, fold, share

INDUSTRIES = [f"industry {number}" for number in range(25)]


def max_flow(applicants, takers) -> int:
    """Ford and Fulkerson's maximum by breadth-first search, over single founders' industries and single admins."""
    source, sink = "source", "sink"
    room: dict = defaultdict(Counter)
    for industry, count in Counter(applicant.industry for applicant in applicants).items():
        room[source]["i", industry] = count
        for taker in takers:
            if not taker.industries or not industry or industry in taker.industries:
                room["i", industry]["t", taker.key] = count
    for taker in takers:
        room["t", taker.key][sink] = max(taker.capacity - taker.load, 0)
    total = 0
    while True:
        came_from, waiting = {source: None}, deque([source])
        while waiting and sink not in came_from:
            at = waiting.popleft()
            for to, left in room[at].items():
                if left > 0 and to not in came_from:
                    came_from[to] = at
                    waiting.append(to)
        if sink not in came_from:
            return total
        path, at = [], sink
        while came_from[at] is not None:
            path.append((came_from[at], at))
            at = came_from[at]
        amount = min(room[start][end] for start, end in path)
        for start, end in path:
            room[start][end] -= amount
            room[end][start] += amount
        total += amount


def check(applicants, takers) -> Counter:
    """Judge a sharing out; return how many each taker got."""
    result = list(share(applicants, takers))
    assert [applicant for applicant, _ in result] == applicants
    got = Counter(taker.key for _, taker in result if taker)
    assert all(taker.takes(applicant.industry) for applicant, taker in result if taker)
    assert all(taker.load + got[taker.key] <= max(taker.capacity, taker.load) for taker in takers)
    assert sum(got.values()) == max_flow(applicants, takers)
    alike = defaultdict(list)
    for taker in takers:
        alike[taker.industries, taker.capacity, taker.load].append(got[taker.key])
    assert all(max(counts) - min(counts) <= 1 for counts in alike.values())
    return got


def scene(chance: random.Random, founders: int, admins: int, capacity: int):
    takers = [
        Taker(
            number,
            frozenset(chance.sample(INDUSTRIES, chance.randint(0, 4))),
            chance.choice([1, capacity // 2 + 1, capacity]),
            chance.choice([0, 0, 1]),
        )
        for number in range(admins)
    ]
    industries = ["", *INDUSTRIES, "an industry of nobody"]
    weights = [chance.random() ** 3 for _ in industries]
    applicants = [
        Applicant(number, name) for number, name in enumerate(chance.choices(industries, weights, k=founders))
    ]
    return applicants, takers


def test_random_scenes_reach_the_maximum_and_break_nothing():
    chance = random.Random(11)
    for _ in range(200):
        check(*scene(chance, chance.randint(0, 60), chance.randint(0, 8), chance.randint(1, 12)))


def test_small_scenes_are_as_even_as_any_other_maximum():
    """Every way to share out by brute force: none has a smaller sum of squared shares."""
    chance = random.Random(5)
    for _ in range(60):
        takers = [
            Taker(number, frozenset(chance.sample(INDUSTRIES[:3], chance.randint(0, 2))), chance.randint(1, 4), 0)
            for number in range(3)
        ]
        applicants = [Applicant(number, chance.choice(["", *INDUSTRIES[:3]])) for number in range(chance.randint(1, 6))]
        got = check(applicants, takers)
        most, best = max_flow(applicants, takers), None
        ways = {(0,) * len(takers)}
        for applicant in applicants:
            further = set(ways)
            for way in ways:
                for place, taker in enumerate(takers):
                    if taker.takes(applicant.industry) and way[place] < taker.capacity:
                        further.add((*way[:place], way[place] + 1, *way[place + 1 :]))
            ways = further

        def unevenness(way, takers=takers):
            # What one more costs grows with the share of capacity: the sum of those costs is least when even.
            return sum(n * (n + 1) / 2 / taker.capacity for n, taker in zip(way, takers, strict=True))

        best = min(unevenness(way) for way in ways if sum(way) == most)
        assert unevenness([got[taker.key] for taker in takers]) == pytest.approx(best)


def test_5000_founders_and_40_admins_in_seconds():
    chance = random.Random(40)
    applicants, takers = scene(chance, 5_000, 40, 160)

    began = time.process_time()
    list(share(applicants, takers))
    seconds = time.process_time() - began

    got = check(applicants, takers)
    assert sum(got.values()) > 1_000
    assert seconds < 10


def test_founder_is_passed_on_to_make_room():
    """The generalist has the place that only they can fill, and the specialist takes over."""
    applicants = [Applicant("a", "health"), Applicant("b", "energy")]
    takers = [Taker("any", frozenset(), 1, 0), Taker("health", frozenset({"health"}), 1, 0)]

    result = {applicant.key: taker.key for applicant, taker in share(applicants, takers) if taker}

    assert result == {"a": "health", "b": "any"}


def test_earlier_founders_go_first_where_places_are_short():
    applicants = [Applicant(number, "health") for number in range(3)]

    result = [taker and taker.key for _, taker in share(applicants, [Taker("one", frozenset(), 2, 0)])]

    assert result == ["one", "one", None]


def test_present_load_counts_and_may_exceed_the_capacity():
    takers = [Taker("full", frozenset(), 2, 3), Taker("busy", frozenset(), 4, 2), Taker("free", frozenset(), 4, 0)]

    got = check([Applicant(number, "") for number in range(4)], takers)

    assert got == {"busy": 1, "free": 3}


def test_industries_are_compared_without_regard_to_case_and_space():
    assert fold("  HealthTECH ") == fold("healthtech")
