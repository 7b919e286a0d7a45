"""What others' monitoring and the centre's checks say of a point, month by month: beside what its probe measured."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

#: As `kind`: the centre's own checks.
CHECKS = "checks"


class Said(NamedTuple):
    """What somebody says of a point and month."""

    month: str
    kind: str
    """provider, own, other (`others_tables.KINDS`) or `CHECKS`."""
    source: str
    """Who says it; of the centre's checks nothing."""
    availability: float | None
    low: float | None
    """Of the centre's checks the interval; others tell none."""
    high: float | None
    known_share: float | None
    verdict: str = ""


def of_point(code: str, most: int) -> list[Said]:
    """All that is said of a point, the newest months first, so many at most."""
    place = Path(settings.REGION) / "measurements" / "scores" / "all"
    others, checked = (
        _by_point(place / f"{name}.csv", _stamp(place / f"{name}.csv")) for name in ("others", "checked")
    )
    found = [*map(_others, others.get(code, ())), *map(_checked, checked.get(code, ()))]
    return sorted(found, key=lambda said: (said.month, said.kind, said.source), reverse=True)[:most]


def _others(row: dict[str, str]) -> Said:
    told, known = _number(row["availability"]), _number(row["known_share"])
    return Said(row["month"], row["kind"], row["source"], told, None, None, known)


def _checked(row: dict[str, str]) -> Said:
    low, high = _number(row["availability_low"]), _number(row["availability_high"])
    told, known = _number(row["availability"]), _number(row["known_share"])
    return Said(row["month"], CHECKS, "", told, low, high, known, row["verdict"])


def _number(text: str) -> float | None:
    return float(text) if text else None


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=4)
def _by_point(path: Path, stamp: int) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    if stamp:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found[row["point"]].append(row)
    return found
