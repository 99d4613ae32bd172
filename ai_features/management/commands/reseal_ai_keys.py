from django.core.management.base import BaseCommand, CommandError

from ai_features import services
from assignhub.permissions import OPERATOR


class Command(BaseCommand):
    help = "Seal the keys of all AI providers anew, with the first of ENCRYPTION_KEYS; then older ones can be dropped."

    def handle(self, **options):
        count, lost = services.reseal_keys(by=OPERATOR)
        self.stdout.write(f"{count} {'key' if count == 1 else 'keys'} sealed anew.")
        if lost:
            names = ", ".join(map(str, lost))
            raise CommandError(f"None of ENCRYPTION_KEYS opens the key of: {names}. It has to be given again.")
