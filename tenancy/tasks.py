"""Background work: mails about accounts, and the daily deletion of what is kept for a while only."""

import time
from collections.abc import Callable
from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.template.loader import render_to_string
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from assignhub.models import RateCounter
from assignhub.permissions import OPERATOR
from tenancy import services
from tenancy.models import User

DAYS_KEPT = 30
# What other apps have deleted as well: each kind with a function that deletes and returns how many.
PURGES: dict[str, Callable[[], int]] = {}


def purge() -> dict[str, int]:
    """Delete what has served its time; return how many of each kind that were."""
    now = timezone.now()
    long_ago = now - timedelta(days=DAYS_KEPT)
    sign_ins = services.purge_sign_ins(long_ago, by=OPERATOR)
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    counters, _ = RateCounter.objects.filter(ends_at__lt=time.time()).delete()
    attempts, _ = AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME).delete()
    results = DBTaskResult.objects.finished().filter(finished_at__lte=long_ago).count()
    call_command("prune_db_task_results", queue_name="*", min_age_days=DAYS_KEPT, verbosity=0)
    return {
        "sign-ins": sign_ins,
        "sessions": sessions,
        "rate counters": counters,
        "failed sign-in attempts": attempts,
        "task results": results,
    } | {kind: purge_them() for kind, purge_them in PURGES.items()}


@task
def purge_every_day() -> dict[str, int]:
    """Purge, and again a day later."""
    # First, so that a purge that fails does not end the series.
    enqueue_purge(days=1)
    return purge()


def enqueue_purge(*, days: int = 0) -> bool:
    """Have the worker purge in so many days; False, and nothing new, when a purge is waiting already."""
    waiting = DBTaskResult.objects.filter(task_path=purge_every_day.module_path, status=TaskResultStatus.READY)
    if waiting.exists():
        return False
    purge_every_day.using(run_after=timezone.now() + timedelta(days=days)).enqueue()
    return True


@task
def mail_password_reset(email: str) -> bool:
    """Mail the link with which a password can be set anew; False when no active account has this address.

    Looked up here rather than where it was asked for, so that the answer there takes the same time for everybody.
    """
    from tenancy.pages.entrance import reset_link

    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        return False
    context = {"person": user, "link": reset_link(user), "minutes": settings.PASSWORD_RESET_TIMEOUT // 60}
    body = render_to_string("mail/password_reset.txt", context)
    return bool(EmailMessage("Set a new password for AssignHub", body, to=[user.email]).send())
