"""Which statement answers a list or a single row: one that is kept for all who ask alike, or one of this request's own.

A kept statement is found by everything that has a part in what it says: view, action, names in the address, filters,
and where the person stands. Nothing they ask for, and nothing about them, is kept.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError, ValidationError
from django.db.models import QuerySet

from assignhub import filtering
from assignhub.reading import SKIP, TAKE, Page
from assignhub.statements import Place, Standing, Statement, Values

if TYPE_CHECKING:
    from assignhub.views import HubViewSet

KEY = "key in address"
# More than all views with all their filters have for a few kinds of people; whatever comes on top starts anew.
MOST = 5000
# What a value raises that is asked to be more than a place.
NO_PLACE = (AttributeError, FieldError, TypeError, ValidationError, ValueError)

_statements: dict[Any, Any] = {}


def page(view: "HubViewSet") -> Sequence[Any]:
    """The shapes of the page a request asks for; the view's paginator is told how many rows there are in all."""
    rows = _Rows(view)
    asked = filtering.asked(view, view.request)
    view.paginator.look_at(view.request)
    values = {SKIP: view.paginator.skip, TAKE: view.paginator.take}

    def of(found: QuerySet, question: filtering.Asked | None) -> QuerySet:
        return found if question is None else question.of(found)

    statement: Page | None = None
    if asked is None:
        statement = rows.kept((), lambda found: view.plan.page(found, prepared=True))
    elif asked.shape is not None:
        statement = rows.kept(
            asked.shape, lambda found: view.plan.page(of(found, asked.placed()), prepared=not asked.spans)
        )
        values |= asked.values
    if statement is None:
        statement = view.plan.page(of(rows.of_request(), asked))
    shapes, view.paginator.total = statement.read({**values, **rows.values})
    return shapes


def one(view: "HubViewSet", column: str, key: Any) -> Sequence[Any]:
    """The shapes of the row with a key in a unique column: one, or none if it is out of sight."""
    rows = _Rows(view)
    statement: Statement | None = rows.kept(
        (column,), lambda found: view.plan.one(found.filter(**{column: Place(KEY)}), prepared=True)
    )
    if statement is None:
        statement = view.plan.one(rows.of_request().filter(**{column: key}))
    return view.plan.shaped(statement.rows({KEY: key, **rows.values}))


class _Rows:
    """The rows of an address that somebody may see, for a kept statement or for this request alone."""

    def __init__(self, view: "HubViewSet"):
        self.view = view
        self.standing = Standing.of(view.request.user) if view.sight_goes_by_rank else None
        self.owners = view.owners_in_sight() if self.standing else {}
        self.values: Values = {}
        if self.standing:
            self.values = {**self.standing.values, **{_in_address(name): key for name, key in self.owners.items()}}

    def kept(self, shape: tuple[Any, ...], write: Callable[[QuerySet], Any]) -> Any:
        """The kept statement of this shape, written first if need be; None if it cannot be kept."""
        if self.standing is None:
            return None
        alike = (type(self.view), self.view.action, tuple(self.owners), self.standing[:2], shape)
        if alike not in _statements:
            if len(_statements) >= MOST:
                _statements.clear()
            _statements[alike] = self._written(write)
        return _statements[alike]

    def _written(self, write: Callable[[QuerySet], Any]) -> Any:
        places = {name: Place(_in_address(name)) for name in self.owners}
        try:
            statement = write(self.view.seen_by(self.standing.reader, places))  # type: ignore[union-attr]
        except NO_PLACE:
            return None
        return statement if statement.lasting else None

    def of_request(self) -> QuerySet:
        if self.standing is None:
            return self.view.get_queryset()
        return self.view.seen_by(self.view.request.user, self.owners)


def _in_address(name: str) -> str:
    return f"{name} in address"
