"""Projects and their teams, boards, columns, labels."""

from collections.abc import Sequence
from typing import Any

from assignhub.errors import Refused
from assignhub.services import RecordService, transactional
from tasks import assignees
from tasks.models import Board, Column, Label, Project
from tasks.services.assigning import leave_team
from tasks.services.places import OrderedService, lock_boards, lock_tenant
from tenancy.models import User


class ProjectService(RecordService[Project]):
    """`team` is a list of users, members of the tenant; an empty one makes the whole tenant the team."""

    @transactional
    def create(self, *, by, team: Sequence[User] = (), **values: Any) -> Project:
        lock_tenant(values["tenant"].pk)
        _require_members(values["tenant"].pk, team)
        return super().create(by=by, team=list(team), has_own_team=bool(team), **values)

    @transactional
    def update(self, row: Project, *, by, **values: Any) -> Project:
        """Whoever leaves the team by it loses their place on the project's open cards."""
        if "team" not in values:
            return super().update(row, by=by, **values)
        lock_tenant(row.tenant_id)
        stored = self.locked(row)
        before = set(stored.team.values_list("pk", flat=True)) if stored.has_own_team else None
        team = list(values["team"])
        after = {user.pk for user in team}
        _require_members(stored.tenant_id, [user for user in team if user.pk not in (before or ())])
        project = super().update(row, by=by, **values, has_own_team=bool(team))
        if after:
            leave_team(project, before, after, by=by)
        return project


def _require_members(tenant_id, people: Sequence[User]) -> None:
    """Raise `Refused` (400), naming all who are not active members of the tenant."""
    members = assignees.members_of(tenant_id, [user.pk for user in people])
    strangers = [user for user in people if user.pk not in members]
    if strangers:
        names = ", ".join(user.email for user in strangers)
        about = {"invalid_users": [str(user.pk) for user in strangers]}
        raise Refused(f"Not members of the organization: {names}", "not_a_member", field="team", about=about)


class ColumnService(OrderedService[Column]):
    parent = "board"

    def hold(self, row: Column) -> None:
        lock_boards([row.board_id])


def labels_named(board: Board, present: Sequence[Label]) -> list[Label]:
    """The labels of a board that are called as these of another are; what it lacks is not made."""
    return list(Label.objects.filter(board=board, name__in=[label.name for label in present]))


projects = ProjectService(Project)
boards = RecordService(Board)
columns = ColumnService(Column)
labels = RecordService(Label)
