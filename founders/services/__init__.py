"""Every write of the founders domain. Whoever calls says `by` whom."""

from founders.services.assigning import ANY, LOST_UPDATE, assignments, pair_of, remove, replace
from founders.services.leaving import hand_over
from founders.services.records import capacities, founders, notes, set_capacity
from founders.services.sharing import Proposal, balance
from founders.services.tenures import follow_ranks

__all__ = [
    "ANY",
    "LOST_UPDATE",
    "Proposal",
    "assignments",
    "balance",
    "capacities",
    "follow_ranks",
    "founders",
    "hand_over",
    "notes",
    "pair_of",
    "remove",
    "replace",
    "set_capacity",
]
