"""Moments, days and months as monitoring writes them: local where they name no zone."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import NamedTuple

from merata.region.spreadsheets import Cell
from merata.region.values import parse_date, tidy

_CLOCK = re.compile(
    r"(?:^|[\sT,])(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*(am|pm)?\b", re.IGNORECASE
)
_ZONE = re.compile(r"\s*(WITA|WIB|WIT|UTC|GMT|Z)\s*$", re.IGNORECASE)
_ZONES = {"wib": 7, "wita": 8, "wit": 9, "utc": 0, "gmt": 0, "z": 0}
_LEAST, _MOST = 946_684_800, 4_102_444_800
"""Numbers between are seconds since 1970 of the years 2000 to 2099."""


class Moment(NamedTuple):
    """A moment, or the beginning of a day."""

    at_s: float
    """s since 1970."""
    day: bool
    """Whether only the day was said."""


def moment(cell: Cell, ahead_h: float) -> Moment | None:
    """When a cell says; None where it says no time. `ahead_h`: hours that times without a zone are ahead of UTC."""
    if isinstance(cell, dt.datetime):
        day = cell.time() == dt.time()
        return Moment(_seconds(cell, ahead_h), day)
    if isinstance(cell, dt.date):
        return Moment(_seconds(dt.datetime.combine(cell, dt.time()), ahead_h), True)
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, (int, float)):
        return _of_number(float(cell), ahead_h)
    return _of_text(tidy(cell), ahead_h)


def _seconds(when: dt.datetime, ahead_h: float) -> float:
    if when.tzinfo is None:
        return when.replace(tzinfo=dt.UTC).timestamp() - 3600 * ahead_h
    return when.timestamp()


def _of_number(number: float, ahead_h: float) -> Moment | None:
    if number >= 1000 * _LEAST:
        number /= 1000
    if _LEAST <= number < _MOST:
        return Moment(number, False)
    if 36_526 <= number < 73_050:  # a spreadsheet's day number, of the years 2000 to 2099
        when = dt.datetime(1899, 12, 30) + dt.timedelta(days=number)
        return Moment(_seconds(when, ahead_h), number == int(number))
    return None


@lru_cache(maxsize=100_000)
def _of_text(text: str, ahead_h: float) -> Moment | None:
    if re.fullmatch(r"\d{10}(\d{3})?(\.\d+)?|\d{5}\.\d+", text):
        return _of_number(float(text), ahead_h)
    try:
        return Moment(_seconds(dt.datetime.fromisoformat(text), ahead_h), len(text) <= 10)
    except ValueError:
        pass
    zone = _ZONE.search(text)
    if zone:
        text, ahead_h = text[: zone.start()], _ZONES[zone[1].casefold()]
    day = parse_date(re.sub(r"\s*(am|pm)$", "", text, flags=re.IGNORECASE))
    clock = _CLOCK.search(text, 6)
    if day is None:
        return None
    if clock is None:
        return Moment(_seconds(dt.datetime.combine(day, dt.time()), ahead_h), True)
    try:
        return Moment(_seconds(dt.datetime.combine(day, _time(clock)), ahead_h), False)
    except ValueError:
        return None


def _time(clock: re.Match[str]) -> dt.time:
    hour = int(clock[1])
    if clock[4]:
        hour = hour % 12 + (12 if clock[4].casefold() == "pm" else 0)
    return dt.time(hour, int(clock[2]), int(clock[3] or 0))


def month(cell: Cell, ahead_h: float) -> tuple[float, float] | None:
    """Beginning and end of the month that a cell says, s since 1970: `2026-11`, `11/2026`, `November 2026`, a day."""
    day = cell if isinstance(cell, dt.date) else None
    if isinstance(cell, str) and (
        found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4})", tidy(cell))
    ):
        year, number = int(found[1] or found[4]), int(found[2] or found[3])
        day = dt.date(year, number, 1) if 1 <= number <= 12 else None
    elif day is None and isinstance(cell, str):
        day = parse_date(cell)
    if day is None:
        return None
    first = dt.datetime(day.year, day.month, 1)
    after = (first + dt.timedelta(days=32)).replace(day=1)
    return _seconds(first, ahead_h), _seconds(after, ahead_h)
