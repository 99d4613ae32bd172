"""Every write of the scheduling domain. Whoever calls says `by` whom."""

from scheduling.services.assigning import (
    Refusal,
    Wish,
    assign,
    assign_many,
    assignments,
    confirm,
    decline,
    reassign,
)
from scheduling.services.feeds import close_feed, open_feed
from scheduling.services.planning import (
    create_shifts,
    follow_time_zone,
    policies,
    require_planner,
    schedules,
    shift_types,
    shifts,
)
from scheduling.services.rostering import clear, fill, place, visible_shift
from scheduling.services.staff import (
    availability_exceptions,
    availability_windows,
    employees,
    qualifications,
    qualifications_named,
)
from scheduling.services.swapping import approve, offer, reject, swaps, take, take_shift, withdraw

__all__ = [
    "Refusal",
    "Wish",
    "approve",
    "assign",
    "assign_many",
    "assignments",
    "availability_exceptions",
    "availability_windows",
    "clear",
    "close_feed",
    "confirm",
    "create_shifts",
    "decline",
    "employees",
    "fill",
    "follow_time_zone",
    "offer",
    "open_feed",
    "place",
    "policies",
    "qualifications",
    "qualifications_named",
    "reassign",
    "reject",
    "require_planner",
    "schedules",
    "shift_types",
    "shifts",
    "swaps",
    "take",
    "take_shift",
    "visible_shift",
    "withdraw",
]
