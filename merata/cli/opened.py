"""A region's open data as its own site tells it, in a process of its own, for Django knows one region only."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from merata.errors import FileError

if TYPE_CHECKING:
    from merata.exchange.source import Source


def opened(region: Path, names: Iterable[str], scratch: Path, environment: Mapping[str, str]) -> Source:
    """The open tables of a region's site, as files `data/NAME.csv`; none where nothing was published.

    Parameters
    ----------
    names
        Of the tables.
    scratch
        Folder for the files.
    environment
        The variables that the site runs with.

    Raises
    ------
    FileError
        The site can't be read, with its last words.
    """
    from merata.exchange.source import Folder

    place = Path(tempfile.mkdtemp(dir=scratch))
    command = [sys.executable, "-m", "merata.web.opened", str(region), str(place), *names]
    done = subprocess.run(  # noqa: S603 — our own command
        command, env=dict(environment), capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise FileError(
            f"{region.name}: its site can't be read: {lines[-1][:200] if lines else done.returncode}"
        )
    return Folder(place)
