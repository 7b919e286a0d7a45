"""The province's pages as a WSGI server finds them: files, with the headers that all pages have. No Django."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from whitenoise import WhiteNoise

from merata.province.pages import FOLDER, style
from merata.web import configure

_LOST = (
    "<!doctype html><html lang=id><meta charset=utf-8><title>404</title><p>Halaman ini tidak ada. "
    '<a href="/">Ke halaman depan</a><p lang=en>There is no such page. <a href="/">To the front page</a>'
)


def _policy() -> str:
    known = base64.b64encode(hashlib.sha256(style(configure.style()).encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{known}'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


_HEADERS = {
    "Content-Security-Policy": _policy(),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-site",
}
if os.environ.get("MERATA_SITE", "").startswith("https://"):
    _HEADERS["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"


def _headed(headers: Headers, path: str, url: str) -> None:
    for name, value in _HEADERS.items():
        headers[name] = value


def _lost(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = _LOST.encode()
    kind = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response("404 Not Found", [*kind, *_HEADERS.items()])
    return [body]


def application_of(folder: Path) -> WhiteNoise:
    """The application over a province's folder; pages that are made anew are served from then on."""
    return WhiteNoise(
        _lost, root=str(folder / FOLDER), autorefresh=True, index_file=True, max_age=60, allow_all_origins=False,
        add_headers_function=_headed,
        mimetypes={".csv": "text/csv"},
    )  # fmt: skip


application = application_of(Path(os.environ.get("MERATA_PROVINCE", ".")))
