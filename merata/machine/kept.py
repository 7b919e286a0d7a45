"""How old the newest backup is, by the folder that backups are put into."""

from __future__ import annotations

import time
from pathlib import Path


def newest_backup_age_s(folder: str) -> float | None:
    """Since the newest file in a folder was written, s; None: no folder is named, or there is no file in it.

    Raises
    ------
    OSError
        The folder can't be read.
    """
    if not folder:
        return None
    # A file in the making has a dot before its name, or ends in .part.
    times = [
        path.stat().st_mtime
        for path in Path(folder).iterdir()
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".part"
    ]
    return max(0.0, time.time() - max(times)) if times else None
