"""What was found not to be there any more: rows of other tables that such a row takes away."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from merata.region.findings import Finding
from merata.region.values import fold

#: Towers within so many metres of where one is said to be gone are meant: phones and lists are seldom nearer.
NEAR_M = 300.0
_M_PER_DEGREE = 111_320.0
TOWER, SETTLEMENT = "tower", "settlement"


def taken_away(tables: dict[str, pd.DataFrame]) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """The tables without what `gone` names, and a finding for each of its rows: what went, or that nothing fits.

    A row that a later source gives again stays: it is there again.
    """
    made, findings = dict(tables), []
    for _, one in tables["gone"].iterrows():
        name = _table_of(str(one["what"]))
        rows = made[name]
        meant = _fits(rows, one, name) & (rows["source_date"].fillna("") <= str(one["source_date"]))
        if meant.any():
            made[name] = rows[~meant].reset_index(drop=True)
        findings.append(_finding(one, name, list(rows.loc[meant, "id"].astype(str))))
    return made, findings


def _table_of(what: str) -> str:
    return {TOWER: "sites", SETTLEMENT: "settlements"}.get(what, "facilities")


def _fits(rows: pd.DataFrame, one: pd.Series, table: str) -> pd.Series:
    """Which rows a row of `gone` means."""
    if table == "sites":
        return _near(rows, one) & _same(rows["operator"], one["run_by"], any_=True)
    here = rows["village_code"].astype("string") == str(one["village_code"])
    if table == "facilities":
        here &= rows["kind"].astype("string") == str(one["what"])
    # What has no name of its own is called by its kind.
    names = rows["name"].fillna(rows["kind"]) if table == "facilities" else rows["name"]
    return here.fillna(False).astype(bool) & _same(names, one["called"])


def _near(rows: pd.DataFrame, one: pd.Series) -> pd.Series:
    """Whether rows lie near the point; on the equator's scale, which is near enough for Indonesia's latitudes."""
    if one["geometry"] is None or not len(rows):
        return pd.Series(False, index=rows.index)
    places = gpd.GeoSeries(rows["geometry"])
    off_m = shapely.distance(places.to_numpy(), one["geometry"]) * _M_PER_DEGREE
    return pd.Series(off_m <= NEAR_M, index=rows.index)


def _same(said: pd.Series, wanted: str | None, *, any_: bool = False) -> pd.Series:
    """Whether names are the wanted one, however they are written; with `any_`, all are where none is wanted."""
    if pd.isna(wanted) or not wanted:
        return pd.Series(any_, index=said.index)
    folded = fold(wanted)
    return pd.Series([fold(str(name)) == folded for name in said.fillna("")], index=said.index, dtype=bool)


def _finding(one: pd.Series, table: str, went: list[str]) -> Finding:
    what = f"{one['what']} {'' if pd.isna(one['called']) else one['called']}".strip()
    done = f"Left out of {table}: {', '.join(went)}." if went else f"No row of {table} is this one."
    settle = "" if went else "Look at its place, its name and its date."
    return Finding(
        "note", str(one["source"]), f"Said to be gone: {what}.", done, settle, row=int(one["source_row"] or 0)
    )
