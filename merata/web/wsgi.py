"""The site as a WSGI server finds it: merata.web.wsgi:application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "merata.web.settings")
application = get_wsgi_application()
