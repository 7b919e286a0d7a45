"""What packages of open standards need, from a region's folder: its contracts file, and the plan of a run."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

from merata.access.result import Access
from merata.assure.programme import Programme
from merata.plan.result import Plan
from merata.publish.oc4ids import Village
from merata.publish.open_contracting import ZONE, Agreed, promised
from merata.publish.view import records


def agreed(programme: Programme, day: dt.date, published: dt.datetime) -> list[Agreed]:
    """The contracts of `measurements/contracts.csv` with the points of `points.csv` that are under them on a day.

    Payments are in no file of the folder: the site has them. When a contract changed is not known either, so each says
    the moment of publication.
    """
    contracts = programme.contracts.sort_values("contract", kind="stable")
    fees = _fees(programme, day)
    return [
        Agreed(
            row["contract"],
            row["provider"] or row["contract"],
            _day(row["from"]),
            _last_day(row["until"]),
            fees.get(row["contract"], {}),
            promised(row),
            changed=published,
        )
        for row in contracts.to_dict("records")
    ]


def _fees(programme: Programme, day: dt.date) -> dict[str, Counter[int]]:
    """By contract: fee a month -> points that owe it on the day."""
    ends = dt.datetime.combine(day, dt.time(), ZONE).timestamp()
    own = programme.fees()
    points = programme.points[(programme.points["contract"] != "") & (programme.points["until"] > ends)]
    found: dict[str, Counter[int]] = {}
    for point, contract in zip(points["point"], points["contract"], strict=True):
        fee = own.get(point)
        if fee is not None and not math.isnan(fee):
            found.setdefault(contract, Counter())[int(fee)] += 1
    return found


def _day(time_s: float) -> dt.date | None:
    return dt.datetime.fromtimestamp(time_s, ZONE).date() if math.isfinite(time_s) else None


def _last_day(time_s: float) -> dt.date | None:
    """The last day before a moment that no longer counts."""
    return _day(time_s - 1)


def villages(access: Access, plan: Plan) -> Iterator[Village]:
    """The villages of a run with what its plan gives them. How far their points are, only the site knows."""
    planned = {row["code"]: row for row in records(plan.villages)}
    places = access.villages.geometry.representative_point()
    for row, place in zip(records(access.villages.drop(columns="geometry")), places, strict=True):
        said = planned.get(row["code"], {})
        yield Village(
            row["code"], row["name"], row.get("district") or "", *_lon_lat(place), said.get("year"),
            said.get("option") or "", said.get("fund") or "", said.get("capex_idr") or 0,
            said.get("opex_idr_per_year") or 0, said.get("people_served") or 0.0,
        )  # fmt: skip


def _lon_lat(place: Any) -> tuple[float | None, float | None]:
    return (None, None) if place is None or place.is_empty else (round(place.x, 5), round(place.y, 5))


def works(plan: Plan) -> list[dict[str, Any]]:
    """The plan's works as `ofds.package` takes them."""
    return records(plan.works)
