"""What the pages of each measure show: sections of lines, a region a line, with its interval drawn and said."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from merata.province import draw
from merata.province.compare import Comparison
from merata.province.sure import Interval
from merata.publish.words import Tongue
from merata.region.tables import LEVELS

Say = Callable[[float], str]
#: Columns of what bundles tell.
HEADS = ("region", "points", "connect", "availability", "repair", "paid", "kept")


@dataclass(frozen=True)
class Line:
    """One row: a group's heading, or a region with its cells."""

    label: str
    cells: tuple[Markup, ...] = ()
    small: str = ""
    group: bool = False
    whole: bool = False
    """Of all regions together."""


@dataclass(frozen=True)
class Section:
    """A part of a page."""

    title: str
    lines: list[Line]
    words: str = ""
    heads: tuple[str, ...] = ()
    figure: Markup = field(default_factory=Markup)
    plain: bool = False
    """Whether its cells are bare numbers."""

    @property
    def width(self) -> int:
        """How many columns it has."""
        return 1 + max((len(line.cells) for line in self.lines), default=0)


@dataclass(frozen=True)
class Sight:
    """One language's sight of a comparison."""

    of: Comparison
    t: Tongue
    site: Tongue
    """The tongue that knows the words of options."""
    names: Mapping[str, str]

    def sections(self, what: str) -> list[Section]:
        """The sections of the page of a measure."""
        made: list[Section] = getattr(self, f"_{what}")()
        return made

    def _line(self, row: Mapping[str, Any], cells: tuple[Markup, ...], small: str = "") -> Line:
        code = row["region"]
        name = self.names.get(code, code) if code else self.t("all")
        return Line(name, cells, " · ".join(filter(None, (code, small))), whole=not code)

    def _interval(self, row: Mapping[str, Any], name: str, say: Say, most: float, reference: float) -> Markup:
        """The drawing, the value and its ends."""
        found = _of(row, name)
        if found.value != found.value:
            words = (
                self.t("too_few") if row.get("covered", 1) > 0.999 or name != "alike" else self.t("not_alike")
            )
            return Markup("<small>{}</small>").format(words)
        if math.isinf(found.value):
            return Markup("{}").format(self.t("more_than_seen"))
        high = "∞" if math.isinf(found.high) else say(found.high)
        ends = self.t("interval", low=say(found.low), high=high)
        return draw.interval(found, most, reference) + Markup('{} <small class="ends">{}</small>').format(
            say(found.value), ends
        )

    def _by_region(
        self,
        frame: pd.DataFrame,
        name: str,
        say: Say,
        most: float,
        small: Callable[[Any], str] = lambda row: "",
    ) -> list[Line]:
        reference = _whole(frame, name)
        return [
            self._line(row, (self._interval(row, name, say, most, reference),), small(row))
            for row in _rows(frame)
        ]

    def _grouped(
        self,
        frame: pd.DataFrame,
        by: tuple[str, str],
        values: tuple[tuple[str, Say], ...],
        small: Callable[[Any], str],
    ) -> list[Line]:
        """By groups of likeness: a heading, all regions together, then each region that has enough."""
        lines: list[Line] = []
        for (first, second), group in frame.groupby(list(by), sort=False):
            words = (self._word(by[0], str(first)), self._word(by[1], str(second)))
            lines.append(Line(", ".join(words), group=True))
            scale = {name: (_most(group, name), _whole(group, name)) for name, _ in values}
            lines += [
                self._line(
                    row,
                    tuple(self._interval(row, name, say, *scale[name]) for name, say in values),
                    small(row),
                )
                for row in _rows(group)
            ]
        return lines

    def _word(self, group: str, key: str) -> str:
        return self.site.word(group, key) if group == "option" else self.t.word(group, key)

    def _share(self, value: float) -> str:
        return self.t.share(value)

    def _alike(self, row: Mapping[str, Any]) -> str:
        return self.t("covered", share=self.t.share(row["covered"])) if row["region"] else ""

    def _people_promised(self, row: Mapping[str, Any]) -> str:
        levels = ", ".join(self.site.word("level", level) for level in row["promised"].split())
        return f"{self.t.people(row['people'])} · {self.t('promised', levels=levels)}"

    # The measures

    def _access(self) -> list[Section]:
        t, frame = self.t, self.of.access
        heads = (t("c_region"), *(self.site.word("level", level) for level in LEVELS))
        levels = [
            self._line(row, tuple(escape(self._share(row[f"share_{level}"])) for level in LEVELS))
            for row in _rows(frame)
        ]
        people = lambda row: t.people(row["people"])  # noqa: E731 — said once, used twice
        differ = t("promised_differ") if frame["promised"].nunique() > 1 else ""
        return [
            Section(
                t("access_alike"),
                self._by_region(frame, "alike", self._share, 1, self._alike),
                " ".join(filter(None, (t("access_alike_words"), differ))),
            ),
            Section(
                t("access_raw"), self._by_region(frame, "reached", self._share, 1, self._people_promised)
            ),
            Section(t("access_level"), levels, heads=heads, plain=True),
            Section(
                t("access_kinds"),
                self._grouped(self.of.kinds, ("terrain", "remoteness"), (("reached", self._share),), people),
            ),
        ]

    def _inequality(self) -> list[Section]:
        t, frame = self.t, self.of.inequality
        between = [self._line(row, (escape(self._share(row["between_kinds"])),)) for row in _rows(frame)]
        gini = self._by_region(frame, "gini", lambda value: t.number(value, 2), 1)
        return [
            Section(t("gini"), gini),
            Section(t("worst_tenth"), self._by_region(frame, "worst_tenth", self._share, 1)),
            Section(t("between"), between, plain=True),
        ]

    def _cost(self) -> list[Section]:
        t = self.t
        values: tuple[tuple[str, Say], ...] = (("capex_idr", t.money), ("opex_idr_per_year", t.money))
        lines = self._grouped(
            self.of.cost, ("option", "terrain"), values, lambda row: t.villages(row["villages"])
        )
        return [Section(t("h_cost"), lines, heads=(t("c_region"), t("once"), t("each_year")))]

    def _connect(self) -> list[Section]:
        return self._waits(self.of.connect, "days")

    def _repair(self) -> list[Section]:
        return self._waits(self.of.repair, "hours")

    def _waits(self, frame: pd.DataFrame, unit: str) -> list[Section]:
        t = self.t
        say: Say = lambda value: t(unit, n=t.number(value, 0 if value >= 10 else 1))  # noqa: E731
        cases = lambda row: t("cases", n=t.number(row["cases"]), open=t.number(row["open"]))  # noqa: E731
        return [
            Section(t("access_kinds"), self._grouped(frame, ("option", "remoteness"), ((unit, say),), cases))
        ]

    def _kept(self) -> list[Section]:
        t, frame = self.t, self.of.kept
        one = frame[frame["region"] != ""].dropna(subset=["share"])
        points = [(str(row["region"]), int(row["due"]), float(row["share"])) for row in _rows(one)]
        plot = draw.funnel_plot(points, _whole(frame, "share"), t("funnel_about"), t("funnel_axis"))
        counts = lambda row: t("of_due", **{name: t.number(row[name]) for name in ("kept", "due", "moved")})  # noqa: E731
        return [
            Section(t("kept_alike"), self._by_region(frame, "alike", self._share, 1, self._alike)),
            Section(
                t("h_kept"),
                self._by_region(frame, "share", self._share, 1, counts),
                t("funnel_words") if plot else "",
                figure=plot,
            ),
        ]

    def _handed(self) -> list[Section]:
        t = self.t
        heads = tuple(t(f"c_{name}") for name in ("region", "packed", "age", "signer", "points"))
        bundles = [
            self._bare(row, t.day(row["date"]), t("days", n=t.number(row["age_days"])), row["signer"],
                       t.number(row["points"]))
            for row in _rows(self.of.bundles)
        ]  # fmt: skip
        return [
            Section(t("handed_bundles"), bundles, t("handed_words"), heads, plain=True),
            Section(
                t("handed_outcomes"), self._outcomes(), t("handed_outcomes_words"),
                tuple(t(f"c_{name}") for name in HEADS),
                plain=True,
            ),
        ]  # fmt: skip

    def _outcomes(self) -> list[Line]:
        t = self.t
        values: tuple[tuple[str, Say], ...] = (
            ("days_to_connect", t.number), ("availability", self._share),
            ("days_to_repair", lambda value: t.number(value, 1)), ("paid_idr", t.money), ("kept", self._share),
        )  # fmt: skip
        lines: list[Line] = []
        for (option, terrain), group in self.of.outcomes.groupby(["option", "terrain"], sort=False):
            words = (self._word("option", str(option)), self._word("terrain", str(terrain)))
            lines.append(Line(", ".join(words), group=True))
            lines += [
                self._bare(
                    row, t.number(row["points"]), *(self._said(row, name, say) for name, say in values)
                )
                for row in _rows(group)
            ]
        return lines

    def _bare(self, row: Mapping[str, Any], *cells: str) -> Line:
        names = dict(zip(self.of.bundles["region"], self.of.bundles["name"], strict=True))
        code = row["region"]
        return Line(self.names.get(code, names.get(code, code)), tuple(escape(cell) for cell in cells), code)

    def _said(self, row: Mapping[str, Any], name: str, say: Say) -> str:
        """A value with its ends, where they are known."""
        found = _of(row, name)
        if found.value != found.value:
            return "–"
        if found.low != found.low:
            return say(found.value)
        return f"{say(found.value)} ({self.t('interval', low=say(found.low), high=say(found.high))})"


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _of(row: Mapping[str, Any], name: str) -> Interval:
    return Interval(*(float(row[f"{name}{end}"]) for end in ("", "_low", "_high")))


def _whole(frame: pd.DataFrame, name: str) -> float:
    """The value of all regions together; NaN: there is none."""
    found = frame.loc[frame["region"] == "", name]
    return float(found.iloc[0]) if len(found) else math.nan


def _most(frame: pd.DataFrame, name: str) -> float:
    """The end of the scale of a group: its largest known end, but not more than three times its largest value."""
    values, ends = (frame[column].replace(math.inf, math.nan) for column in (name, f"{name}_high"))
    return float(min(ends.max(), 3 * values.max())) if ends.notna().any() else float(values.max())
