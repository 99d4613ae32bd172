"""What happens in the background."""

from collections import defaultdict
from smtplib import SMTPException

import structlog
from django.core.mail import EmailMessage, get_connection
from django_tasks import task

from scheduling.models import Assignment, Schedule

log = structlog.get_logger(__name__)


@task()
def announce(schedule_id: int) -> int:
    """Tell everybody on a published schedule, by e-mail, when they work; return how many were told.

    An address that does not take mail is logged, and the others are told all the same.
    """
    schedule = (
        Schedule.objects.select_related("tenant").filter(pk=schedule_id, status=Schedule.Status.PUBLISHED).first()
    )
    if schedule is None:
        return 0
    active = Assignment.objects.filter(schedule=schedule, status__in=Assignment.ACTIVE)
    shifts = defaultdict(list)
    for row in active.select_related("employee", "shift__shift_type").order_by("starts_at"):
        shifts[row.employee].append(f"{row.shift.date:%a %d %b %Y}  {row.shift.hours}  {row.shift.shift_type}")
    # A mail's subject is one line, whatever the title is.
    subject = " ".join(f"{schedule.tenant}: {schedule.title} is published".split())
    messages = [
        EmailMessage(
            subject=subject,
            body=f"Hello {employee.first_name},\n\nyour shifts in {schedule.title}:\n\n" + "\n".join(lines) + "\n",
            to=[employee.email],
        )
        for employee, lines in shifts.items()
    ]
    told = 0
    with get_connection() as connection:
        for message in messages:
            try:
                told += connection.send_messages([message]) or 0
            except (SMTPException, OSError) as error:
                log.warning("mail not sent", schedule=schedule.pk, to=message.to, error=str(error))
    return told
