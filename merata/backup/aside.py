"""A folder beside what is to appear, in which it is made; gone afterwards, with what was cut off there before."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from merata.errors import BusyError
from merata.region.locked import taken


@contextmanager
def aside(target: Path, doing: str) -> Iterator[Path]:
    """The folder `.NAME.DOING` beside `target`, its owner's only, held alone while the block lasts.

    Raises
    ------
    BusyError
        Another process makes the same thing.
    """
    target = Path(os.path.abspath(target))
    place = target.with_name(f".{target.name}.{doing}")
    place.mkdir(mode=0o700, exist_ok=True)
    with (place / "lock").open("a") as held:
        if not taken(held, fcntl.LOCK_EX):
            raise BusyError(
                f"{target}: another command is at work there. Wait for it, or choose another name."
            )
        _clear(place)
        try:
            yield place
        finally:
            _clear(place)
            (place / "lock").unlink(missing_ok=True)
            place.rmdir()


def _clear(place: Path) -> None:
    for left in place.iterdir():
        if left.is_dir():
            shutil.rmtree(left)
        elif left.name != "lock":
            left.unlink()
