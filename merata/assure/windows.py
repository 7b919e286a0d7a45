"""When which point is excused, and why: planned work told in time, what was agreed or decided, service that rests."""

from __future__ import annotations

from typing import Any

import pandas as pd

from merata.assure import under
from merata.assure.programme import Programme


def windows(programme: Programme) -> pd.DataFrame:
    """When which point is excused, and why: `point`, `low`, `high`, `why`."""
    rows, spans = planned(programme), under.spans(programme)
    for why in ("majeure", "suspended"):
        for row in _rows(getattr(programme, why)):
            rows += [(*span, why) for span in _concerned(spans, row)]
    rows += [(row.point, row.begins, row.until, "contest") for row in _rows(programme.decided)]
    return pd.DataFrame(rows, columns=["point", "low", "high", "why"])


def planned(programme: Programme) -> list[tuple[str, float, float, str]]:
    """Planned work that was told as long before as the contract wants: point, from, until (s since 1970), why."""
    spans = under.spans(programme)
    found: list[tuple[str, float, float, str]] = []
    for row in _rows(programme.maintenance):
        some = _concerned(spans, row)
        points = pd.Series([point for point, _, _ in some], dtype=object)
        hours = under.promised_at(programme, points, [low for _, low, _ in some])["notice_hours"]
        told = (row.noticed <= row.begins - hours * 3600).to_numpy()
        found += [(*span, "maintenance") for span, in_time in zip(some, told, strict=True) if in_time]
    return found


def suspensions(programme: Programme) -> pd.DataFrame:
    """When service rested at which point, and by what order: `point`, `low`, `high`, `why` as somebody wrote it."""
    spans = under.spans(programme)
    rows = [(*span, row.why) for row in _rows(programme.suspended) for span in _concerned(spans, row)]
    made = pd.DataFrame(rows, columns=["point", "low", "high", "why"])
    return made.sort_values(["point", "low"], kind="stable", ignore_index=True)


def _rows(frame: pd.DataFrame) -> Any:
    return frame.rename(columns={"from": "begins"}).itertuples(index=False)


def _concerned(spans: pd.DataFrame, row: Any) -> list[tuple[str, float, float]]:
    """Point, from and until that a row of planned work or the like is about; it must name something.

    What names a provider is about the time in which the point was this provider's.
    """
    named = [name for name in ("provider", "district", "point") if getattr(row, name, "")]
    if not named:
        return []
    mine = spans[(spans[named] == [getattr(row, name) for name in named]).all(axis=1)]
    if "provider" not in named:
        return [(point, row.begins, row.until) for point in mine["point"].unique()]
    low, high = mine["low"].clip(lower=row.begins), mine["high"].clip(upper=row.until)
    return [one for one in zip(mine["point"], low, high, strict=True) if one[1] < one[2]]
