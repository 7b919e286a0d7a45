"""Takes what each region's site publishes to everybody, checks it, and keeps the last that was good."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from merata.errors import FileError, MerataError
from merata.exchange.source import Address, Folder, Source
from merata.exchange.written import alone
from merata.province.settings import OneRegion

#: What is taken of a region's open data: table -> column -> how it is read. Nothing else is looked at.
OPENED: dict[str, dict[str, str]] = {
    "desa": {
        "code": "code", "name": "text", "people": "count", "people_known_by": "text", "people_below": "count",
        "people_served": "count", "access_now": "text", "promised": "text", "chance_below": "share",
        "chance_pm": "share", "year": "count", "option": "text", "capex_idr": "count",
        "opex_idr_per_year": "count", "lon": "degrees", "lat": "degrees",
    },
    "medan": {"village_code": "code", "relief_m": "count"},
    "penyambungan": {
        "point": "text", "village_code": "code", "option": "text", "contracted_on": "day", "connected_on": "day",
        "known_until": "day",
    },
    "titik": {"code": "text", "village_code": "code", "option": "text"},
    "gangguan": {
        "point": "text", "village_code": "code", "start": "moment", "end": "moment", "ended": "flag", "cause": "text",
        "counts": "text",
    },
    "komitmen": {
        "number": "count", "village_code": "code", "year": "count", "state": "text", "replaced_by": "count",
    },
    "sumber": {"date": "day"},
}  # fmt: skip
#: Without these there is nothing to compare; the others came with later versions of Merata.
NEEDED = ("desa",)
LONGEST_TEXT = 200
KEPT, NOTE = "taken", "taken.json"
_RANGES = {"count": (0.0, np.inf), "share": (0.0, 1.0), "degrees": (-180.0, 180.0)}
_BLANK = {
    "text": "str",
    "code": "str",
    "flag": "bool",
    "day": "datetime64[ns]",
    "moment": "datetime64[ns, UTC]",
}


@dataclass(frozen=True)
class Taken:
    """What a region has published, as it was last taken."""

    region: OneRegion
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """By the names of `OPENED`; empty: nothing was taken ever."""
    on: str = ""
    """ISO day on which it was taken."""
    trouble: str = ""
    """Why the last try failed; what is here is then older."""

    @property
    def dated(self) -> str:
        """ISO day of the newest file that the region's plan rests on; empty: not known."""
        days = self.tables["sumber"]["date"].dropna() if self.tables else pd.Series(dtype="datetime64[ns]")
        return days.max().date().isoformat() if len(days) else ""

    @property
    def made_up(self) -> bool:
        """Whether its people are made up."""
        return bool(self.tables) and bool((self.tables["desa"]["people_known_by"] == "made up").any())


Local = Callable[[Path], Source]
"""Gives the open data of a region's own folder; the site's room does that, in a process of its own."""


def take(province: Path, region: OneRegion, today: str, local: Local) -> Taken:
    """Take a region's open data; where that fails, what was taken before, with what went wrong."""
    place = province / KEPT / region.label
    writing = alone(province / KEPT / ".lock", str(province))
    try:
        files = _fetch(_source(province, region, local))
        tables = read(region, files)
    except MerataError as error:
        with writing:
            return _noted(kept(province, region), place, str(error))
    with writing:
        _keep(place, files, {"on": today, "trouble": ""})
    return Taken(region, tables, today)


def kept(province: Path, region: OneRegion) -> Taken:
    """What was taken of a region before; empty where nothing was, or where it can't be read any more."""
    place = province / KEPT / region.label
    try:
        note = json.loads((place / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Taken(region, trouble="nothing was taken yet")
    files = {name: path.read_bytes() for name in OPENED if (path := place / f"{name}.csv").is_file()}
    trouble, on = str(note.get("trouble", "")), str(note.get("on", ""))
    if not files:
        return Taken(region, on=on, trouble=trouble)
    try:
        return Taken(region, read(region, files), on, trouble)
    except MerataError as error:
        return Taken(region, trouble=str(error))


def read(region: OneRegion, files: Mapping[str, bytes]) -> dict[str, pd.DataFrame]:
    """The tables of a region's files.

    Raises
    ------
    FileError
        A file is not what its name says: which, which row and column, what was expected.
    """
    tables = {name: _table(region, name, columns, files.get(name)) for name, columns in OPENED.items()}
    twice = tables["desa"]["code"].duplicated()
    if twice.any():
        raise FileError(
            f"{region.name}: desa.csv: {tables['desa']['code'][twice].iloc[0]} stands there twice."
        )
    return tables


def blank(name: str) -> pd.DataFrame:
    """A table of `OPENED` without rows."""
    columns = OPENED[name].items()
    return pd.DataFrame({column: pd.Series(dtype=_BLANK.get(kind, "float64")) for column, kind in columns})


def _source(province: Path, region: OneRegion, local: Local) -> Source:
    if region.site:
        return Address(region.site)
    if region.copy_of:
        return Folder(province / region.copy_of)
    return local((province / region.folder).resolve())


def _fetch(source: Source) -> dict[str, bytes]:
    found = {name: source.get(f"data/{name}.csv") for name in OPENED}
    missing = [name for name in NEEDED if found[name] is None]
    if missing:
        raise FileError(
            f"{source}: there is no {missing[0]}.csv. No plan was published there yet, or it is no site of Merata."
        )
    return {name: content for name, content in found.items() if content is not None}


def _keep(place: Path, files: Mapping[str, bytes], note: dict[str, str]) -> None:
    """Put the files in place together: a stop in between leaves the former ones or these."""
    place.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=place.parent, prefix=".part-"))
    try:
        for name, content in files.items():
            (made / f"{name}.csv").write_bytes(content)
        (made / NOTE).write_text(json.dumps(note), encoding="utf-8")
        made.chmod(0o755)
        shutil.rmtree(place, ignore_errors=True)
        made.rename(place)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _noted(before: Taken, place: Path, trouble: str) -> Taken:
    place.mkdir(parents=True, exist_ok=True)
    (place / NOTE).write_text(json.dumps({"on": before.on, "trouble": trouble}), encoding="utf-8")
    return Taken(before.region, before.tables, before.on, trouble)


def _table(region: OneRegion, name: str, columns: Mapping[str, str], content: bytes | None) -> pd.DataFrame:
    if content is None:
        return blank(name)
    where = f"{region.name}: {name}.csv"
    try:
        rows = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8")
    except (ValueError, UnicodeDecodeError) as error:
        raise FileError(f"{where}: no table ({error}).") from None
    lacking = [column for column in columns if column not in rows]
    if lacking:
        raise FileError(f"{where}: has no column {lacking[0]}. Expected the open data of a site of Merata.")
    return pd.DataFrame(
        {column: _column(region, where, rows[column], kind) for column, kind in columns.items()}
    )


def _column(region: OneRegion, where: str, text: pd.Series, kind: str) -> pd.Series:
    if kind == "text":
        return _checked(text, text.str.len() <= LONGEST_TEXT, where, f"at most {LONGEST_TEXT} characters")
    if kind == "flag":
        return _checked(text, text.isin(["True", "False", ""]), where, "True or False") == "True"
    if kind == "code":
        return _checked(
            text, text.str.startswith(f"{region.code}.") | (text == ""), where, f"a code of {region.code}"
        )
    filled = text.str.strip() != ""
    if kind in ("day", "moment"):
        times = pd.to_datetime(text.where(filled), errors="coerce", utc=kind == "moment", format="ISO8601")
        _checked(text, times.notna() | ~filled, where, "a day like 2026-01-31")
        return times.dt.as_unit("ns")
    numbers = pd.Series(pd.to_numeric(text.where(filled), errors="coerce"), dtype=float)
    low, high = _RANGES[kind]
    _checked(
        text,
        numbers.between(low, high) & np.isfinite(numbers) | ~filled,
        where,
        f"a number from {low:g} to {high:g}",
    )
    return numbers


def _checked(text: pd.Series, fine: pd.Series, where: str, expected: str) -> pd.Series:
    if not fine.all():
        row = int(np.flatnonzero(~fine.to_numpy(bool))[0])
        raise FileError(
            f"{where}: row {row + 2}, column {text.name}: '{text.iloc[row][:40]}'; expected {expected}."
        )
    return text
