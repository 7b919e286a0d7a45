"""A folder that is only half there, and the mark that says so: no command works in one."""

from __future__ import annotations

from pathlib import Path

from merata.errors import MissingError

#: Lies in a folder while a backup is restored into it; goes when all is there.
MARK = "RESTORING.txt"
TEXT = """\
A backup is being restored here, or its restoring was cut off: what is in this folder is not whole.
Do not serve it and do not copy from it. When no `merata restore` is at work, begin again with the same command.
"""


def refuse_half(folder: Path) -> None:
    """Raise MissingError where a folder was only half restored."""
    if (folder / MARK).exists():
        raise MissingError(
            f"{folder}: was only half restored from a backup, and is not used. Begin again: merata restore FILE "
            "FOLDER, into a folder that is empty or not there."
        )
