"""`python -m merata.web.rehearse`: brings the tables up to the installed version, and makes a page by it, or fails."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from wsgiref.util import setup_testing_defaults


def rehearse() -> bool:
    """Prepare the site whose folder the environment names, and ask it how it is. Whether it would serve."""
    from merata.web.start import SETTINGS, prepare

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    from merata.web.wsgi import application

    prepare()
    asked: dict[str, object] = {
        "PATH_INFO": "/sehat/",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(),
    }
    setup_testing_defaults(asked)
    from django.conf import settings

    asked["HTTP_HOST"] = settings.ALLOWED_HOSTS[0]
    told: list[str] = []

    def begin(status: str, headers: object, trouble: object = None) -> Callable[[bytes], object]:
        told.append(status)
        return lambda part: None

    b"".join(application(asked, begin))
    return told[0].startswith("200")


if __name__ == "__main__":
    sys.exit(not rehearse())
