"""Under which contract a point was, and when: contracts that follow each other, and time in which service rested."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.assure.programme import Programme

Floats = npt.NDArray[np.float64]
_PROVIDED = ("provider", "offer")


def spans(programme: Programme) -> pd.DataFrame:
    """When which contract stood at which point: those of point_contracts.csv, else the point's own for all time.

    Returns
    -------
    DataFrame
        `point`, `contract` (empty: none), `provider` (the contract's, else the point's), `district`, `fee_idr` a month
        (NaN: none), `low` and `high` (s since 1970, infinite where open), `follows`: another stood there before. By
        point and time, not overlapping there; the contract's own `from` and `until` are not looked at.
    """
    points = programme.points[["point", "provider", "district", "contract", "monthly_idr"]]
    told = programme.point_contracts.rename(columns={"from": "low", "until": "high"})
    made = points[~points["point"].isin(told["point"])].assign(low=-np.inf, high=np.inf)
    if len(told):
        whose = points[["point", "provider", "district"]]
        made = pd.concat([made, told.merge(whose, on="point")], ignore_index=True)
    theirs = programme.contracts.set_index("contract")
    of_contract = made["contract"].map(theirs["provider"].to_dict() | {"": ""}).astype(object)
    several = made["point"].isin(told["point"]) & (of_contract != "")
    made["provider"] = of_contract.where(several, made["provider"])
    made["fee_idr"] = made["monthly_idr"].fillna(made["contract"].map(theirs["monthly_idr"]))
    made = made.sort_values(["point", "low"], kind="stable", ignore_index=True)
    columns = ["point", "contract", "provider", "district", "fee_idr", "low", "high"]
    return made[columns].assign(follows=made.duplicated("point"))


def longest(programme: Programme, points: pd.Series, periods: pd.Series) -> pd.DataFrame:
    """The contract that stood longest at each of some points in a period (2026-11 or 2026): `contract`, `provider`.

    Where none of them stood then it is the point's present one.
    """
    known = programme.points.set_index("point")[["contract", "provider"]].reindex(points)
    made = {name: known[name].to_numpy(object).copy() for name in known}
    told = spans(programme)
    told = told[told["point"].isin(programme.point_contracts["point"])]
    by_point = {str(point): rows for point, rows in told.groupby("point")}
    for at in np.flatnonzero(points.isin(list(by_point))):
        mine, (begin, end) = by_point[points.iloc[at]], _ends(str(periods.iloc[at]))
        low, high = (mine[name].to_numpy(float) for name in ("low", "high"))
        lasted = np.minimum(high, end) - np.maximum(low, begin)
        if lasted.max() > 0:
            for name, values in made.items():
                values[at] = mine[name].iloc[int(lasted.argmax())]
    return pd.DataFrame(made)


def _ends(period: str) -> tuple[float, float]:
    """Where a month, or a year, begins and ends, s since 1970."""
    from merata.assure.looks import (
        edges_of,
    )  # brings Numba along, which who asks for windows alone does without

    months = [period] if len(period) == 7 else [f"{period}-{month:02d}" for month in range(1, 13)]
    edges = edges_of(months)
    return float(edges[0]), float(edges[-1])


def promised_in(programme: Programme, points: pd.Series, periods: pd.Series) -> pd.DataFrame:
    """What was promised of each of some points by the contract that stood longest in a period: a row each."""
    return _of_contracts(programme, points, longest(programme, points, periods)["contract"])


def promised_at(programme: Programme, points: pd.Series, times: Any) -> pd.DataFrame:
    """What was promised of each of some points by the contract that stood at a time (s since 1970): a row each."""
    contract = programme.points.set_index("point")["contract"].reindex(points).to_numpy(object)
    when = np.asarray(times, float)
    told = spans(programme)
    row: Any
    for row in told[told["point"].isin(programme.point_contracts["point"])].itertuples(index=False):
        hit = (points == row.point).to_numpy() & (when >= row.low) & (when < row.high)
        contract[hit] = row.contract
    return _of_contracts(programme, points, pd.Series(contract, dtype=object))


def _of_contracts(programme: Programme, points: pd.Series, contracts: pd.Series) -> pd.DataFrame:
    made = programme.promises().reindex(contracts).reset_index(drop=True)
    return programme.with_defaults(made).set_index(pd.Index(points.to_numpy(), name="point"))


def group_in(programme: Programme, group: pd.Series, points: pd.Series, periods: pd.Series) -> Any:
    """What some points belonged to in a period (array): `group` by point, and where contracts follow, by then.

    `group` is a column of the points, or what is made of them (`offer`: the provider and the technology), by point.
    """
    made = group.reindex(points).to_numpy(object)
    if group.name not in _PROVIDED or programme.point_contracts.empty:
        return made
    several = points.isin(programme.point_contracts["point"]).to_numpy()
    providers = longest(programme, points[several], periods[several])["provider"].to_numpy(object)
    if group.name == "offer":
        options = programme.points.set_index("point")["option"].reindex(points[several])
        providers = np.array(
            [f"{p} · {o}" if p and o else "" for p, o in zip(providers, options, strict=True)], object
        )
    made[several] = providers
    return made


def rested(windows: pd.DataFrame) -> pd.DataFrame:
    """When service rested by an order or because the place was closed: `point`, `low`, `high`, joined and sorted.

    Parameters
    ----------
    windows
        Of `windows.windows`.
    """
    rows: list[tuple[str, float, float]] = []
    mine = windows[windows["why"] == "suspended"].sort_values(["point", "low"], kind="stable")
    for point, low, high in zip(mine["point"], mine["low"], mine["high"], strict=True):
        if rows and rows[-1][0] == point and low <= rows[-1][2]:
            rows[-1] = (point, rows[-1][1], max(high, rows[-1][2]))
        else:
            rows.append((point, low, high))
    return pd.DataFrame(rows, columns=["point", "low", "high"]).astype({"low": float, "high": float})


def without(spans: pd.DataFrame, holes: pd.DataFrame) -> pd.DataFrame:
    """Rows with `point`, `begins` and `until`, without the holes of their points (`point`, `low`, `high`, sorted)."""
    if not spans["point"].isin(holes["point"]).any():
        return spans
    by_point = {
        point: list(zip(mine["low"], mine["high"], strict=True)) for point, mine in holes.groupby("point")
    }
    kept = []
    for row in spans.to_dict("records"):
        at = row["begins"]
        for low, high in [*by_point.get(row["point"], []), (row["until"], np.inf)]:
            if min(low, row["until"]) > at:
                kept.append(row | {"begins": at, "until": min(low, row["until"])})
            at = max(at, high)
    return pd.DataFrame(kept, columns=list(spans))
