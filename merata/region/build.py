"""From the sources to the tables of a region: a pure function of the files, the answers and the settings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from merata.errors import FileError
from merata.region import cache, gone, store
from merata.region.answers import rows_out
from merata.region.confidence import may_not_hold
from merata.region.coordinates import place_rows
from merata.region.findings import Finding
from merata.region.kinds import RASTERS
from merata.region.names import VillageIndex, match_rows
from merata.region.readers import Border, Reader, reader_of
from merata.region.records import Source, Understood
from merata.region.sources import Received
from merata.region.tables import TABLES, Table

_log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many steps are done, and of how many."""


@dataclass
class Built:
    """What the sources say, all together."""

    tables: dict[str, pd.DataFrame]
    findings: list[Finding]
    refused: dict[str, str]
    """Files that could not be read, and why."""
    readers: dict[str, str] = field(default_factory=dict)
    """Which reader took each file."""


def build(
    folder: Path,
    received: list[Received],
    places: dict[str, Path],
    answers: dict[str, str],
    progress: Progress | None = None,
) -> Built:
    """Read every source and put the region's tables together.

    Parameters
    ----------
    folder
        The region folder, for its memory of files read before.
    received
        The sources, in the order in which they came.
    places
        Where the content of each lies now: in sources/, or staged by an `add` that is under way.
    answers
        What people answered to questions (`region.answers`).
    """
    work = _Work(folder, received, places, progress)
    early = work.read(lambda reader: not reader.needs_border, Border(_no_villages()))
    villages, findings = _villages(early)
    late = work.read(lambda reader: reader.needs_border, Border(villages[["code", "geometry"]]))
    understood = {row.file: (early | late)[row.file] for row in received if row.file in early | late}
    tables, more = _together(understood, received, villages, answers)
    all_findings = [f for u in understood.values() for f in u.findings] + findings + more
    all_findings += [
        Finding("error", file, why, "The file is not used.", "Mend or remove it.")
        for file, why in work.refused.items()
    ]
    return Built(
        tables, all_findings, work.refused, {file: reader.name for file, reader in work.readers.items()}
    )


class _Work:
    """Reads sources one by one, remembering what they say and which could not be read."""

    def __init__(
        self, folder: Path, received: list[Received], places: dict[str, Path], progress: Progress | None
    ) -> None:
        self.folder, self.received, self.places, self.progress = folder, received, places, progress
        self.refused: dict[str, str] = {}
        self.readers: dict[str, Reader] = {}
        self.done = 0
        for row in received:
            with self._refusing(row.file):
                self.readers[row.file] = reader_of(self._source(row))

    def read(self, wanted: Callable[[Reader], bool], border: Border) -> dict[str, Understood]:
        """What the sources say whose reader is wanted."""
        found = {}
        for row in self.received:
            reader = self.readers.get(row.file)
            if reader is None or not wanted(reader):
                continue
            if self.progress:
                self.progress(row.file, self.done, len(self.received))
            with self._refusing(row.file):
                found[row.file] = self._understand(row, reader, border)
            self.done += 1
        return found

    def _understand(self, row: Received, reader: Reader, border: Border) -> Understood:
        found = self._said(row, reader, border)
        tables = [reader.name] if reader.name in RASTERS else found.tables
        if row.confidential and (why := may_not_hold(tables)):
            raise FileError(f"{row.file}: {why}")
        return found

    def _said(self, row: Received, reader: Reader, border: Border) -> Understood:
        if reader.name in RASTERS:
            return reader.read(self._source(row), border)
        where = store.fingerprint(border.villages) if reader.needs_border else ""
        parts = (row.sha256, row.file, row.kind, row.date, row.known_by, reader.name, where)
        return cache.remembered(self.folder, parts, row.file, lambda: reader.read(self._source(row), border))

    def _source(self, row: Received) -> Source:
        return replace(row.source(self.folder), path=self.places[row.file])

    @contextmanager
    def _refusing(self, file: str) -> Iterator[None]:
        """A file that can't be read is refused with its reason; the others go on."""
        try:
            yield
        except FileError as error:
            self.refused[file] = str(error)


def _no_villages() -> gpd.GeoDataFrame:
    return store.empty(TABLES["villages"])[["code", "geometry"]]


def _villages(understood: dict[str, Understood]) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """All villages with a polygon; attributes of villages that come without one are added where they are blank."""
    table = TABLES["villages"]
    parts = [u.tables["villages"] for u in understood.values() if "villages" in u.tables]
    maps = [store.shaped(part, table) for part in parts if isinstance(part, gpd.GeoDataFrame)]
    lists = [part for part in parts if not isinstance(part, gpd.GeoDataFrame)]
    if not maps:
        return store.empty(table), _lists_alone(lists)
    villages = pd.concat(maps).drop_duplicates("code", keep="last").set_index("code", drop=False)
    findings = []
    for part in lists:
        known = part[part["code"].isin(villages.index)].drop_duplicates("code", keep="last").set_index("code")
        for name in ("kind", "other_code", "regency"):
            if name in known:
                villages[name] = villages[name].fillna(known[name].reindex(villages.index))
        findings += _unmapped(part[~part["code"].isin(villages.index)])
    return villages.sort_index().reset_index(drop=True), findings


def _lists_alone(lists: list[pd.DataFrame]) -> list[Finding]:
    return [
        Finding(
            "error", str(part["source"].iloc[0]), "A list of villages without their polygons.",
            "Not used: a village needs a polygon.", "Add the map of village borders first (GPKG, SHP, GeoJSON, KML).",
        )
        for part in lists
        if len(part)
    ]  # fmt: skip


def _unmapped(rows: pd.DataFrame) -> list[Finding]:
    settle = "Add a newer map of village borders, or mend the code."
    return [
        _finding_of(
            row, "code", f"Village {row['code']} {row['name']} is on no map.", "Row not used.", settle
        )
        for _, row in rows.iterrows()
    ]


def _together(
    understood: dict[str, Understood],
    received: list[Received],
    villages: gpd.GeoDataFrame,
    answers: dict[str, str],
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Every table from all sources: rows placed in villages, later sources before earlier ones."""
    findings: list[Finding] = []
    index = VillageIndex(_with_crosswalk(villages, understood), answers)
    tables: dict[str, pd.DataFrame] = {"villages": villages}
    order = sorted(received, key=lambda row: row.date)
    for name, table in TABLES.items():
        if name == "villages":
            continue
        parts = []
        for row in order:
            rows = understood[row.file].tables.get(name) if row.file in understood else None
            if rows is not None and (out := rows_out(answers, row.sha256)):
                rows, found = _used(rows, out)
                findings += found
            if rows is not None and len(rows):
                placed, found = _place(rows, table, index, villages, row.file)
                parts.append(placed)
                findings += found
        rows, found = _merge(parts, table)
        findings += found
        tables[name], found = _sound(rows, table)
        findings += found
    tables, found = gone.taken_away(tables)
    return tables, findings + found


def _used(rows: pd.DataFrame, out: set[tuple[str, int]]) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows of one source without those that an office decided not to use, each of these a finding."""
    places = zip(rows["sheet"].fillna("").astype(str), rows["source_row"].fillna(0).astype(int), strict=True)
    is_out = np.array([place in out for place in places], dtype=bool)
    settle = "Nothing. To use it after all, take its line out of answers.csv and rebuild."
    findings = [
        replace(
            _finding_of(row, "", "Decided not to use this row.", "Row not used.", settle), severity="note"
        )
        for _, row in rows[is_out].iterrows()
    ]
    return rows[~is_out], findings


def _with_crosswalk(villages: gpd.GeoDataFrame, understood: dict[str, Understood]) -> gpd.GeoDataFrame:
    """Villages with the statistics office's code beside the ministry's, where a source gives it."""
    parts = [u.tables["crosswalk"] for u in understood.values() if "crosswalk" in u.tables]
    if not parts:
        return villages
    other = pd.concat(parts).drop_duplicates("code", keep="last").set_index("code")["other_code"]
    villages = villages.copy()
    villages["other_code"] = villages["other_code"].fillna(villages["code"].map(other))
    return villages


def _place(
    rows: pd.DataFrame, table: Table, index: VillageIndex, villages: gpd.GeoDataFrame, file: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows of one source with village_code and geometry; those that can't be placed are left out, each a finding."""
    rows, findings = _name(rows.reset_index(drop=True), table, index, file)
    if table.geometry == "point" and not isinstance(rows, gpd.GeoDataFrame):
        rows, found = _locate(rows, villages, file)
        findings += found
    shaped = store.shaped(rows, table)
    if table.by_village and table.geometry == "point":
        shaped, found = _by_polygon(shaped, villages, file)
        findings += found
    elif table.by_village:
        shaped = shaped[shaped["village_code"].notna()]
    elif table.geometry == "point":
        shaped = shaped[shaped.geometry.notna()]
    return shaped, findings


def _name(
    rows: pd.DataFrame, table: Table, index: VillageIndex, file: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows with the code of the village that their words name."""
    named = rows.reindex(columns=["given_code", "given_village"]).notna().any(axis=None)
    if not _blank(rows, "village_code").any() or not (table.by_village or named):
        return rows, []
    codes, findings = match_rows(rows, index, file)
    rows["village_code"] = codes.where(codes.notna(), rows.get("village_code", pd.NA)).astype("string")
    # A tower needs no village; where one is named it only helps to place the tower.
    return rows, findings if table.by_village else []


def _locate(
    rows: pd.DataFrame, villages: gpd.GeoDataFrame, file: str
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Rows with the point that their written coordinates mean."""
    written = rows.reindex(columns=["given_x", "given_y", "given_xy"]).notna().any(axis=1)
    geometry = gpd.GeoSeries([None] * len(rows), rows.index, crs=store.CRS)
    findings: list[Finding] = []
    if written.any():
        placed, findings = place_rows(rows[written], villages, file)
        geometry = placed.reindex(rows.index)
    return gpd.GeoDataFrame(rows, geometry=geometry, crs=store.CRS), findings


def _blank(rows: pd.DataFrame, column: str) -> pd.Series:
    return rows[column].isna() if column in rows else pd.Series(True, index=rows.index)


def _by_polygon(
    rows: gpd.GeoDataFrame, villages: gpd.GeoDataFrame, file: str
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """The village of each point that names none; a point in no village is left out and counted."""
    lacking = rows["village_code"].isna() & rows.geometry.notna()
    if lacking.any() and len(villages):
        points = rows.loc[lacking, ["geometry"]]
        joined = points.sjoin(villages[["code", "geometry"]], predicate="within")
        rows.loc[lacking, "village_code"] = joined[~joined.index.duplicated()]["code"].reindex(points.index)
    outside = lacking & rows["village_code"].isna()
    findings = []
    if outside.any():
        findings.append(
            Finding(
                "note", file, f"{int(outside.sum())} of {len(rows)} points lie in no village of the region.",
                "They are not used.", "Nothing, unless they should lie inside: then look at their coordinates.",
            )
        )  # fmt: skip
    return rows[rows["village_code"].notna()], findings


def _merge(parts: list[pd.DataFrame], table: Table) -> tuple[pd.DataFrame, list[Finding]]:
    """All rows of a table in the order of its key; of rows with one key the last stays, the others are findings."""
    if not parts:
        return store.empty(table), []
    rows = pd.concat(parts, ignore_index=True)
    if not table.key:
        return rows, []
    key = list(table.key)
    findings = _replaced(rows, table)
    rows = rows.drop_duplicates(key, keep="last").sort_values(key, kind="stable", ignore_index=True)
    return rows, findings


def _sound(rows: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows that keep to the table's declaration; the others are findings."""
    faults = store.faults(rows, table) if len(rows) else []
    findings = [
        _finding_of(rows.iloc[position], column, f"{table.name}: does not hold: {expected}.", "Row not used.")
        for position, column, expected in faults
    ]
    bad = sorted({position for position, _, _ in faults})
    return (rows.drop(rows.index[bad]).reset_index(drop=True) if bad else rows), findings


def _finding_of(
    row: pd.Series, column: str, what: str, done: str, settle: str = "Mend it in the file."
) -> Finding:
    sheet = "" if pd.isna(row["sheet"]) else str(row["sheet"])
    number = 0 if pd.isna(row["source_row"]) else int(row["source_row"])
    return Finding("error", str(row["source"]), what, done, settle, sheet, number, column)


def _replaced(rows: pd.DataFrame, table: Table) -> list[Finding]:
    """A finding for each row that gives way to another with the same key and other content."""
    key, own = list(table.key), [c.name for c in table.columns]
    again = rows[rows.duplicated(key, keep=False)]
    again = again[~again.duplicated(own, keep="last")]  # the same said twice is no conflict
    kept = again.drop_duplicates(key, keep="last").set_index(key)
    findings = []
    for _, row in again[again.duplicated(key, keep="last")].iterrows():
        values = tuple(row[name] for name in key)
        other = kept.loc[values if len(values) > 1 else values[0]]
        again_in = f"{other['source']}, row {other['source_row']}"
        what = f"{table.name}: {' '.join(map(str, values))} is given again by {again_in}."
        settle = "If this one is right, mend the other or give this file a later --date."
        findings.append(
            replace(_finding_of(row, "", what, "The later one is used.", settle), severity="note")
        )
    return findings
