import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assignhub.settings")

application = get_wsgi_application()

# What has been loaded by now stays. Looking through it for garbage is a tenth of what a large write costs.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
