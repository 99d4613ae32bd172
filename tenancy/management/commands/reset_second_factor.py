from django.core.management.base import BaseCommand, CommandError

from assignhub.permissions import OPERATOR
from tenancy import second_factor
from tenancy.models import User


class Command(BaseCommand):
    help = "Take away the second factor of somebody who has lost it; every sign-in of theirs ends."

    def add_arguments(self, parser):
        parser.add_argument("email", metavar="EMAIL", help="whose")

    def handle(self, email: str, **options):
        user = User.objects.filter(email=email).first()
        if user is None:
            raise CommandError(f"Nobody has the e-mail address {email}.")
        if not second_factor.reset(user, by=OPERATOR):
            raise CommandError(f"{user.email} has no second factor.")
        self.stdout.write(f"{user.email} has no second factor any more, and is signed out everywhere.")
