"""What holds goes into the region: a file for each day and table in its sources, which the next run uses."""

from __future__ import annotations

import csv
import io
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from merata.region.formula import safe_text
from merata.web.challenges.facts import FACTS, HOLDS
from merata.web.changes import note
from merata.web.models import Challenge, Job
from merata.web.page import changed
from merata.web.tasks import Tell

if TYPE_CHECKING:
    import pandas as pd

    from merata.region.folder import Region

    _Tables = Callable[[], dict[str, pd.DataFrame]]

GIVEN_BY = "koreksi"
_MARK = "koreksi-"
#: Column of the table that tells where a row comes from -> its header in the file.
_SAYS_WHY = {"reports": "who", "prices": "basis", "gone": "dasar tidak ada"}
#: Header -> column of the region's table that fills it in where the challenge does not say it, as a row replaces whole.
_IN_TABLES = tuple(name for name, fact in FACTS.items() if fact.table)
_FILLED = {"people": {"households": "households"}, "electricity": {"hours per day": "hours_per_day"}}


def correct(job: Job, tell: Tell) -> dict[str, Any]:
    """Bring the region's files of challenges up to date: those that hold are in it, those taken back are not."""
    from merata.region.folder import Region

    tell("reading", _MARK, 0, 0)
    region = Region(Path(settings.REGION))
    before = {row.file for row in region.sources() if row.file.startswith(_MARK)}
    holding = list(Challenge.objects.filter(state__in=HOLDS, joins=None, fact__in=_IN_TABLES).order_by("pk"))
    wanted = files(holding, cache(region.tables))
    done = _exchange(region, before, wanted)
    _say_where(holding, {name for name, _ in wanted})
    if done:
        note("data", str(job.pk), {"files": sorted(before)}, {"files": sorted(name for name, _ in wanted)}, job.by,
             why=GIVEN_BY, way="file")  # fmt: skip
    return {"files": sorted(name for name, _ in wanted), "challenges": len(holding), "changed": done}


def files(rows: Iterable[Challenge], tables: _Tables) -> dict[tuple[str, str], str]:
    """(name, table) -> CSV text: one for each day on which something was settled, and each table that it changes.

    `tables` gives the region's tables: what a challenge leaves open stays as it is there.
    """
    grouped: dict[tuple[str, str], list[Challenge]] = defaultdict(list)
    for row in rows:
        day = row.settled_on.isoformat() if row.settled_on else ""
        grouped[f"{_MARK}{day}-{FACTS[row.fact].table}.csv", FACTS[row.fact].table].append(row)
    return {key: _text(key[1], mine, tables) for key, mine in sorted(grouped.items())}


def _text(table: str, rows: Iterable[Challenge], tables: _Tables) -> str:
    made = [_filled(table, _cells(table, row), row, tables) for row in rows]
    headers = list(dict.fromkeys(name for row in made for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, headers, restval="", lineterminator="\n")
    writer.writeheader()
    for row in made:
        writer.writerow(
            {name: safe_text(cell) if isinstance(cell, str) else cell for name, cell in row.items()}
        )
    return out.getvalue()


def _cells(table: str, row: Challenge) -> dict[str, Any]:
    cells = FACTS[row.fact].row(row.claim)
    if row.fact != "price":
        cells = {"village code": row.village_code, **cells}
    if table in _SAYS_WHY:
        cells[_SAYS_WHY[table]] = f"{GIVEN_BY} {row.reference}"
    return cells


def _filled(table: str, cells: dict[str, Any], row: Challenge, tables: _Tables) -> dict[str, Any]:
    """What the challenge leaves open as the region has it."""
    for header, column in _FILLED.get(table, {}).items():
        if cells.get(header, "") == "":
            had = tables()[table]
            found = had.loc[had["village_code"] == row.village_code, column].dropna()
            cells[header] = found.iloc[0] if len(found) else ""
    return cells


def _exchange(region: Region, before: set[str], wanted: Mapping[tuple[str, str], str]) -> bool:
    """Put the files that differ into the region, day by day, and take those away that are wanted no more."""
    names = {name for name, _ in wanted}
    days: dict[str, dict[str, str]] = defaultdict(dict)
    for (name, table), text in wanted.items():
        place = region.path / "sources" / name
        if name not in before or place.read_text(encoding="utf-8") != text:
            days[name.removeprefix(_MARK)[:10]][name] = table
    gone = before - names
    with tempfile.TemporaryDirectory() as folder:
        for day, some in sorted(days.items()):
            given = {}
            for name, table in some.items():
                path = Path(folder) / name
                path.write_text(wanted[name, table], encoding="utf-8")
                given[path] = table
            region.exchange(gone | set(some), given, date=day, given_by=GIVEN_BY)
            gone = set()
    if gone:
        region.exchange(gone, {}, date="", given_by=GIVEN_BY)
    return bool(days or before - names)


def _say_where(holding: Iterable[Challenge], names: set[str]) -> None:
    """Keep with each challenge which file of the region holds it; those taken back are in none."""
    Challenge.objects.exclude(state__in=HOLDS).exclude(source="").update(source="")
    for row in holding:
        day = row.settled_on.isoformat() if row.settled_on else ""
        name = f"{_MARK}{day}-{FACTS[row.fact].table}.csv"
        if name in names and row.source != name:
            Challenge.objects.filter(pk=row.pk).update(source=name)
            row.joined.filter(state__in=HOLDS).update(source=name)
    changed()
