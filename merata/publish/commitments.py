"""Promises to villages whose year is over: which were kept in it, and the yearly numbers of that.

They are those of the open table of commitments: of a published plan, and agreed at meetings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd
from scipy.stats import binomtest

from merata.access.columns import words
from merata.publish.counted import district_of
from merata.publish.indicators import INDICATORS
from merata.publish.observed import Observation

CODE = "COMMITMENTS_KEPT"
#: What the run of an observation is called that comes from the site's board of promises.
BOARD = "board"


def in_time(promises: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    """Each first promise whose year is over: `kept` in that year by its last form, or `moved` to a later one.

    Parameters
    ----------
    promises
        Columns number, year, state, replaced_by and region (numbers are a region's own); what else there is stays.
    on
        The day.
    """
    rows = {(row["region"], row["number"]): row for row in promises.to_dict("records")}
    later = {(row["region"], row["replaced_by"]) for row in rows.values()}
    found = []
    for key, row in rows.items():
        if key in later or not row["year"] < on.year:
            continue
        last = _last(rows, key)
        kept = last["state"] == "kept" and last["year"] <= row["year"]
        found.append({**row, "kept": kept, "moved": last["year"] > row["year"]})
    return pd.DataFrame(found, columns=[*promises.columns, "kept", "moved"])


def _last(rows: Mapping[Any, Mapping[Hashable, Any]], key: Any) -> Mapping[Hashable, Any]:
    """The promise that stands now in the place of one; a ring of replacements ends where it began."""
    seen = set()
    while key not in seen and (after := (key[0], rows[key]["replaced_by"])) in rows:
        seen.add(key)
        key = after
    return rows[key]


def of_board(promises: pd.DataFrame, region: str, on: dt.date) -> Iterator[Observation]:
    """The numbers of every year that is over: of the region and of each district.

    Parameters
    ----------
    promises
        The open table of commitments: number, village_code, year, state, replaced_by.
    region
        Code of the region.
    on
        Day of the publication.
    """
    due = in_time(promises.assign(region=region), on)
    of = [district_of(code) if code.count(".") >= 3 else "" for code in words(due["village_code"])]
    for area in (region, *sorted({code for code in of if code})):
        mine = due[[area in (region, code) for code in of]].astype({"year": int})
        for year, rows in mine.groupby("year", sort=True):
            kept, all_due = int(rows["kept"].sum()), len(rows)
            ends = binomtest(kept, all_due).proportion_ci(0.95, method="wilson")
            yield Observation(
                CODE, area, "A", str(year), value=round(kept / all_due, 6), low=round(float(ends.low), 6),
                high=round(float(ends.high), 6), known_by="reported", definition=INDICATORS[CODE].version, run=BOARD,
            )  # fmt: skip
