"""The files of a region's model contests, as everybody may read them: what is asked, and the board."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from merata.errors import MissingError

# The site's pages import this: no tables here.

FOLDER = "contests"
#: What everybody may have of a contest, as far as it is there; all else in its folder is the region's own.
OPEN_FILES = ("contest.json", "train.csv", "ask.csv", "board.json", "answers.csv")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass
class Standing:
    """What is told of a team: its best that counted, of how many that it sent in."""

    team: str
    score: float
    sent: int
    counted_on: str
    """Day on which the one that counts was sent in."""
    more: dict[str, float] = field(default_factory=dict)
    """Calibration, and for `level` the logarithmic score, of the one that counts."""


def names(folder: Path) -> list[str]:
    """The contests of a region."""
    return sorted(path.parent.name for path in (folder / FOLDER).glob("*/contest.json"))


def about(folder: Path, name: str) -> dict[str, Any]:
    """What contest.json says; raises MissingError where there is no such contest."""
    path = folder / FOLDER / name / "contest.json"
    if not NAME.fullmatch(name) or not path.is_file():
        raise MissingError(
            f"{name}: there is no such contest. There are: {', '.join(names(folder)) or 'none'}."
        )
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def board(folder: Path, name: str) -> list[Standing]:
    """All teams, the best first; Merata's own model is one of them."""
    rows = json.loads((folder / FOLDER / name / "board.json").read_text(encoding="utf-8"))
    return [Standing(**row) for row in rows]


def place_of(folder: Path, name: str) -> Path:
    """The folder of a contest; raises MissingError where there is no such contest."""
    about(folder, name)
    return folder / FOLDER / name


def open_files(folder: Path, name: str) -> list[str]:
    """The names of its open files; none where there is no such contest."""
    if not NAME.fullmatch(name):
        return []
    return [file for file in OPEN_FILES if (folder / FOLDER / name / file).is_file()]
