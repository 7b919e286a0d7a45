"""When points were in service, and which probe spoke for which of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from merata.assure.enough import PERIOD_S
from merata.assure.programme import Programme


def tenures(programme: Programme, heard: pd.DataFrame) -> pd.DataFrame:
    """When which probe spoke for which point, within the point's service; of two at once the later one.

    Parameters
    ----------
    heard
        By `probe`: `first` and `last` look, s since 1970 (`looks.Seen`).

    Returns
    -------
    DataFrame
        `probe`, `point`, `from`, `until` (s since 1970), `first`, `last`; by point and time, not overlapping there.
    """
    points = programme.points[["point", "from", "until"]].rename(columns={"from": "begins", "until": "ends"})
    made = programme.probes.merge(points, on="point").merge(heard, on="probe", how="left")
    first = made["first"].fillna(np.inf) - PERIOD_S / 2
    # Where neither file says since when: from its first word.
    begins = made["begins"].where(np.isfinite(made["begins"]) | np.isfinite(made["from"]), first)
    made["from"] = np.maximum(made["from"], begins)
    made["until"] = np.minimum(made["until"], made["ends"])
    made = made.sort_values(["point", "from", "probe"], kind="stable")
    later = made["from"].shift(-1).where(made["point"] == made["point"].shift(-1), np.inf)
    made["until"] = np.minimum(made["until"], later)
    kept = made[made["from"] < made["until"]]
    return kept[["probe", "point", "from", "until", "first", "last"]].reset_index(drop=True)


def services(programme: Programme, spoke: pd.DataFrame) -> pd.DataFrame:
    """From when to when each point was in service: `point`, `begins`, `until` (s since 1970, infinite for to this day).

    A point without a date began with its first probe; one that was never heard has not begun (infinite).
    """
    points = programme.points
    first = spoke.groupby("point")["from"].min().reindex(points["point"]).to_numpy()
    begins = points["from"].to_numpy()
    begins = np.where(np.isfinite(begins), begins, np.where(np.isnan(first), np.inf, first))
    return pd.DataFrame({"point": points["point"], "begins": begins, "until": points["until"]})


def stood(programme: Programme, heard: pd.DataFrame) -> pd.DataFrame:
    """When a probe stood at which point, heard or not: `point`, `low`, `high` (s since 1970).

    One of which no file says since when stood there from its first word; never heard, it never did.
    """
    made = programme.probes.merge(heard, on="probe", how="left")
    low = made["from"].where(np.isfinite(made["from"]), made["first"].fillna(np.inf))
    return pd.DataFrame({"point": made["point"], "low": low, "high": made["until"]})
