"""Static files as they are served: what they hold in their names, packed; made anew only where one of them changed."""

from __future__ import annotations

import hashlib
from importlib.metadata import version

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

#: What packages bring along and no page asks for.
UNUSED = [
    "Control.*",
    "draw",
    "*.map",
    "*-src.js",
    "proj4*",
    "leaflet_django.css",
    "leaflet.extras.*",
    "leaflet.forms.js",
]


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # Whitenoise says no types
    """As Whitenoise's, but where a script names the map of its source, that is not looked for: it is not served."""

    patterns = tuple(one for one in CompressedManifestStaticFilesStorage.patterns if one[0] == "*.css")


def collect() -> None:
    """Put all static files where they are served from. Packing takes seconds: not again for the same files."""
    stamp = settings.STATIC_ROOT.with_name("static.made")
    now = _fingerprint()
    if stamp.exists() and stamp.read_text(encoding="ascii") == now:
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED)
    stamp.write_text(now, encoding="ascii")


def _fingerprint() -> str:
    """Of names, sizes and times of all files that are to be collected, and of what packs them."""
    told = hashlib.sha256(version("whitenoise").encode())
    for finder in get_finders():
        for name, storage in finder.list(UNUSED):
            about = storage.path(name)
            told.update(
                f"{about} {storage.size(name)} {storage.get_modified_time(name).timestamp()}\n".encode()
            )
    return told.hexdigest()
