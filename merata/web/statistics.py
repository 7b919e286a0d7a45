"""The published statistics as the site reads them from the region's folder: once whenever they change."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from merata.publish import series
from merata.publish.areas import Area
from merata.publish.indicators import INDICATORS, TOTAL, Indicator
from merata.publish.series import FOLDER, Point, Published

#: The files that everybody may fetch; what else lies in the folder is not among them.
FILES = (
    "series.csv", "observations.csv", "indicators.csv", "areas.csv", "statistics.xlsx", "series.parquet",
    "statistics.gpkg", "datapackage.json", "series.sdmx.csv", "structure.sdmx.json",
)  # fmt: skip


@dataclass(frozen=True)
class Day:
    """What was published on a day."""

    on: str
    new: int
    revised: int
    why: tuple[str, ...]
    """Why numbers were revised, each once."""


@dataclass(frozen=True)
class Read:
    """All that is published."""

    areas: dict[str, Area]
    points: dict[str, list[Point]]
    """By indicator, in order of series and period."""
    updated: str
    days: tuple[Day, ...] = ()
    """Publications by day, the newest first."""

    @property
    def region(self) -> Area:
        """The whole region."""
        return next(area for area in self.areas.values() if area.kind == "region")

    def of(self, indicator: str, area: str, **classes: str) -> list[Point]:
        """A series: its periods in order."""
        wanted = {"level": TOTAL, "sector": TOTAL, "technology": TOTAL, "sex": TOTAL, **classes}
        return [
            point
            for point in self.points.get(indicator, ())
            if point.row.area == area
            and all(getattr(point.row, name) == word for name, word in wanted.items())
        ]

    def newest(self, indicator: Indicator, area: str, **classes: str) -> Point | None:
        """The newest period of a series; of what is told by technology, of the one that there is."""
        found = self.of(indicator.code, area, **{**indicator.headline, **classes})
        return found[-1] if found else None


def folder() -> Path:
    """Where the statistics lie."""
    return Path(settings.REGION) / FOLDER


def stamp() -> str:
    """What changes whenever anything new is published."""
    try:
        told = (folder() / series.FILE).stat()
    except FileNotFoundError:
        return ""
    return f"{told.st_mtime_ns:x}-{told.st_size:x}"


def read() -> Read | None:
    """What is published; None where nothing is."""
    mark = stamp()
    return _read(settings.REGION, mark) if mark and (folder() / "areas.csv").exists() else None


@lru_cache(maxsize=2)
def _read(region: Path, mark: str) -> Read:
    with (Path(region) / FOLDER / "areas.csv").open(encoding="utf-8", newline="") as file:
        areas = {row["code"]: Area(**row) for row in csv.DictReader(file)}
    rows = series.read(Path(region))
    points: dict[str, list[Point]] = defaultdict(list)
    for found in series.series(rows).values():
        for point in found:
            points[point.row.indicator].append(point)
    return Read(areas, dict(points), max(row.published for row in rows), tuple(_days(rows)))


def _days(rows: list[Published]) -> Iterator[Day]:
    by: dict[str, list[Published]] = defaultdict(list)
    for row in rows:
        by[row.published].append(row)
    for day in sorted(by, reverse=True):
        revised = [row.why for row in by[day] if row.why != series.FIRST]
        yield Day(day, len(by[day]) - len(revised), len(revised), tuple(dict.fromkeys(revised)))


def publications(points: list[Point]) -> list[Published]:
    """Every publication of some numbers, the newest first."""
    rows = [row for point in points for row in (*point.before, point.row)]
    return sorted(rows, key=lambda row: (row.published, row.period), reverse=True)


def known(code: str) -> Indicator | None:
    """An indicator that is open to the public."""
    found = INDICATORS.get(code)
    return found if found and found.public else None
