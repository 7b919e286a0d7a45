"""Recognises which declared tables a raw table feeds, and which of its columns is which."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from merata.region.headers import RawTable
from merata.region.spreadsheets import Cell
from merata.region.tables import TABLES, Column
from merata.region.values import fold, is_blank, parse_choice, parse_code, parse_number
from merata.region.vocabulary import AS_OF, NUMBERING, PLACE, Target, match_header, year_in

#: Tables with one row for a village, so that one sheet may feed several of them, and the columns one of which it needs.
OF_A_VILLAGE: dict[str, set[str]] = {
    "people": {"people"},
    "devices": {"households_with_smartphone", "households_with_computer", "shared_devices"},
    "electricity": {"electricity", "hours_per_day"},
    "reports": {"signal", "level"},
}

_NO_SIGNAL = re.compile(
    r"\b(tanpa sinyal|tidak ada sinyal|blank ?spots?|blankspot|no signal|without signal|belum terlayani|tidak terlayani"
    r"|belum ada sinyal|belum terjangkau sinyal|unserved)\b"
)
_STATUS = re.compile(r"\b(status|terlayani|served|kondisi|connected|terkoneksi)\b")
_SITE_WORDS = re.compile(r"\b(site|sites|menara|tower|bts|cell|pop)\b")
_FACILITY_WORDS = re.compile(
    r"\b(fasilitas|sekolah|puskesmas|posyandu|kantor (?:desa|kelurahan|camat)|pasar|facility|facilities|schools?)\b"
)
_SAMPLE = 300


@dataclass
class Feed:
    """One declared table that a raw table feeds, with the position of each of its columns."""

    table: str
    columns: dict[str, int]
    no_signal_list: bool = False
    """The villages named have no signal: the list says so by being there."""


@dataclass
class Recognised:
    """What a raw table is."""

    feeds: list[Feed]
    places: dict[str, int]
    """Position of the columns that place a row, by their names in `records.GIVEN`, and of `as_of`."""
    unknown: list[int]
    """Columns that nothing is read from."""
    doubts: list[tuple[str, int, list[int]]] = field(default_factory=list)
    """Declared column, the position that is read, and others that could as well have been meant."""


def recognise(raw: RawTable, file: str, kind: str = "") -> Recognised | None:
    """What a raw table is; None when nothing says it surely enough.

    Parameters
    ----------
    raw
        The table as it stands in its sheet.
    file
        Name of the file: `no_signal_villages.csv` says what its villages have in common.
    kind
        The declared table that a person said it is; empty to find out.

    """
    sheet = _Columns(raw)
    feeds = _feeds_of(sheet, raw, file, kind)
    if not feeds:
        return None
    used = {n for feed in feeds for n in feed.columns.values()} | set(sheet.places.values())
    unknown = [n for n in range(len(raw.columns)) if n not in used and n not in sheet.numbering]
    doubts = [
        (column, n, sheet.rivals(Target(feed.table, column), n))
        for feed in feeds
        for column, n in feed.columns.items()
    ]
    seen: dict[tuple[str, int], tuple[str, int, list[int]]] = {(c, n): (c, n, o) for c, n, o in doubts if o}
    return Recognised(feeds, sheet.places, unknown, list(seen.values()))


class _Columns:
    """The columns of a raw table, and what their headers may stand for."""

    def __init__(self, raw: RawTable) -> None:
        self.raw = raw
        self.matches = [
            match_header(parts or (name,)) for parts, name in zip(raw.parts, raw.columns, strict=True)
        ]
        self.numbering = {
            n for n, match in enumerate(self.matches) if Target(PLACE, NUMBERING) in match.targets
        }
        self.places: dict[str, int] = {}
        for name in (
            "given_code",
            "given_village",
            "given_district",
            "given_x",
            "given_y",
            "given_xy",
            AS_OF,
        ):
            if (n := self.best(Target(PLACE, name))) is not None:
                self.places[name] = n
        self._settle_places()

    def _settle_places(self) -> None:
        both = {"given_x", "given_y"} <= self.places.keys()
        if both:
            self.places.pop("given_xy", None)
        elif "given_xy" in self.places:
            self.places.pop("given_x", None)
            self.places.pop("given_y", None)
        # A list with codes may call its villages just 'Nama'.
        if "given_code" in self.places and "given_village" not in self.places:
            name = next(
                (n for n, parts in enumerate(self.raw.columns) if fold(parts) in ("nama", "name")), None
            )
            if name is not None:
                self.places["given_village"] = name

    def best(self, target: Target) -> int | None:
        """Position of the column that most surely is the target: by header, then cells, then the latest year."""
        found = [n for n, match in enumerate(self.matches) if target in match.targets]
        return min(found, key=lambda n: self._order(n, target), default=None)

    def _order(self, n: int, target: Target) -> tuple[bool, int, bool, int, int]:
        match = self.matches[n]
        other = Target("crosswalk", "other_code") in match.targets and target.column in ("given_code", "code")
        return other, match.rank, not self.fits(n, target), -(year_in(self.raw.columns[n]) or 0), n

    def rivals(self, target: Target, chosen: int) -> list[int]:
        """Other columns that could be the target as well as the chosen one."""
        mine = self._order(chosen, target)[:4]
        return [
            n
            for n, match in enumerate(self.matches)
            if n != chosen and target in match.targets and self._order(n, target)[:4] == mine
        ]

    def cells(self, n: int) -> list[Cell]:
        return [row[n] for row in self.raw.rows[:_SAMPLE] if not is_blank(row[n])]

    def fits(self, n: int, target: Target) -> bool:
        """Whether at least half of a column's cells are what the target takes."""
        cells = self.cells(n)
        test = _test_of(target)
        return test is None or sum(map(test, cells)) * 2 >= len(cells)

    def of_table(self, table: str) -> dict[str, int]:
        """Position of every column of a declared table that the headers name.

        A header that several tables know (`Jenis`, `Sinyal`) counts only where its cells fit.
        """
        found: dict[str, int] = {}
        for column in TABLES[table].columns:
            target = Target(table, column.name)
            n = self.best(target)
            if n is None or n in found.values():
                continue
            if self.fits(n, target) or not self._is_rather(n, table, column):
                found[column.name] = n
        return found

    def _is_rather(self, n: int, table: str, column: Column) -> bool:
        """Whether cells that don't fit a column show that the header means another table's."""
        others = [t for t in self.matches[n].targets if t.table not in (PLACE, table)]
        if any(self.fits(n, other) for other in others):
            return True
        return _is_number(column) and not all(_is_number(TABLES[t.table].column(t.column)) for t in others)

    @property
    def in_villages(self) -> bool:
        return "given_village" in self.places or "given_code" in self.places

    @property
    def at_points(self) -> bool:
        return "given_xy" in self.places or {"given_x", "given_y"} <= self.places.keys()

    def says(self, pattern: re.Pattern[str]) -> bool:
        return any(pattern.search(fold(name)) for name in self.raw.columns)


def _is_number(column: Column) -> bool:
    return column.kind in ("int", "float", "idr")


def _test_of(target: Target) -> Callable[[Cell], bool] | None:
    if target.table == PLACE:
        if target.column == "given_code":
            return lambda cell: parse_code(cell) is not None
        if target.column in ("given_village", "given_district"):
            return lambda cell: parse_number(cell) is None
        return None
    column = TABLES[target.table].column(target.column)
    return _test_of_column(column)


def _test_of_column(column: Column) -> Callable[[Cell], bool] | None:
    if column.kind == "choice" and column.choices:
        return lambda cell: parse_choice(cell, column) is not None
    if _is_number(column):
        return lambda cell: parse_number(cell) is not None
    if column.kind == "code":
        return lambda cell: parse_code(cell) is not None
    if column.kind == "text" and column.name == "name":
        return lambda cell: parse_number(cell) is None
    return None


def _feeds_of(sheet: _Columns, raw: RawTable, file: str, kind: str) -> list[Feed]:
    if kind:
        return _said(sheet, raw, kind)
    about = fold(f"{raw.title} {raw.sheet}")
    thing = _thing(sheet, about, fold(file))
    if thing:
        return [thing]
    crosswalk = _needs(sheet, "crosswalk", ("code", "other_code"))
    if sheet.in_villages:
        return _village_feeds(sheet, about, fold(file)) + crosswalk or _list_of_villages(sheet)
    return crosswalk or _money_or_totals(sheet)


def _said(sheet: _Columns, raw: RawTable, kind: str) -> list[Feed]:
    """The table that a person said it is, when it has anything of it."""
    if kind not in TABLES or TABLES[kind].geometry == "line":
        return []
    columns = sheet.of_table(kind)
    places = sheet.in_villages or sheet.at_points
    if kind == "villages":
        return _list_of_villages(sheet)
    if kind == "reports" and sheet.in_villages and not {"signal", "level"} & columns.keys():
        return [Feed(kind, columns, no_signal_list=True)]
    needs_place = TABLES[kind].by_village or TABLES[kind].geometry is not None
    return [Feed(kind, columns)] if columns and (places or not needs_place) else []


def _thing(sheet: _Columns, about: str, file: str) -> Feed | None:
    """A table with a row for each thing at a place: measurement, facility, site or settlement."""
    if not (sheet.in_villages or sheet.at_points):
        return None
    measured = sheet.of_table("measurements")
    if measured.keys() & {"signal_dbm", "down_mbps", "up_mbps", "latency_ms"}:
        return Feed("measurements", measured)
    facility = sheet.of_table("facilities")
    if "kind" in facility and _is_sure_kind(sheet, facility["kind"]):
        return Feed("facilities", facility)
    site = sheet.of_table("sites")
    if sheet.at_points and _is_site(sheet, site, f"{about} {file}"):
        return Feed("sites", site)
    if "name" in facility and _is_facility(sheet, facility["name"], f"{about} {file}"):
        return Feed("facilities", facility)
    settlement = sheet.of_table("settlements")
    if "name" in settlement and (
        sheet.at_points or sheet.fits(settlement["name"], Target("settlements", "name"))
    ):
        return Feed("settlements", settlement)
    return None


def _is_sure_kind(sheet: _Columns, n: int) -> bool:
    """Whether a column's cells are kinds of facility, and not (`Jenis`: tower) those of something else."""
    cells = sheet.cells(n)
    known = sum(parse_choice(cell, TABLES["facilities"].column("kind")) is not None for cell in cells)
    return bool(cells) and known * 2 >= len(cells)


def _is_site(sheet: _Columns, columns: dict[str, int], words: str) -> bool:
    if columns.keys() & {"height_m", "eirp_dbm", "frequency_mhz"}:
        return True
    named = sheet.says(_SITE_WORDS) or bool(_SITE_WORDS.search(words))
    return named and bool(columns.keys() & {"name", "operator", "technologies", "kind"})


def _is_facility(sheet: _Columns, name: int, words: str) -> bool:
    if name == sheet.places.get("given_village"):
        return False
    header = fold(sheet.raw.columns[name])
    return bool(_FACILITY_WORDS.search(header) or _FACILITY_WORDS.search(words))


def _village_feeds(sheet: _Columns, about: str, file: str) -> list[Feed]:
    """Tables with a row for each village."""
    feeds = []
    for table, needed in OF_A_VILLAGE.items():
        columns = sheet.of_table(table)
        if columns.keys() & needed:
            feeds.append(Feed(table, columns))
    if any(feed.table == "reports" for feed in feeds):
        return feeds
    # The name of the file counts only for a sheet that is nothing else, and no status may tell villages apart.
    listed = _NO_SIGNAL.search(about) or (not feeds and _NO_SIGNAL.search(file))
    if listed and not sheet.says(_STATUS):
        feeds.append(Feed("reports", sheet.of_table("reports"), no_signal_list=True))
    return feeds


def _list_of_villages(sheet: _Columns) -> list[Feed]:
    """Codes, names and districts alone: the villages themselves."""
    wanted = {"code": "given_code", "name": "given_village", "district": "given_district"}
    if not set(wanted.values()) <= sheet.places.keys() or not sheet.fits(
        sheet.places["given_code"], Target(PLACE, "given_code")
    ):
        return []
    columns = sheet.of_table("villages") | {name: sheet.places[given] for name, given in wanted.items()}
    return [Feed("villages", columns)]


def _money_or_totals(sheet: _Columns) -> list[Feed]:
    return (
        _needs(sheet, "budgets", ("year",), ("granted_idr", "needed_low_idr", "needed_high_idr", "spent_idr"))
        or _needs(sheet, "prices", ("item",), ("low_idr", "high_idr"))
        or _needs(sheet, "totals", ("regency_code", "people"))
    )


def _needs(sheet: _Columns, table: str, all_of: Iterable[str], any_of: Iterable[str] = ()) -> list[Feed]:
    columns = sheet.of_table(table)
    enough = set(all_of) <= columns.keys() and (not any_of or bool(columns.keys() & set(any_of)))
    return [Feed(table, columns)] if enough else []
