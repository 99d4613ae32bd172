from django.core.management.base import BaseCommand

from tenancy import tasks


class Command(BaseCommand):
    help = (
        f"Delete sign-ins and task results that are {tasks.DAYS_KEPT} days past their end, and expired sessions, "
        "rate counters and failed sign-in attempts, and old records of AI usage."
    )

    def add_arguments(self, parser):
        parser.add_argument("--every-day", action="store_true", help="Have the worker do it, now and then every day.")

    def handle(self, **options):
        if options["every_day"]:
            new = tasks.enqueue_purge()
            self.stdout.write("The worker purges now, and then every day." if new else "A purge is waiting already.")
            return
        for kind, count in tasks.purge().items():
            self.stdout.write(f"{kind}: {count} deleted")
