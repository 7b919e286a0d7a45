"""The numbers of the indicators that measurements yield: quality of links and promises kept, by month and year."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from merata.access.columns import words
from merata.assure import availability, programme, score, speed
from merata.assure.enough import UTC_OFFSET_H
from merata.assure.scorecards import PROMISES
from merata.publish.counted import district_of
from merata.publish.indicators import INDICATORS
from merata.publish.observed import Observation
from merata.publish.statement import checked

#: What the run of an observation is called that no run made.
SCORES = "scores"
_MEDIANS = {"DOWN_BUSY": "down_mbps", "LATENCY": "latency_ms"}


def of_scores(measurements: Path, region: str) -> list[Observation]:
    """All numbers of the scores that lie in a folder of measurements; none where nothing was scored.

    They are of service points, wherever borders run: they carry no mark of borders.

    Parameters
    ----------
    measurements
        The folder.
    region
        Code of the region.

    Raises
    ------
    FileError
        The scores are not as `merata score` wrote them.

    """
    place = measurements / score.FOLDER / "all"
    if not (place / score.ABOUT).exists():
        return []
    about = checked(place)
    cards = pd.read_csv(place / "scorecards.csv", dtype={"period": str, "name": str})
    points = cards[cards["of"] == "point"]
    villages = programme.read(measurements).points.set_index("point")["village"]
    codes = list(words(villages.reindex(points["name"])))
    found = []
    for area in (region, *sorted({district_of(code) for code in codes if code.count(".") >= 2})):
        mine = points[[area in (region, district_of(code)) for code in codes]]
        for period, rows in mine.groupby("period", sort=True):
            status = "P" if _ends(str(period)) > about["as_of_s"] else "A"
            found += [
                Observation(
                    indicator, area, "A" if len(str(period)) == 4 else "M", str(period), value=_six(value),
                    low=_six(low), high=_six(high), known_by="measured", status=status, run=SCORES,
                    definition=INDICATORS[indicator].version,
                )
                for indicator, value, low, high in _numbers(rows)
            ]  # fmt: skip
    return found


def _six(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None


def _ends(period: str) -> float:
    """When a month or year is over, s since 1970, where the region is."""
    year, month = int(period[:4]), int(period[5:] or 12)
    last = dt.datetime(year, month, calendar.monthrange(year, month)[1], tzinfo=dt.UTC)
    return last.timestamp() + 86_400 - 3600 * UTC_OFFSET_H


def _numbers(points: pd.DataFrame) -> Iterator[tuple[str, float, float, float]]:
    """(indicator, value, low, high) of the points' scorecards of a period."""
    sums = points[list(availability.SUMS)].sum().to_frame().T
    share = availability.shares(sums).iloc[0]
    if np.isfinite(share["availability"]):
        ends = (share["availability_low"], share["availability_high"])
        yield "AVAILABILITY", float(share["availability"]), float(ends[0]), float(ends[1])
    for indicator, column in _MEDIANS.items():
        values = np.sort(points[column].dropna().to_numpy(float))
        if len(values):
            _, low, high = speed.ranks(len(values), 0.5)
            yield (
                indicator,
                float(np.median(values)),
                values[low] if low >= 0 else np.nan,
                values[high] if high < len(values) else np.nan,
            )
    said = pd.concat([points[f"{what}_verdict"] for what in PROMISES])
    kept, missed = int((said == "kept").sum()), int((said == "missed").sum())
    if kept + missed:
        ends = binomtest(kept, kept + missed).proportion_ci(0.95, method="wilson")
        yield "PROMISES_KEPT", kept / (kept + missed), float(ends.low), float(ends.high)
