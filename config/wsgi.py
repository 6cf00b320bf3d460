"""The pages, as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["MANDAT_REACH"] = "of-the-request"  # before the settings: no firm's rows until the gate says whose
application = get_wsgi_application()
