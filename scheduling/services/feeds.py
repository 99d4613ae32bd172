"""The secret addresses of calendars: made, made anew, revoked. Only a digest of the secret is kept."""

import hashlib
import secrets

from assignhub import audit
from assignhub.permissions import require
from assignhub.services import transactional
from scheduling.models import CalendarFeed, Employee
from scheduling.services.staff import employees


def digest(token: str) -> str:
    """What is kept of a secret: enough to know it again, not enough to make it."""
    return hashlib.sha256(token.encode()).hexdigest()


@transactional
def open_feed(row: Employee, *, by) -> str:
    """Give an employee a new secret, which ends the old one, and return it: it is shown this once."""
    employee = employees.locked(row)
    require(by, Employee.permission("open_calendar"), [employee])
    token = secrets.token_urlsafe(32)
    feed, _ = CalendarFeed.objects.update_or_create(
        employee=employee, defaults={"user": by, "token_digest": digest(token)}
    )
    audit.record(by, CalendarFeed.permission("open"), [(feed, {})])
    return token


@transactional
def close_feed(row: Employee, *, by) -> None:
    """Revoke the secret; nothing happens when there is none."""
    employee = employees.locked(row)
    require(by, Employee.permission("close_calendar"), [employee])
    feed = CalendarFeed.objects.filter(employee=employee).first()
    if feed is not None:
        audit.record(by, CalendarFeed.permission("close"), [(feed, {})])
        feed.delete()
