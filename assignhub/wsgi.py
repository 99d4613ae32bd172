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
# What a request leaves goes by itself; only what hangs together in a circle waits for this. With the usual threshold, a
# large write would be searched for garbage dozens of times while it grows.
gc.set_threshold(50_000, 10, 10)
