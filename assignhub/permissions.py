"""The one table of grants: who may do what, and how far it reaches.

`RULES` has a row per action and a column per rank. API, admin, imports and autocomplete all read it: reads start
from `queryset.within(user, action)`, writes end with `require(by, action, rows)`. A model says *where* a reach lies
by its `reach` attribute, e.g. `{Reach.OWN: "employee__user", Reach.ORG: "schedule__tenant"}`; one that belongs to
projects says by `in_projects_of` which of its rows belong to those of a person.
"""

import enum
import functools
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from rest_framework import permissions

log = structlog.get_logger(__name__)


class Rank(enum.IntEnum):
    """How much a person may do. All but the last are types of a tenant's roles; the last is the platform's."""

    VIEWER = 0
    MEMBER = 1
    ADMIN = 2
    OWNER = 3
    SUPER_ADMIN = 4

    @classmethod
    def of(cls, name: str) -> "Rank":
        return cls[name.upper()]

    @property
    def label(self) -> str:
        return self.name.lower()


TENANT_RANKS = [(rank.label, rank.label.capitalize()) for rank in Rank if rank < Rank.SUPER_ADMIN]


class Reach(enum.IntEnum):
    """How far a grant goes: nowhere, one's own rows, one's projects, one's organisation, everywhere."""

    NO = 0
    OWN = 1
    PROJECT = 2
    ORG = 3
    ALL = 4


NO, OWN, PROJECT, ORG, ALL = Reach

EVERYBODY_READS = (ORG, ORG, ORG, ORG, ALL)
ADMINS = (NO, NO, ORG, ORG, ALL)
OWNERS = (NO, NO, NO, ORG, ALL)
ONESELF = (OWN, OWN, OWN, OWN, OWN)
PLATFORM = (NO, NO, NO, NO, ALL)
ASSIGNED_ADMINS = (NO, NO, OWN, OWN, ALL)
# Seed 004: admins rule their projects, members what they have made or work on.
LEADERS = (NO, NO, PROJECT, ORG, ALL)
WORKERS = (NO, OWN, PROJECT, ORG, ALL)
TAKERS = (OWN, OWN, PROJECT, ORG, ALL)
ADMINS_READ_PLATFORM = (NO, NO, ALL, ALL, ALL)

# action                                viewer, member, admin, owner, super_admin
RULES: dict[str, tuple[Reach, Reach, Reach, Reach, Reach]] = {
    "assignhub.auditentry.view": ADMINS,
    "tenancy.user.view": EVERYBODY_READS,
    "tenancy.user.add": ADMINS,
    "tenancy.user.change": (OWN, OWN, ORG, ORG, ALL),
    "tenancy.user.delete": ADMINS,
    "tenancy.tenant.view": EVERYBODY_READS,
    "tenancy.tenant.add": PLATFORM,
    "tenancy.tenant.change": ADMINS,
    "tenancy.tenant.delete": PLATFORM,
    "tenancy.tenant.require_second_factor": OWNERS,
    "tenancy.role.view": EVERYBODY_READS,
    "tenancy.role.add": ADMINS,
    "tenancy.role.change": ADMINS,
    "tenancy.role.delete": ADMINS,
    "tenancy.assignment.view": EVERYBODY_READS,
    "tenancy.assignment.add": ADMINS,
    "tenancy.assignment.change": ADMINS,
    "tenancy.assignment.remove": ADMINS,
    "tenancy.assignment.delete": ADMINS,
    "tenancy.membership.view": EVERYBODY_READS,
    "tenancy.membership.add": ADMINS,
    "tenancy.membership.change": ADMINS,
    "tenancy.membership.delete": ADMINS,
    "tenancy.signin.view": (OWN, OWN, OWN, OWN, ALL),
    "tenancy.signin.change": (OWN, OWN, OWN, OWN, ALL),
    "tenancy.secondfactor.add": ONESELF,
    "tenancy.secondfactor.change": ONESELF,
    "tenancy.secondfactor.delete": ONESELF,
    "tenancy.secondfactor.reset": PLATFORM,
    "scheduling.qualification.view": EVERYBODY_READS,
    "scheduling.qualification.add": ADMINS,
    "scheduling.qualification.change": ADMINS,
    "scheduling.qualification.delete": ADMINS,
    "scheduling.employee.view": EVERYBODY_READS,
    "scheduling.employee.add": ADMINS,
    "scheduling.employee.change": ADMINS,
    "scheduling.employee.delete": ADMINS,
    "scheduling.employee.open_calendar": ONESELF,
    "scheduling.employee.close_calendar": (OWN, OWN, ORG, ORG, ALL),
    "scheduling.availabilitywindow.view": EVERYBODY_READS,
    "scheduling.availabilitywindow.add": ADMINS,
    "scheduling.availabilitywindow.change": ADMINS,
    "scheduling.availabilitywindow.delete": ADMINS,
    "scheduling.availabilityexception.view": EVERYBODY_READS,
    "scheduling.availabilityexception.add": ADMINS,
    "scheduling.availabilityexception.change": ADMINS,
    "scheduling.availabilityexception.delete": ADMINS,
    "scheduling.shifttype.view": EVERYBODY_READS,
    "scheduling.shifttype.add": ADMINS,
    "scheduling.shifttype.change": ADMINS,
    "scheduling.shifttype.delete": ADMINS,
    "scheduling.schedule.view": EVERYBODY_READS,
    "scheduling.schedule.add": ADMINS,
    "scheduling.schedule.change": ADMINS,
    "scheduling.schedule.delete": ADMINS,
    "scheduling.schedule.validate": ADMINS,
    "scheduling.schedule.submit": ADMINS,
    "scheduling.schedule.approve": OWNERS,
    "scheduling.schedule.reject": OWNERS,
    "scheduling.schedule.publish": ADMINS,
    "scheduling.schedule.archive": ADMINS,
    "scheduling.shift.view": EVERYBODY_READS,
    "scheduling.shift.add": ADMINS,
    "scheduling.shift.change": ADMINS,
    "scheduling.shift.delete": ADMINS,
    "scheduling.shift.open": EVERYBODY_READS,
    "scheduling.shift.take": EVERYBODY_READS,
    "scheduling.shift.candidates": ADMINS,
    "scheduling.assignment.view": EVERYBODY_READS,
    "scheduling.assignment.add": ADMINS,
    "scheduling.assignment.change": ADMINS,
    "scheduling.assignment.delete": ADMINS,
    "scheduling.assignment.confirm": ONESELF,
    "scheduling.assignment.decline": ONESELF,
    "scheduling.assignment.offer": ONESELF,
    "scheduling.swap.view": EVERYBODY_READS,
    "scheduling.swap.take": EVERYBODY_READS,
    "scheduling.swap.approve": ADMINS,
    "scheduling.swap.reject": ADMINS,
    "scheduling.swap.withdraw": (OWN, OWN, ORG, ORG, ALL),
    "scheduling.policy.view": EVERYBODY_READS,
    "scheduling.policy.add": ADMINS,
    "scheduling.policy.change": ADMINS,
    "scheduling.policy.delete": ADMINS,
    "founders.founder.view": ASSIGNED_ADMINS,
    "founders.founder.add": PLATFORM,
    "founders.founder.change": ASSIGNED_ADMINS,
    "founders.founder.delete": PLATFORM,
    "founders.note.view": ASSIGNED_ADMINS,
    "founders.note.add": ASSIGNED_ADMINS,
    "founders.note.change": ASSIGNED_ADMINS,
    "founders.note.delete": ASSIGNED_ADMINS,
    "founders.assignment.view": PLATFORM,
    "founders.assignment.founders": ASSIGNED_ADMINS,
    "founders.assignment.add": PLATFORM,
    "founders.assignment.change": PLATFORM,
    "founders.assignment.delete": PLATFORM,
    "founders.assignment.history": PLATFORM,
    "founders.assignment.balance": PLATFORM,
    "founders.assignment.hand_over": PLATFORM,
    "founders.capacity.view": PLATFORM,
    "founders.capacity.add": PLATFORM,
    "founders.capacity.change": PLATFORM,
    "founders.capacity.delete": PLATFORM,
    "tasks.project.view": EVERYBODY_READS,
    "tasks.project.add": ADMINS,
    "tasks.project.change": LEADERS,
    "tasks.project.delete": LEADERS,
    "tasks.board.view": EVERYBODY_READS,
    "tasks.board.add": LEADERS,
    "tasks.board.change": LEADERS,
    "tasks.board.delete": LEADERS,
    "tasks.column.view": EVERYBODY_READS,
    "tasks.column.add": LEADERS,
    "tasks.column.change": LEADERS,
    "tasks.column.delete": LEADERS,
    "tasks.label.view": EVERYBODY_READS,
    "tasks.label.add": LEADERS,
    "tasks.label.change": LEADERS,
    "tasks.label.delete": LEADERS,
    "tasks.card.view": EVERYBODY_READS,
    "tasks.card.add": (NO, PROJECT, PROJECT, ORG, ALL),
    "tasks.card.create_in_column": (NO, PROJECT, PROJECT, ORG, ALL),
    "tasks.card.change": WORKERS,
    "tasks.card.delete": LEADERS,
    "tasks.card.move": WORKERS,
    "tasks.card.copy": (NO, PROJECT, PROJECT, ORG, ALL),
    "tasks.card.finish": WORKERS,
    "tasks.card.reopen": WORKERS,
    "tasks.card.generate": WORKERS,
    "tasks.card.assign": TAKERS,
    "tasks.card.unassign": TAKERS,
    "tasks.card.assignable_members": EVERYBODY_READS,
    "tasks.card.assignable_members_of_card": EVERYBODY_READS,
    "tasks.card.validate": EVERYBODY_READS,
    "tasks.card.role": EVERYBODY_READS,
    "tasks.assignee.view": EVERYBODY_READS,
    "tasks.assignee.add": TAKERS,
    "tasks.assignee.change": TAKERS,
    "tasks.assignee.delete": TAKERS,
    "tasks.checklistitem.view": EVERYBODY_READS,
    "tasks.checklistitem.add": WORKERS,
    "tasks.checklistitem.change": WORKERS,
    "tasks.checklistitem.delete": WORKERS,
    "tasks.checklistitem.become_card": WORKERS,
    "tasks.checklistitem.come_back": LEADERS,
    "tasks.checklistitem.progress": EVERYBODY_READS,
    "tasks.checklistitem.suggestions": EVERYBODY_READS,
    "ai_features.provider.view": ADMINS_READ_PLATFORM,
    "ai_features.provider.add": PLATFORM,
    "ai_features.provider.change": PLATFORM,
    "ai_features.provider.delete": PLATFORM,
    "ai_features.provider.test": PLATFORM,
    "ai_features.model.view": ADMINS_READ_PLATFORM,
    "ai_features.model.add": PLATFORM,
    "ai_features.model.change": PLATFORM,
    "ai_features.model.delete": PLATFORM,
    "ai_features.featureassignment.view": ADMINS_READ_PLATFORM,
    "ai_features.featureassignment.resolve": ADMINS_READ_PLATFORM,
    "ai_features.featureassignment.add": PLATFORM,
    "ai_features.featureassignment.change": PLATFORM,
    "ai_features.featureassignment.delete": PLATFORM,
    "ai_features.usage.view": ADMINS_READ_PLATFORM,
}


class Operator:
    """Whoever sits at the machine: acts for commands that run before, or beside, any account."""

    pk = id = None
    email = "operator"
    is_active = is_superuser = is_authenticated = True
    roles: dict[Any, Rank] = {}

    def __str__(self) -> str:
        return "operator"


OPERATOR = Operator()


def reach(user, action: str, tenant_id=None) -> Reach:
    """How far `user` may do `action`: in the given tenant, or, without one, at best anywhere.

    Raises `KeyError` for an action without a row: an unknown action is an error, never a grant.
    """
    grants = RULES[action]
    if not user.is_active:
        return NO
    if user.is_superuser:
        return grants[Rank.SUPER_ADMIN]
    if tenant_id is not None:
        return grants[user.roles[tenant_id]] if tenant_id in user.roles else NO
    return max((grants[rank] for rank in user.roles.values()), default=NO)


def within(queryset: models.QuerySet, user, action: str) -> models.QuerySet:
    """The rows of `queryset` that `user` may do `action` on."""
    if reach(user, action) == ALL:
        return queryset
    paths = queryset.model.reach
    tenants = defaultdict(list)
    for tenant_id in user.roles:
        tenants[reach(user, action, tenant_id)].append(tenant_id)
    if user.is_superuser:
        tenants[reach(user, action)].append(None)
    condition = Q(pk__in=[])
    by_own_rows = bool(tenants[OWN] or (tenants[PROJECT] and OWN in RULES[action]))
    if tenants[ORG]:
        condition |= Q(**{f"{paths[ORG]}__in": tenants[ORG]})
        if action.endswith(".view"):
            condition |= queryset.model.shared
    if tenants[PROJECT]:
        inside = queryset.model.in_projects_of(user)
        if by_own_rows:
            # A higher rank may do what a lower one may: where that goes by one's own rows, its own rows as well.
            inside |= queryset.model.own(user, tenants[PROJECT])
        condition |= inside & Q(**{f"{paths[ORG]}__in": tenants[PROJECT]})
    if tenants[OWN]:
        condition |= queryset.model.own(user, tenants[OWN])
    model: type[models.Model] = queryset.model
    asked = paths_of(model, *(paths if by_own_rows else (ORG,)))
    if any(crosses_many(model, path) for path in asked):
        return queryset.filter(pk__in=queryset.model._base_manager.filter(condition).values("pk"))
    return queryset.filter(condition)


@functools.cache
def paths_of(model: Any, *reaches: Reach) -> tuple[str, ...]:
    """The look-up paths a model says these reaches lie at."""
    found: list[str] = []
    for step in reaches:
        paths = model.reach.get(step, ())
        found.extend((paths,) if isinstance(paths, str) else paths)
    return tuple(found)


@functools.cache
def crosses_many(model: type[models.Model], path: str) -> bool:
    """Whether a look-up path leads through a to-many relation: a join would repeat rows, and no single row is meant."""
    step: Any = model
    for part in path.split("__"):
        if part == "pk":
            break
        field = step._meta.get_field(part)
        if field.one_to_many or field.many_to_many:
            return True
        step = field.related_model
    return False


def allows(user, action: str, row) -> bool:
    """Whether `user` may do `action` on one stored row; without a query where the row says which tenant it is of."""
    granted = reach(user, action)
    if granted in (NO, ALL):
        return granted == ALL
    tenant_id = row.get_tenant_id()
    if tenant_id is not None and reach(user, action, tenant_id) in (NO, ORG):
        return reach(user, action, tenant_id) == ORG
    return within(type(row)._base_manager.filter(pk=row.pk), user, action).exists()


def require(by, action: str, rows: Sequence[models.Model]) -> None:
    """Raise `PermissionDenied` unless every one of `rows`, as stored, lies within the reach of `by` for `action`.

    One query, however many rows; none for those who reach everything.
    """
    granted = reach(by, action)
    if granted == ALL or not rows:
        return
    model, keys = type(rows[0]), {row.pk for row in rows}
    if granted == NO or within(model._base_manager.filter(pk__in=keys), by, action).count() != len(keys):
        log.warning("denied", action=action, by=str(by.pk), rows=sorted(map(str, keys))[:20])
        raise PermissionDenied(f"You may not {action.rsplit('.', 1)[1]} this {model._meta.verbose_name}.")


def require_in(by, action: str, tenant_id) -> None:
    """Raise `PermissionDenied` when the rank of `by` in the tenant rules `action` out, before any row is written."""
    if reach(by, action, tenant_id) == NO:
        log.warning("denied", action=action, by=str(by.pk), tenant=str(tenant_id))
        raise PermissionDenied(f"Your role does not allow you to {action.rsplit('.', 1)[1]} this here.")


class RolePermission(permissions.BasePermission):
    """Let a request pass when the caller may do the view's action anywhere; rows are judged one by one later."""

    def has_permission(self, request, view) -> bool:
        if not (request.user and request.user.is_authenticated):
            return False
        # A method without an action is for the view to answer: 405.
        routed = view.action in view.action_map.values()
        return not routed or reach(request.user, view.permission) != NO
