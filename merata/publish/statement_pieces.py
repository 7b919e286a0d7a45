"""How a provider's statement says periods, times, money and values."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import numpy as np

from merata.assure.enough import UTC_OFFSET_H
from merata.publish.words import NBSP, Tongue, is_empty

_WITA = dt.timezone(dt.timedelta(hours=UTC_OFFSET_H))


def period_said(period: str, t: Tongue) -> str:
    """`Januari 2026`, or the year."""
    return period if len(period) == 4 else NBSP.join(t.day(f"{period}-01").split(NBSP)[1:])


def moment(seconds: float) -> str:
    """A time in WITA, to the minute."""
    return dt.datetime.fromtimestamp(seconds, _WITA).strftime("%Y-%m-%d %H:%M")


def rupiah(idr: Any, t: Tongue) -> str:
    """Whole rupiah with its sign."""
    return "–" if is_empty(idr) else f"{'Rp' if t.language == 'id' else 'IDR'}{NBSP}{t.number(idr)}"


def value(what: str, number: float, t: Tongue) -> str:
    """What was delivered of a promise, with its unit, as finely as rules take it."""
    if not np.isfinite(number):
        return "–" if number != number else "∞"
    if what == "availability":
        return t.share(number, 4)
    digits, unit = {
        "latency": (1, "ms"), "repair": (2, "jam" if t.language == "id" else "h"),
        "silence": (0, "hari" if t.language == "id" else "days"),
    }.get(what, (3, "Mbit/s"))  # fmt: skip
    return f"{t.number(number, digits)}{NBSP}{unit}"


def formula(text: str, t: Tongue) -> str:
    """A reckoning with numbers as the language writes them."""

    def said(found: re.Match[str]) -> str:
        whole, _, parts = found.group().partition(".")
        return t.number(f"{whole}.{parts or 0}", len(parts))

    return re.sub(r"\d+(?:\.\d+)?", said, text).replace("at most", t("at_most"))
