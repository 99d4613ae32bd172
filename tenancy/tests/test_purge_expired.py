"""`manage.py purge_expired`: what has served its time goes, by hand or every day."""

import io
import time
from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from assignhub.models import AuditEntry, RateCounter
from tenancy import tasks
from tenancy.models import SignIn
from tenancy.tests.doors import log_in, me, tokens_of

NOTHING = [
    "sign-ins: 0 deleted",
    "sessions: 0 deleted",
    "rate counters: 0 deleted",
    "failed sign-in attempts: 0 deleted",
    "task results: 0 deleted",
    "AI usage: 0 deleted",
]
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock(db):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def purge_expired(**options) -> list[str]:
    said = io.StringIO()
    call_command("purge_expired", stdout=said, **options)
    return said.getvalue().splitlines()


def run_worker() -> None:
    """The worker that `manage.py db_worker` runs, without the command's hold on the signals of this process."""
    Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="worker",
        excluded_queue_names=[],
    ).run()


def finished_task(age: timedelta, status: str = "SUCCESSFUL", queue: str = "default") -> DBTaskResult:
    row = tasks.purge_every_day.enqueue().db_result
    DBTaskResult.objects.filter(pk=row.pk).update(status=status, queue_name=queue, finished_at=timezone.now() - age)
    return row


def test_purge_with_nothing_to_do(db):
    assert purge_expired() == NOTHING


def test_purge_sign_ins_a_month_after_they_expired(owner, clock):
    tokens_of(owner)
    old = SignIn.objects.get()
    clock.shift(14 * DAY + 30 * DAY)
    kept = tokens_of(owner)
    at_the_limit = purge_expired()
    clock.shift(SECOND)

    said = purge_expired()

    assert at_the_limit == NOTHING
    assert said == ["sign-ins: 1 deleted", *NOTHING[1:]]
    assert SignIn.objects.exclude(pk=old.pk).count() == 1
    assert not SignIn.objects.filter(pk=old.pk).exists()
    assert me(kept["access"]).status_code == 200


def test_purge_keeps_ended_sign_ins_until_then(owner, clock):
    tokens_of(owner)
    SignIn.objects.update(ended_at=timezone.now())
    clock.shift(40 * DAY)

    assert purge_expired() == NOTHING
    assert SignIn.objects.count() == 1


def test_purge_of_a_sign_in_is_in_the_trail_without_its_address(owner, clock):
    log_in(owner.email, address="203.0.113.9")
    old = SignIn.objects.get()
    clock.shift(45 * DAY)

    purge_expired()

    entry = AuditEntry.objects.order_by("id").last()
    assert (entry.by_id, entry.by_label, entry.action) == (None, "operator", "tenancy.signin.delete")
    assert (entry.object_id, entry.object_label, entry.changes) == (str(old.pk), str(old), {})


def test_purge_expired_sessions(clock, staff_client, owner):
    past = staff_client(owner)
    clock.shift(13 * DAY)
    running = staff_client(owner)
    clock.shift(DAY + SECOND)

    said = purge_expired()

    assert said == [NOTHING[0], "sessions: 1 deleted", *NOTHING[2:]]
    assert [session.session_key for session in Session.objects.all()] == [running.session.session_key]
    assert past.get("/admin/").status_code == 302
    assert running.get("/admin/").status_code == 200


def test_purge_ended_rate_counters(clock, db):
    RateCounter.objects.create(key="api:past", count=3, ends_at=time.time() - 1)
    RateCounter.objects.create(key="api:running", count=3, ends_at=time.time() + 1)

    said = purge_expired()

    assert said == [*NOTHING[:2], "rate counters: 1 deleted", *NOTHING[3:]]
    assert RateCounter.objects.get().key == "api:running"


def test_purge_failed_attempts_after_the_lock(clock, owner):
    for _ in range(5):
        log_in(owner.email, "guess", address="203.0.113.9")
    clock.shift(timedelta(minutes=29))
    log_in(owner.email, "guess", address="203.0.113.10")
    still_locked = purge_expired(), log_in(owner.email, address="203.0.113.9")
    clock.shift(timedelta(minutes=1, seconds=1))

    said = purge_expired()

    assert still_locked[0] == NOTHING
    assert still_locked[1].status_code == 429
    assert said == [*NOTHING[:3], "failed sign-in attempts: 1 deleted", *NOTHING[4:]]
    assert AccessAttempt.objects.get().ip_address == "203.0.113.10"


def test_purge_task_results_after_a_month(clock, db):
    old = [finished_task(31 * DAY), finished_task(30 * DAY, "FAILED"), finished_task(31 * DAY, queue="mail")]
    young = [finished_task(29 * DAY), finished_task(29 * DAY, "FAILED")]
    waiting = tasks.purge_every_day.enqueue().db_result

    said = purge_expired()

    assert said == [*NOTHING[:4], "task results: 3 deleted", *NOTHING[5:]]
    assert len(old) == 3
    assert set(DBTaskResult.objects.values_list("pk", flat=True)) == {row.pk for row in [*young, waiting]}


def test_purge_every_day_is_left_to_the_worker(clock, owner):
    tokens_of(owner)
    clock.shift(45 * DAY)

    said = purge_expired(every_day=True)

    assert said == ["The worker purges now, and then every day."]
    assert SignIn.objects.count() == 1
    waiting = DBTaskResult.objects.get()
    assert (waiting.task_path, waiting.status) == ("tenancy.tasks.purge_every_day", "READY")
    assert waiting.run_after == timezone.now()


def test_worker_purges_and_comes_back_a_day_later(transactional_db, clock, owner):
    tokens_of(owner)
    clock.shift(45 * DAY)
    purge_expired(every_day=True)
    began = timezone.now()

    run_worker()
    clock.shift(DAY - SECOND)
    run_worker()
    early = DBTaskResult.objects.finished().count()
    clock.shift(2 * SECOND)
    run_worker()

    done = DBTaskResult.objects.finished().order_by("finished_at")
    assert SignIn.objects.count() == 0
    assert early == 1
    assert [row.status for row in done] == ["SUCCESSFUL", "SUCCESSFUL"]
    assert [row.return_value["sign-ins"] for row in done] == [1, 0]
    assert DBTaskResult.objects.get(status="READY").run_after == began + 2 * DAY + SECOND


def test_purge_every_day_twice_adds_none(clock, db):
    purge_expired(every_day=True)

    said = purge_expired(every_day=True)

    assert said == ["A purge is waiting already."]
    assert DBTaskResult.objects.count() == 1


def test_worker_restarted_keeps_to_one_purge_a_day(transactional_db, clock):
    purge_expired(every_day=True)
    run_worker()

    said = purge_expired(every_day=True)
    run_worker()

    assert said == ["A purge is waiting already."]
    assert DBTaskResult.objects.filter(status="READY").count() == 1
    assert DBTaskResult.objects.finished().count() == 1


def test_two_series_become_one(transactional_db, clock):
    for _ in range(2):
        tasks.purge_every_day.enqueue()

    run_worker()

    assert DBTaskResult.objects.finished().count() == 2
    assert DBTaskResult.objects.get(status="READY").run_after == timezone.now() + DAY


def test_purge_that_fails_comes_back_all_the_same(transactional_db, clock, settings):
    purge_expired(every_day=True)
    settings.AXES_COOLOFF_TIME = None

    run_worker()

    assert DBTaskResult.objects.failed().count() == 1
    assert DBTaskResult.objects.get(status="READY").run_after == timezone.now() + DAY
