"""The base of every admin page: reads start within reach, writes go to the service, refusals become form errors.

`HubAdmin` is a page over a `RecordService`, `HubInline` rows that belong to the row being edited. What a subclass gets
without asking: lists that never count a whole table, export of what the list shows, the audit trail as a timeline.
What it may declare: actions that ask first (`confirmed_action`), a sheet to import (`sheet`), links to rows that
belong here (`related_lists`).
"""

from assignhub.admin.actions import ActionForm, ReachableChoice, confirmed_action
from assignhub.admin.base import HubAdmin
from assignhub.admin.exporting import Exporting
from assignhub.admin.forms import HubInline
from assignhub.admin.lists import (
    AnswerFilter,
    BoundedPaginator,
    DeclaredLookups,
    PresenceFilter,
    TimeRangeFilter,
    ValuesFilter,
    YesNoFilter,
)
from assignhub.admin.reach import ReachableFilter, WithinReach
from assignhub.admin.trail import AuditEntryAdmin

__all__ = [
    "ActionForm",
    "AnswerFilter",
    "AuditEntryAdmin",
    "BoundedPaginator",
    "DeclaredLookups",
    "Exporting",
    "HubAdmin",
    "HubInline",
    "PresenceFilter",
    "ReachableChoice",
    "ReachableFilter",
    "TimeRangeFilter",
    "ValuesFilter",
    "WithinReach",
    "YesNoFilter",
    "confirmed_action",
]
