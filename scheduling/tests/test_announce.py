"""Publishing tells the employees by e-mail: queued with the commit, sent by the worker."""

from datetime import time, timedelta

import pytest
from django.core import mail
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from scheduling.models import Assignment
from scheduling.tests.factories import MONDAY, AssignmentFactory, EmployeeFactory, ScheduleFactory, ShiftFactory

# The worker opens and closes connections of its own accord, and mails go out on a real commit.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def approved(tenant):
    return ScheduleFactory(tenant=tenant, title="Week 45", status="approved")


@pytest.fixture
def publish(api, admin):
    """Publish a schedule; return the response."""
    return lambda schedule: api(admin).post(f"/api/schedules/{schedule.pk}/publish")


def work() -> list[tuple]:
    """Let a worker do everything that is queued; return how each task ended, and with what."""
    worker = Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="worker-of-a-test",
        excluded_queue_names=[],
    )
    worker.run()
    return list(DBTaskResult.objects.values_list("task_path", "status", "return_value"))


def sent() -> list[tuple]:
    return [(message.to, message.subject, message.body, message.from_email) for message in mail.outbox]


def test_publish_tells_each_employee_their_own_shifts(publish, settings, tenant, approved):
    anna, ben = (EmployeeFactory(tenant=tenant, first_name=name) for name in ("Anna", "Ben"))
    night = ShiftFactory(schedule=approved, start_time=time(22), end_time=time(6), required_staff=2)
    day = ShiftFactory(schedule=approved, date=MONDAY + timedelta(days=2), start_time=time(8), end_time=time(16))
    AssignmentFactory(employee=anna, shift=day)
    AssignmentFactory(employee=anna, shift=night, status="pending")
    AssignmentFactory(employee=ben, shift=night, status="confirmed")

    response = publish(approved)

    assert response.status_code == 200
    assert mail.outbox == [], "the request does not wait for the post office"
    assert work() == [("scheduling.tasks.announce", "SUCCESSFUL", 2)]
    subject, sender = "St. Anna Hospital: Week 45 is published", settings.DEFAULT_FROM_EMAIL
    nights = f"Mon 02 Nov 2026  22:00 - 06:00  {night.shift_type}\n"
    days = f"Wed 04 Nov 2026  08:00 - 16:00  {day.shift_type}\n"
    assert sorted(sent()) == sorted(
        [
            ([anna.email], subject, f"Hello Anna,\n\nyour shifts in Week 45:\n\n{nights}{days}", sender),
            ([ben.email], subject, f"Hello Ben,\n\nyour shifts in Week 45:\n\n{nights}", sender),
        ]
    )


@pytest.mark.parametrize("status", ["declined", "cancelled"])
def test_publish_does_not_tell_those_whose_place_is_free_again(publish, tenant, approved, status):
    AssignmentFactory(
        employee=EmployeeFactory(tenant=tenant),
        shift=ShiftFactory(schedule=approved, required_staff=0),
        status=status,
    )

    publish(approved)

    assert work() == [("scheduling.tasks.announce", "SUCCESSFUL", 0)]
    assert sent() == []


def test_publish_tells_nobody_of_other_schedules(publish, tenant, approved):
    other = ShiftFactory(schedule=ScheduleFactory(tenant=tenant, status="published"))
    AssignmentFactory(employee=EmployeeFactory(tenant=tenant), shift=other)

    publish(approved)

    assert work() == [("scheduling.tasks.announce", "SUCCESSFUL", 0)]
    assert sent() == []


def test_publish_that_is_refused_queues_nothing(publish, approved):
    ShiftFactory(schedule=approved)

    response = publish(approved)

    assert response.status_code == 409
    assert not DBTaskResult.objects.exists()


@pytest.mark.parametrize("step", ["submit", "approve", "reject", "archive"])
def test_other_steps_queue_nothing(api, owner, tenant, step):
    status = {"submit": "draft", "approve": "pending_approval", "reject": "approved", "archive": "published"}[step]
    schedule = ScheduleFactory(tenant=tenant, status=status)

    response = api(owner).post(f"/api/schedules/{schedule.pk}/{step}")

    assert response.status_code == 200
    assert not DBTaskResult.objects.exists()


def test_announcement_overtaken_by_archiving_tells_nobody(publish, api, admin, tenant, approved):
    AssignmentFactory(employee=EmployeeFactory(tenant=tenant), shift=ShiftFactory(schedule=approved))
    publish(approved)
    api(admin).post(f"/api/schedules/{approved.pk}/archive")

    assert work() == [("scheduling.tasks.announce", "SUCCESSFUL", 0)]
    assert sent() == []


def test_announcement_says_what_is_true_when_it_is_sent(publish, tenant, approved):
    assignment = AssignmentFactory(employee=EmployeeFactory(tenant=tenant), shift=ShiftFactory(schedule=approved))
    publish(approved)
    Assignment.objects.filter(pk=assignment.pk).update(status="declined")

    assert work() == [("scheduling.tasks.announce", "SUCCESSFUL", 0)]
    assert sent() == []


def test_announcement_of_a_title_in_two_lines(publish, tenant, approved):
    """No header of a mail has two lines; whoever wrote the title must not keep everybody from hearing of it."""
    approved.title = "Week 45\nBcc: everybody@ward.example"
    approved.save()
    nurse = EmployeeFactory(tenant=tenant)
    AssignmentFactory(employee=nurse, shift=ShiftFactory(schedule=approved))

    publish(approved)

    assert work() == [("scheduling.tasks.announce", "SUCCESSFUL", 1)]
    (message,) = mail.outbox
    assert message.subject == "St. Anna Hospital: Week 45 Bcc: everybody@ward.example is published"
    assert message.recipients() == [nurse.email]
