"""Takes away the folders of processes that were killed: each has its process's number in its name."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path


def clear(place: Path, prefix: str) -> None:
    """Take away folders `place`/`prefix`NUMBER… of processes that are no more.

    What the number's process left is kept while another one has that number; what is not ours to take stays.
    """
    for folder in place.glob(f"{prefix}*"):
        number = re.match(r"(\d+)(?:-|$)", folder.name.removeprefix(prefix))
        if number and not _lives(int(number[1])):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # somebody else's
        return True
    return True
