"""The yearly statistical report: concepts, tables with intervals and notes, breaks, revisions, quality, how to cite."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from merata import __version__
from merata.errors import MissingError
from merata.publish import yearbook_notes as notes
from merata.publish.indicators import INDICATORS, TOTAL, Indicator
from merata.publish.pieces import Piece, heading, para, table
from merata.publish.series import Point
from merata.publish.statistics_tables import Statistics
from merata.publish.words import Language, Tongue
from merata.publish.yearbook_sentences import YEARBOOK_CHOICES, YEARBOOK_SENTENCES
from merata.region.tables import LEVELS

GROUPS = ("access", "inequality", "global", "village index", "quality", "money")
_PLACE = {"id": 0, "en": 1}


@dataclass(frozen=True)
class Yearbook:
    """The statistics of a year, and those of the year before to set beside them."""

    of: Statistics
    year: str

    @property
    def region(self) -> str:
        """Code of the region."""
        return self.of.areas[0].code

    @property
    def points(self) -> list[Point]:
        """The numbers of the year and of its months."""
        return [point for point in self.of.points if point.row.period[:4] == self.year]

    def found(self, indicator: str, area: str, period: str = "", **classes: str) -> Point | None:
        """A number, where there is one."""
        wanted = {"level": TOTAL, "sector": TOTAL, "technology": TOTAL, "sex": TOTAL, **classes}
        return self._by_key.get((indicator, area, period or self.year, *wanted.values()))

    @cached_property
    def _by_key(self) -> dict[tuple[str, ...], Point]:
        return {
            (r.indicator, r.area, r.period, r.level, r.sector, r.technology, r.sex): point
            for point in self.of.points
            for r in (point.row,)
        }


def yearbook(of: Statistics, year: str) -> Yearbook:
    """The report of a year.

    Raises
    ------
    MissingError
        Nothing was published of that year.

    """
    made = Yearbook(of, year)
    if not made.points:
        there = ", ".join(sorted({row.period[:4] for row in of.rows})) or "none"
        raise MissingError(
            f"No statistics of {year} were published. Years with some: {there}. `merata indicators` publishes them."
        )
    return made


def document(book: Yearbook, language: Language) -> dict[str, Any]:
    """What the templates show, in a language: see `merata.publish.pdf.pdf` and `merata.publish.html.html`."""
    t = Tongue(language, YEARBOOK_SENTENCES, YEARBOOK_CHOICES)
    title = t("title", region=book.of.name, year=book.year)
    provisional = any(point.row.status == "P" for point in book.points)
    return {
        "language": language,
        "title": title,
        "running": title,
        "mark": t("mark") if book.of.made_up else "",
        "strip": t("strip") if book.of.made_up else "",
        "provisional": t("provisional") if provisional else "",
        "page_of": YEARBOOK_SENTENCES["page_of"][_PLACE[language]],
        "foot": t("made_by", version=__version__),
        "pieces": list(_pieces(book, t)),
    }


def as_of(book: Yearbook) -> dt.datetime:
    """The time that the report says of itself: that of its newest number."""
    last = max(point.row.published for point in book.points)
    return dt.datetime.combine(dt.date.fromisoformat(last), dt.time(), dt.UTC)


def _pieces(book: Yearbook, t: Tongue) -> Iterator[Piece]:
    yield from _short(book, t)
    yield from notes.symbols(t)
    for group in GROUPS:
        yield from _group(book, group, t)
    yield from notes.method(book, t)
    yield from notes.revisions(book, t)
    yield from notes.confidential(book, t)
    yield from notes.quality(book, t)
    yield from notes.not_given(t)
    yield from notes.cite(book, t)
    yield from notes.concepts(t)
    yield from _villages(book, t)


def said(point: Point | None, t: Tongue, *, marks: bool = True) -> str:
    """A number as its unit is written, with its symbols: c, p, r, b."""
    if point is None:
        return ":"
    row = point.row
    if row.value is None:
        return "c" if row.status == "Q" else ":"
    text = amount(row.value, INDICATORS[row.indicator], t)
    found = notes.marks(point) if marks else ""
    return f"{text} {found}" if found else text


def amount(value: float, indicator: Indicator, t: Tongue) -> str:
    """A value as its unit is written."""
    if indicator.unit == "share":
        return t.share(value, 1)
    digits = {"index": 3, "Mbit/s": 1, "ms": 0}.get(indicator.unit, 0)
    return t.number(value, digits)


def interval(point: Point | None, t: Tongue) -> str:
    """From low to high; a dash where there is none."""
    if point is None or (point.row.low is None and point.row.high is None):
        return "–"
    one = INDICATORS[point.row.indicator]
    ends = [":" if end is None else amount(end, one, t) for end in (point.row.low, point.row.high)]
    return " – ".join(ends)


def name_of(indicator: Indicator, t: Tongue) -> str:
    """Its name in the language."""
    return indicator.name[_PLACE[t.language]]


def _newest(book: Yearbook, indicator: Indicator, area: str, **classes: str) -> Point | None:
    """The year's number, else the newest of its months."""
    for period in (book.year, *(f"{book.year}-{month:02d}" for month in range(12, 0, -1))):
        if (point := book.found(indicator.code, area, period, **classes)) is not None:
            return point
    return None


def _short(book: Yearbook, t: Tongue) -> Iterator[Piece]:
    yield heading(t("h_short"))
    yield para(t("short_words", year=book.year))
    rows = []
    before = str(int(book.year) - 1)
    for indicator in INDICATORS.values():
        if "level" in indicator.classes or "sector" in indicator.classes:
            continue
        classes = indicator.headline
        point = _newest(book, indicator, book.region, **classes)
        if point is None:
            continue
        earlier = book.found(indicator.code, book.region, before, **classes)
        period = "" if len(point.row.period) == 4 else f" ({point.row.period})"
        unit = f", {t.word('unit', indicator.unit)}" if indicator.unit not in ("share", "index") else ""
        rows.append(
            [
                f"{name_of(indicator, t)}{unit}{period}", said(point, t), interval(point, t),
                t.word("known", point.row.known_by),
                said(earlier, t, marks=False) if earlier else "–",
            ]
        )  # fmt: skip
    heads = ("c_indicator", "c_value", "c_interval", "c_known", "c_before")
    yield table([t(h) for h in heads], "lrrlr", rows, (3, 1.1, 1.7, 1.1, 1.1))


def _group(book: Yearbook, group: str, t: Tongue) -> Iterator[Piece]:
    yield heading(t(f"h_{group}"))
    there = [one for one in INDICATORS.values() if one.group == group]
    tables = [piece for one in there for piece in _indicator(book, one, t)]
    yield from tables or [para(t("nothing"))]


def _indicator(book: Yearbook, indicator: Indicator, t: Tongue) -> Iterator[Piece]:
    if not any(point.row.indicator == indicator.code for point in book.points):
        return
    place = _PLACE[t.language]
    yield heading(name_of(indicator, t), 2)
    yield para(indicator.definition[place])
    if "sector" in indicator.classes:
        yield _by_sector(book, indicator, t)
    elif "level" in indicator.classes:
        yield _by_level(book, indicator, t)
    elif indicator.frequency == "M":
        yield _by_month(book, indicator, t)
    else:
        yield _by_area(book, indicator, t)
    yield from (piece for name in indicator.parts for piece in _by_part(book, indicator, name, t))
    note = {
        "unit": t.word("unit", indicator.unit),
        "uncertainty": indicator.uncertainty[place],
        "source": indicator.source[place],
    }
    yield para(t("table_note", **note), "small")
    yield from _over_time(book, indicator, t)


def _areas(book: Yearbook) -> list[tuple[str, str]]:
    return [(area.code, area.name) for area in book.of.areas if area.kind != "village"]


def _by_level(book: Yearbook, indicator: Indicator, t: Tongue) -> Piece:
    rows = [
        [name, *(said(book.found(indicator.code, code, level=level), t) for level in (*LEVELS, TOTAL))]
        for code, name in _areas(book)
    ]
    heads = [t("c_area"), *(t.word("level", level) for level in LEVELS), t("c_total")]
    return table(heads, "l" + "r" * (len(LEVELS) + 1), rows, (2.2, *[1] * (len(LEVELS) + 1)), bold=[0])


def _by_sector(book: Yearbook, indicator: Indicator, t: Tongue) -> Piece:
    sectors = sorted({p.row.sector for p in book.points if p.row.indicator == indicator.code} - {TOTAL})
    found = partial(_of_sector, book, indicator)
    if "level" not in indicator.classes:
        rows = [_one_row(t.word("sector", sector), found(sector, TOTAL), t) for sector in sectors]  # fmt: skip
        return table(_one_heads(t("c_sector"), t), "lrrl", rows, (2.4, 1, 1.6, 1.2))
    rows = [
        [
            t("c_total") if sector == TOTAL else t.word("sector", sector),
            *(said(found(sector, level), t) for level in (*LEVELS, TOTAL)),
        ]
        for sector in (*sectors, TOTAL)
    ]  # fmt: skip
    heads = [t("c_sector"), *(t.word("level", level) for level in LEVELS), t("c_total")]
    return table(
        heads, "l" + "r" * (len(LEVELS) + 1), rows, (2.2, *[1] * (len(LEVELS) + 1)), bold=[len(rows) - 1]
    )


def _of_sector(book: Yearbook, indicator: Indicator, sector: str, level: str) -> Point | None:
    return book.found(indicator.code, book.region, sector=sector, level=level)


def _one_heads(first: str, t: Tongue) -> list[str]:
    return [first, *(t(head) for head in ("c_value", "c_interval", "c_known"))]


def _one_row(name: str, point: Point | None, t: Tongue) -> list[str]:
    return [name, said(point, t), interval(point, t), t.word("known", point.row.known_by) if point else "–"]


def _by_area(book: Yearbook, indicator: Indicator, t: Tongue) -> Piece:
    classes = indicator.headline
    there = [(name, book.found(indicator.code, code, **classes)) for code, name in _areas(book)]
    rows = [_one_row(name, point, t) for name, point in there if point is not None]
    return table(_one_heads(t("c_area"), t), "lrrl", rows, (2.4, 1, 1.6, 1.2), bold=[0])


def _by_part(book: Yearbook, indicator: Indicator, name: str, t: Tongue) -> Iterator[Piece]:
    """The region's number by technology or sex, where it is told."""
    there = {getattr(p.row, name) for p in book.points if p.row.indicator == indicator.code} - {TOTAL}
    found = {word: book.found(indicator.code, book.region, **{name: word}) for word in sorted(there)}
    rows = [_one_row(t.word("sex", word) if name == "sex" else word, found[word], t) for word in found]
    if rows:
        yield table(_one_heads(t(f"c_{name}"), t), "lrrl", rows, (2.4, 1, 1.6, 1.2))


def _by_month(book: Yearbook, indicator: Indicator, t: Tongue) -> Piece:
    mine = [p for p in book.points if p.row.indicator == indicator.code and p.row.area == book.region]
    rows = [_one_row(point.row.period, point, t) for point in sorted(mine, key=lambda p: p.row.period)]
    return table(_one_heads(t("c_period"), t), "lrrl", rows, (1.2, 1, 1.6, 1.2))


def _over_time(book: Yearbook, indicator: Indicator, t: Tongue) -> Iterator[Piece]:
    """Years side by side where there are several; where the series breaks stands its mark."""
    if indicator.frequency == "M" or "level" in indicator.classes or "sector" in indicator.classes:
        return
    classes = indicator.headline
    years = sorted(
        {r.period for r in book.of.rows if r.indicator == indicator.code and r.period <= book.year}
    )
    if len(years) < 2:
        return
    yield para(t("h_series", name=name_of(indicator, t)), "over")
    rows = [_one_row(year, book.found(indicator.code, book.region, year, **classes), t) for year in years]
    yield table(_one_heads(t("c_period"), t), "lrrl", rows, (1.2, 1, 1.6, 1.2))


_ANNEX = ("PEOPLE_PROMISED", "SDG_9C1", "INDEX_HOME", "INDEX_OFFICE")


def _villages(book: Yearbook, t: Tongue) -> Iterator[Piece]:
    yield heading(t("h_villages"))
    yield para(t("villages_words"))
    names = {area.code: area.name for area in book.of.areas}
    rows = []
    for area in book.of.areas:
        if area.kind != "village":
            continue
        promised, covered = (book.found(code, area.code, **INDICATORS[code].headline) for code in _ANNEX[:2])
        rows.append(
            [
                area.name, names.get(area.parent, ""), said(book.found("PEOPLE_LEVEL", area.code), t),
                said(promised, t), interval(promised, t), said(covered, t),
                *(_yes(book.found(code, area.code), t) for code in _ANNEX[2:]),
            ]
        )  # fmt: skip
    heads = [t("c_village"), t.word("area", "district").capitalize(), t("c_people"), t("c_promised"), t("c_interval"),
             t("c_covered"), t("c_home"), t("c_office")]  # fmt: skip
    yield table(heads, "llrrrrll", rows, (1.5, 1.4, 0.9, 0.9, 1.4, 0.9, 1.1, 1.1), size=7.6)


def _yes(point: Point | None, t: Tongue) -> str:
    if point is None or point.row.value is None:
        return ":"
    return t("yes") if point.row.value >= 0.5 else t("no")


def known_ways(book: Yearbook, t: Tongue) -> str:
    """How the year's numbers are known: counted by way."""
    counts = Counter(point.row.known_by for point in book.points if point.row.known_by)
    return ", ".join(t("way", way=t.word("known", way), count=t.number(n)) for way, n in counts.most_common())
