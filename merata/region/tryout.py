"""A copy of a region folder to try things out on: files are shared, so it costs no time and no room."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from merata.region.change import PRIVATE

#: What of a region trying data out needs no copy of.
_ASIDE = ("runs", "photographs", "measurements", PRIVATE, "web.sqlite3*")


def copy(region: Path, place: Path) -> Path:
    """Copy a region's folder into `place`; files are shared, since the engine replaces files and writes in none."""
    cache = region / PRIVATE / "cache"
    shutil.copytree(region, place / "region", ignore=shutil.ignore_patterns(*_ASIDE), copy_function=_share)
    if cache.is_dir():
        shutil.copytree(
            cache,
            place / "region" / PRIVATE / "cache",
            ignore=shutil.ignore_patterns("radio", "*.part"),
            copy_function=_share,
        )
    return place / "region"


def _share(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:  # a disk without links
        shutil.copy2(source, target)
    return target
