"""The site as a WSGI server finds it: merata.web.wsgi:application."""

import os

from django.core.wsgi import get_wsgi_application

from merata.web.operate import SHARED
from merata.web.rehearse import warm

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "merata.web.settings")
application = get_wsgi_application()
if SHARED in os.environ:  # under `merata serve`, which lets an old process go when the new one is warm
    warm(application, os.environ[SHARED])
