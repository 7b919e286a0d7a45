"""How long it takes until a link that failed works again; outages whose end nobody saw count for as long as seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.assure.enough import ENOUGH, Z

Floats = npt.NDArray[np.float64]


class Curve(NamedTuple):
    """Share of outages that last longer than a time (Kaplan–Meier), at the times at which some ended."""

    hours: Floats
    longer: Floats
    low: Floats
    high: Floats
    """Interval of `longer` (Greenwood, on the scale log −log)."""


def repairs(pieces: pd.DataFrame, by: Sequence[str] = ("point",)) -> pd.DataFrame:
    """The outages that count against the link, whole.

    Parameters
    ----------
    pieces
        Outages (`outages.outages`), with the columns `by`, which say whose a row is.

    Returns
    -------
    DataFrame
        `outage`, `point`, `start`, `end` (s since 1970), `hours` of it that count, `least_hours`: what it surely
        lasted, `most_hours`: what it lasted at most, infinite where its end was not seen; `ended`.
    """
    down = pieces[(pieces["counts"] == "down") & pieces["cause"].isin(["link", "region-wide"])]
    lasted = down["end"] - down["start"]
    wide = (down["start_wide_s"] + down["end_wide_s"]) / 2 + down["sure_s"]
    made = pd.DataFrame({
        "outage": down["outage"], **{name: down[name] for name in by}, "start": down["start"], "end": down["end"],
        "hours": lasted / 3600, "least_hours": np.maximum(lasted - wide, 0) / 3600,
        "most_hours": (lasted + wide) / 3600, "ended": down["ended"],
    })  # fmt: skip
    how = {
        "start": "min",
        "end": "max",
        "hours": "sum",
        "least_hours": "sum",
        "most_hours": "sum",
        "ended": "last",
    }
    made = made.sort_values("start", kind="stable").groupby(["outage", *by], as_index=False).agg(how)
    made["most_hours"] = made["most_hours"].where(made["ended"], np.inf)
    return made


def curve(hours: Any, ended: Any) -> Curve:
    """The curve of outages that lasted so long (h) and ended then, or were seen for so long and no further."""
    hours, ended = np.asarray(hours, float), np.asarray(ended, bool)
    times, which = np.unique(hours, return_inverse=True)
    ends = np.bincount(which, weights=ended, minlength=len(times))
    left = np.bincount(which, minlength=len(times))
    at_risk = len(hours) - np.r_[0, np.cumsum(left)[:-1]] if len(times) else np.zeros(0)
    some = ends > 0
    times, ends, at_risk = times[some], ends[some], at_risk[some]
    longer = np.cumprod(1 - ends / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(ends / (at_risk * (at_risk - ends)))
        reach = Z * np.sqrt(variance) / np.abs(np.log(longer))
        low, high = longer ** np.exp(reach), longer ** np.exp(-reach)
    # Where all have ended nothing is left to be unsure about by this formula: keep the bounds of the step before.
    over = longer <= 0
    low[over] = 0.0
    before = high[~over][-1] if (~over).any() else 1.0
    high[over] = before
    return Curve(times, longer, np.nan_to_num(low), np.nan_to_num(high, nan=1.0))


def median_hours(of: Curve) -> tuple[float, float, float]:
    """Median time to repair, h, and its interval (Brookmeyer and Crowley); infinite where that many did not end."""
    return _first(of, of.longer), _first(of, of.low), _first(of, of.high)


def _first(of: Curve, share: Floats) -> float:
    below = np.flatnonzero(share <= 0.5)
    return float(of.hours[below[0]]) if len(below) else np.inf


SUMMARY = ("repairs", "repairs_open", "repair_h", "repair_h_low", "repair_h_high", "longest_h")


def summary(hours: Floats, ended: npt.NDArray[np.bool_]) -> tuple[float, ...]:
    """What a scorecard says of repairs, as `SUMMARY`; the median only where there are enough."""
    median = low = high = np.nan
    if len(hours) >= ENOUGH.repairs:
        median, low, high = median_hours(curve(hours, ended))
    longest = float(hours.max()) if len(hours) else np.nan
    return float(len(hours)), float((~ended).sum()), median, low, high, longest
