import getpass

from django.contrib.auth.management.commands import changepassword
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from assignhub.permissions import OPERATOR
from tenancy import services
from tenancy.models import User

ATTEMPTS = 3


class Command(changepassword.Command):
    """Django's command, asking the same, but writing through the service: with audit entry, and sign-ins ended."""

    help = "Give a person a new password; every sign-in of theirs ends."

    def handle(self, **options):
        email = options["username"] or getpass.getuser()
        user = User.objects.filter(email=email).first()
        if user is None:
            raise CommandError(f"user '{email}' does not exist")
        self.stdout.write(f"Changing password for user '{user}'")
        for _ in range(ATTEMPTS):
            password = self._get_pass()  # type: ignore[attr-defined]
            if password != self._get_pass("Password (again): "):  # type: ignore[attr-defined]
                self.stdout.write("Passwords do not match. Please try again.")
                continue
            try:
                services.users.set_password(user, password, by=OPERATOR)
            except ValidationError as error:
                self.stderr.write("\n".join(error.messages))
                continue
            return f"Password changed successfully for user '{user}'"
        raise CommandError(f"Aborting password change for user '{user}' after {ATTEMPTS} attempts")
