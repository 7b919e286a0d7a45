"""What the yearly report says of its numbers: symbols, method, revisions, confidentiality, quality, how to cite."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from statistics import fmean
from typing import TYPE_CHECKING

from merata.publish.indicators import INDICATORS, NOT_GIVEN
from merata.publish.pieces import Piece, bullets, heading, para, table
from merata.publish.series import Point
from merata.publish.small_limits import HOUSEHOLDS, PEOPLE
from merata.publish.words import Tongue

if TYPE_CHECKING:
    from merata.publish.yearbook import Yearbook

_PLACE = {"id": 0, "en": 1}
_SYMBOLS = (("c", "s_c"), ("p", "s_p"), ("r", "s_r"), ("b", "s_b"), (":", "s_none"), ("0", "s_zero"))
_FIELDS = (
    "concept", "definition", "interpretation", "formula", "variables", "source", "uncertainty", "office",
)  # fmt: skip


def marks(point: Point) -> str:
    """The symbols of a number: p provisional, r revised, b break."""
    revised = any(row.value != point.row.value for row in point.before)
    return "".join(
        mark for mark, so in (("p", point.row.status == "P"), ("r", revised), ("b", bool(point.broken))) if so
    )


def symbols(t: Tongue) -> Iterator[Piece]:
    """What the symbols mean."""
    yield heading(t("h_symbols"), 2)
    rows = [[mark, t(key)] for mark, key in _SYMBOLS]
    yield table([t("c_symbol"), t("c_meaning")], "ll", rows, (0, 1))


def method(book: Yearbook, t: Tongue) -> Iterator[Piece]:
    """Coverage, reference dates, and how figures come about."""
    from merata.publish.yearbook import known_ways

    kinds = Counter(area.kind for area in book.of.areas)
    yield heading(t("h_method"))
    counts = {"villages": t.number(kinds["village"]), "districts": t.number(kinds["district"])}
    yield para(t("method_coverage", **counts))
    for key in ("method_access", "method_quality"):
        yield para(t(key))
    yield para(t("method_known", ways=known_ways(book, t)))


def revisions(book: Yearbook, t: Tongue) -> Iterator[Piece]:
    """What was revised, by how much, when and why; and which series break."""
    from merata.publish.yearbook import amount, name_of

    yield heading(t("h_revisions"))
    yield para(t("policy"))
    revised: dict[tuple[str, str, str], list[Point]] = defaultdict(list)
    for point in book.points:
        if point.before:
            revised[point.row.indicator, point.row.published, point.row.why].append(point)
    if not revised:
        yield para(t("no_revisions"))
    else:
        yield para(t("revisions_words", count=t.number(sum(map(len, revised.values())))))
        rows = []
        for (code, day, why), points in sorted(revised.items()):
            one = INDICATORS[code]
            by = [abs(p.revised_by) for p in points if p.revised_by is not None]
            told = [amount(x, one, t) for x in (fmean(by), max(by))] if by else ["–", "–"]
            rows.append([name_of(one, t), t.number(len(points)), *told, t.day(day), t.word("why", why)])
        heads = ("c_indicator", "c_count", "c_mean", "c_most", "c_when", "c_why")
        yield table([t(h) for h in heads], "lrrrll", rows, (2.6, 0.8, 1, 1, 1.2, 1.6))
    broken = Counter((point.row.indicator, point.broken) for point in book.points if point.broken)
    told_breaks = "; ".join(
        t("break_of", name=name_of(INDICATORS[code], t), why=t.word("why", why), count=t.number(count))
        for (code, why), count in sorted(broken.items())
    )
    yield para(t("breaks_words", breaks=told_breaks) if told_breaks else t("no_breaks"))


def confidential(book: Yearbook, t: Tongue) -> Iterator[Piece]:
    """What is kept back, by which rule, and how much of it."""
    counts = [point for point in book.points if INDICATORS[point.row.indicator].counts_people]
    hidden = sum(point.row.status == "Q" for point in counts)
    yield heading(t("h_confidential"))
    yield para(
        t(
            "confidential_words", people=PEOPLE.fewest - 1, households=HOUSEHOLDS.fewest - 1, width=PEOPLE.width,
            width_households=HOUSEHOLDS.width, hidden=t.number(hidden), all=t.number(len(counts)),
        )
    )  # fmt: skip


def quality(book: Yearbook, t: Tongue) -> Iterator[Piece]:
    """The quality statement, by the dimensions that official statistics go by."""
    yield heading(t("h_quality_statement"))
    days = [row.published for point in book.points for row in (*point.before, point.row)]
    timely = t("q_timeliness", year=book.year, first=t.day(min(days)), last=t.day(max(days)))
    yield bullets([t("q_relevance"), t("q_accuracy"), timely, t("q_coherence"), t("q_access")])


def not_given(t: Tongue) -> Iterator[Piece]:
    """Indicators that are asked for elsewhere and can't be given."""
    yield heading(t("h_not_given"))
    place = _PLACE[t.language]
    yield bullets([f"{key}: {said[place]}" for key, said in NOT_GIVEN.items()])


def cite(book: Yearbook, t: Tongue) -> Iterator[Piece]:
    """How to cite, and under which licence."""
    place = _PLACE[t.language]
    office = next(iter(INDICATORS.values())).office[place]
    yield heading(t("h_cite"))
    title = t("title", region=book.of.name, year=book.year)
    last = max(point.row.published for point in book.points)
    yield para(t("cite", office=f"{office}, {book.of.name}", title=title, date=t.day(last)))
    yield para(t("licence", licence=book.of.licence) if book.of.licence else t("no_licence"), "small")


def concepts(t: Tongue) -> Iterator[Piece]:
    """The register: each indicator with its metadata."""
    place = _PLACE[t.language]
    yield heading(t("h_concepts"))
    yield para(t("concepts_words"))
    for one in INDICATORS.values():
        yield heading(f"{one.name[place]} ({one.code})", 2)
        rows = [[t(f"m_{name}"), getattr(one, name)[place]] for name in _FIELDS]
        rows.insert(4, [t("m_measure"), f"{one.measure[place]}, {t.word('unit', one.unit)}"])
        classes = ", ".join(t.word("class", c) for c in one.classes) or "–"
        rows.insert(5, [t("m_classes"), classes])
        areas = ", ".join(t.word("area", area) for area in one.areas)
        rows.append([t("m_areas"), f"{areas}; {t.word('freq', one.frequency)}"])
        version = f"{one.version}{f' ({one.changed[place]})' if one.changed[place] else ''}"
        rows.append([t("m_version"), version])
        rows += [[t("m_reference"), one.reference]] if one.reference else []
        yield table([t("c_field"), t("c_meaning")], "ll", rows, (1, 4), size=8)
