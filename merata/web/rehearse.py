"""`python -m merata.web.rehearse`: brings the tables up to the installed version, and makes a page by it, or fails."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

HEALTH, FRONT = "/sehat/", "/"


def rehearse() -> bool:
    """Prepare the site whose folder the environment names, and ask it how it is. Whether it would serve."""
    from merata.web.start import SETTINGS, prepare

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    from merata.web.wsgi import application

    prepare()
    return ask(application, HEALTH).startswith("200")


def ask(application: Application, path: str) -> str:
    """The status of an answer to a request of this machine's own."""
    from django.conf import settings

    asked: dict[str, Any] = {"PATH_INFO": path, "REMOTE_ADDR": "127.0.0.1", "wsgi.input": io.BytesIO()}
    asked["HTTP_HOST"] = settings.ALLOWED_HOSTS[0]
    setup_testing_defaults(asked)
    told: list[str] = []

    def begin(status: str, headers: object, trouble: object = None) -> Callable[[bytes], object]:
        told.append(status)
        return lambda part: None

    b"".join(application(asked, begin))
    return told[0]


def warm(application: Application, folder: str) -> None:
    """Make the first page, which takes a process longest, before anybody waits for it; then say that it is ready."""
    if ask(application, HEALTH).startswith("200"):
        ask(application, FRONT)
    ready(folder, os.getpid()).touch()


def ready(folder: str, process: int) -> Path:
    """The file by which a process says that it is ready."""
    return Path(folder) / f"ready-{process}"


if __name__ == "__main__":
    sys.exit(not rehearse())
