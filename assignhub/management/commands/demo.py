from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.module_loading import module_has_submodule


class Command(BaseCommand):
    help = "Fill an empty database with demo data from every app that has some; a filled one stays as it is."

    @transaction.atomic
    def handle(self, **options):
        if settings.PRODUCTION:
            raise CommandError("Demo accounts have a password everybody knows: not in production.")
        modules = [
            import_module(f"{app.name}.demo")
            for app in apps.get_app_configs()
            if module_has_submodule(app.module, "demo")
        ]
        notes = [module.fill(self.stdout) for module in modules]
        self.stdout.writelines(filter(None, notes))
