"""The WSGI entry point of the web servers."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")

application = get_wsgi_application()

# All code is loaded now, before the first visitor, and stays: no collection of garbage needs to look through it again.
get_resolver().url_patterns  # noqa: B018  # imports the views
gc.freeze()
