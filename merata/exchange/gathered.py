"""What a region hands on, gathered from its folder: open, of groups of points, never of one point or person.

Groups are by ground and provider where that leaves enough points; all points of smaller groups go together into one
group of mixed ground without a provider, and where they are too few even so, they are left out and counted. Groups do
not overlap and there are no sums over them, so nothing can be reckoned back by taking one from another. What was taken
from other regions is not handed on: a figure would come home as if it were somebody else's.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from merata.assure import programme as agreed
from merata.assure import score
from merata.assure.learn import COMPONENT_OF
from merata.assure.scorecards import PROMISES
from merata.errors import FileError, MissingError
from merata.exchange import bundle_csv
from merata.exchange.bundle_tables import CONTRACTS, FEWEST, PRACTICES, PRICE_LIST
from merata.plan import catalogue, likeness
from merata.plan.evidence import TENTH
from merata.plan.options import OPTIONS
from merata.region.confidence import HELD
from merata.region.folder import TERRAIN, Region

FILE = "practices.csv"
#: Who gives the files that `merata learn` makes: their prices are the fees that are told of by contract.
LEARNED = "merata learn"
_DAY_S = 86_400.0
#: Digits or an address by which a person could be reached or known: telephone, identity card, mail.
_PERSONAL = re.compile(r"(?:\+62|\b0)[\d\s.-]{8,}\d|\b\d{16}\b|[\w.+-]+@[\w-]+\.\w+")
_GROUND = ["terrain", "remoteness"]

Rows = list[dict[str, Any]]


@dataclass
class Gathered:
    """The rows of every table of a bundle (`bundle_tables.TABLES`)."""

    tables: dict[str, Rows]
    left_out: dict[str, int] = field(default_factory=dict)
    """Points (or points with a failure) in groups too small to be told of, by table."""
    notes: list[str] = field(default_factory=list)
    """What is not there, and why."""


def gathered(region: Region) -> Gathered:
    """All that a region can hand on.

    Raises
    ------
    MissingError
        There are no villages yet.
    FileError
        A file of the folder can't be read, or a practice note holds what could name a person.
    """
    with region.reading():
        tables = region.planning_tables()
        learned = {row.file for row in region.sources() if row.given_by == LEARNED}
        terrain = region.raster(TERRAIN)
        if tables["villages"].empty:
            raise MissingError(f"{region.path}: no villages yet, so there is nothing to hand on.")
        ground = likeness.ground_of(gpd.GeoDataFrame(tables["villages"]), tables, region.settings, terrain)
        found = Gathered(
            {"villages": _villages(ground), "prices": _listed(tables["prices"], learned, region)}
        )
        found.tables["practices"] = _practices(region.path / FILE)
        _of_points(region.path / "measurements", ground, found)
    return found


def _villages(ground: pd.DataFrame) -> Rows:
    counted = likeness.count_of(ground)
    return [{"terrain": a, "remoteness": b, "villages": n} for (a, b), n in counted.items()]


# Price lists and practice notes


def _listed(prices: pd.DataFrame, learned: set[str], region: Region) -> Rows:
    """The region's own lists, without what was given in confidence, learned from fees, or the catalogue's defaults."""
    own = prices[~prices["source"].isin(learned | {HELD}) & prices["component"].notna()]
    known = catalogue.prices(own, region.settings)
    named = set(own["component"].astype(str)) | set(region.settings.prices)
    rows = []
    for key, row in known.iterrows():
        low, high = int(row["low_idr"]), int(row["high_idr"])
        if key in named and low > 0:
            middle = (low + high) // 2
            width = float(np.log(high / low)) / (2 * TENTH)
            rows.append(_price(str(key), ("mixed", "mixed"), None, 0, (low, middle, high), width, PRICE_LIST))
    return rows


def _price(
    component: str,
    ground: tuple[str, str],
    provider: str | None,
    sites: int,
    range_idr: tuple[int, int, int],
    spread: float,
    basis: str,
) -> dict[str, Any]:
    low, middle, high = range_idr
    return {
        "component": component, "terrain": ground[0], "remoteness": ground[1], "provider": provider, "sites": sites,
        "middle_idr": middle, "low_idr": low, "high_idr": high, "spread": spread, "basis": basis,
    }  # fmt: skip


def _practices(path: Path) -> Rows:
    """The practice notes of a folder; none where there is no such file."""
    if not path.exists():
        return []
    rows = bundle_csv.read(path.read_bytes().removeprefix(codecs.BOM_UTF8), PRACTICES, str(path))
    for number, row in enumerate(rows, 2):
        for name, value in row.items():
            if isinstance(value, str) and (found := _PERSONAL.search(value)):
                raise FileError(
                    f"{path}, row {number}, column {name}: {found[0]!r} could tell who or where a person is. "
                    "Write the note without it."
                )
    return rows


# What points tell


def _of_points(measurements: Path, ground: pd.DataFrame, found: Gathered) -> None:
    if not (measurements / "points.csv").exists():
        found.notes.append("No service points are known: the bundle tells of no outcomes.")
        return
    programme = agreed.read(measurements)
    points = _points(programme, ground)
    found.tables["prices"] += _paid(points, found)
    place = measurements / score.FOLDER / "all"
    if not (place / score.ABOUT).exists():
        found.notes.append(
            "Nothing was scored yet (`merata score`): the bundle tells of fees, not of outcomes."
        )
        return
    scored = _Scored.read(place)
    points = points[~points.index.isin(scored.suspected)]
    if scored.suspected:
        found.notes.append(
            f"{len(scored.suspected)} points whose measurements do not look like measurements are left out of outcomes."
        )
    found.tables["outcomes"] = _outcomes(points, scored, found)
    found.tables["failures"] = _failures(points, scored, found)


def _points(programme: agreed.Programme, ground: pd.DataFrame) -> pd.DataFrame:
    """Every point with its ground, fee, promises, and days from its contract's begin to its service."""
    points = programme.points.set_index("point")
    told = points[["provider", "option", "village", "contract", "from"]]
    told = told.join(ground, on="village").fillna({"terrain": "mixed", "remoteness": "mixed"})
    begins = told["contract"].map(programme.contracts.set_index("contract")["from"])
    days = (told["from"] - begins) / _DAY_S
    told["days"] = days.where(np.isfinite(days) & (days >= 0))
    told["fee"] = programme.fees()
    promised = programme.promised()
    told["promised"], told["repair_days"] = promised["availability"], promised["repair_hours"] / 24
    known: pd.DataFrame = told[told["option"].isin(list(OPTIONS))].copy()
    return known


def _grouped(
    rows: pd.DataFrame, by: Sequence[str], finer: Sequence[str]
) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    """Groups of enough points by `by` and `finer`; the rest by `by` alone, mixed and without a provider."""
    rest = []
    for key, group in rows.groupby([*by, *finer], sort=True):
        if group["point"].nunique() >= FEWEST:
            yield dict(zip([*by, *finer], key, strict=True)), group
        else:
            rest.append(group)
    if rest:
        for key, group in pd.concat(rest).groupby(list(by), sort=True):
            if group["point"].nunique() >= FEWEST:
                yield {**dict(zip(by, key, strict=True)), "terrain": "mixed", "remoteness": "mixed"}, group


def _tell(
    rows: pd.DataFrame,
    by: Sequence[str],
    finer: Sequence[str],
    row_of: Callable[[pd.DataFrame], dict[str, Any]],
) -> tuple[Rows, int]:
    """A row for each group, and how many points are in none (of each of `by` by itself)."""
    told: dict[tuple[tuple[str, Any], ...], pd.DataFrame] = {}
    left = len(rows[[*by, "point"]].drop_duplicates())
    for key, group in _grouped(rows, by, finer):
        left -= group["point"].nunique()
        # Where the rest of an option is a group of mixed ground already, the two would have one name.
        named = tuple((name, key.get(name) or None) for name in dict.fromkeys([*by, *_GROUND, *finer]))
        told[named] = pd.concat([told[named], group]) if named in told else group
    return [dict(name) | row_of(group) for name, group in told.items()], left


def _paid(points: pd.DataFrame, found: Gathered) -> Rows:
    rows = points.assign(component=points["option"].map(COMPONENT_OF), point=points.index)
    rows = rows[rows["component"].notna() & (rows["fee"] > 0)]
    told, left = _tell(rows, ["component"], [*_GROUND, "provider"], _fees)
    found.left_out["prices"] = left
    return told


def _fees(group: pd.DataFrame) -> dict[str, Any]:
    logs = np.log(group["fee"].to_numpy(float))
    low, high = np.quantile(group["fee"], [0.1, 0.9])
    middle = int(round(float(np.exp(logs.mean())), -3))
    ends = min(int(round(low, -3)), middle), max(int(round(high, -3)), middle)
    return {
        "sites": len(group), "middle_idr": middle, "low_idr": ends[0], "high_idr": ends[1],
        "spread": float(logs.std(ddof=1)), "basis": CONTRACTS,
    }  # fmt: skip


@dataclass(frozen=True)
class _Scored:
    """What `merata score` wrote, of points by month."""

    cards: pd.DataFrame
    statements: pd.DataFrame
    repairs: pd.DataFrame
    outages: pd.DataFrame
    suspected: set[str]

    @classmethod
    def read(cls, place: Path) -> _Scored:
        text = {"name": str, "period": str, "point": str}

        def table(name: str) -> pd.DataFrame:
            return pd.read_csv(place / f"{name}.csv", dtype=text, keep_default_na=False, na_values=[""])

        cards, found = table("scorecards"), table("suspicions")
        mine = cards[
            (cards["of"] == "point") & (cards["period"].str.len() == 7) & cards["enough"].astype(bool)
        ]
        owed = table("statements")
        return cls(
            mine, owed[owed["period"].str.len() == 7], table("repairs"), table("outages"),
            set(found.loc[found["of"] == "point", "name"]),
        )  # fmt: skip


def _outcomes(points: pd.DataFrame, scored: _Scored, found: Gathered) -> Rows:
    cards = scored.cards.assign(point=scored.cards["name"])
    known = points[points.index.isin(cards["point"])]
    rows = known.assign(point=known.index)
    told, found.left_out["outcomes"] = _tell(
        rows, ["option"], [*_GROUND, "provider"], lambda group: _outcome(group, cards, scored)
    )
    return told


def _outcome(group: pd.DataFrame, cards: pd.DataFrame, scored: _Scored) -> dict[str, Any]:
    mine = cards[cards["point"].isin(group["point"])]
    by_point = mine.groupby("point")["availability"].mean().dropna()
    money = scored.statements[scored.statements["point"].isin(group["point"])]
    mended = scored.repairs[scored.repairs["point"].isin(group["point"])]
    mended = mended[mended["ended"].astype(bool)]
    words = mine[[f"{what}_verdict" for what in PROMISES]]
    kept, missed = int((words == "kept").to_numpy().sum()), int((words == "missed").to_numpy().sum())
    days = group["days"].dropna()
    several = len(days) >= FEWEST
    return {
        "points": group["point"].nunique(),
        "months": mine["period"].nunique(),
        "planned_idr": _mean(money["due_idr"]),
        "paid_idr": _mean(money["owed_idr"]),
        "days_to_connect": days.mean() if several else None,
        "days_spread": days.std(ddof=1) if several else None,
        "promised_availability": _mean(group["promised"]),
        "availability": _mean(by_point),
        "availability_spread": by_point.std(ddof=1) if len(by_point) >= FEWEST else None,
        "promised_repair_days": _mean(group["repair_days"]),
        "days_to_repair": _mean(mended["hours"] / 24),
        "judged": kept + missed,
        "kept": kept / (kept + missed) if kept + missed else None,
    }


def _mean(values: pd.Series) -> float | None:
    known = values.dropna()
    return float(known.mean()) if len(known) else None


def _failures(points: pd.DataFrame, scored: _Scored, found: Gathered) -> Rows:
    start, end = (
        pd.to_datetime(scored.outages[name], utc=True, format="ISO8601") for name in ("start", "end")
    )
    pieces = scored.outages.assign(hours=(end - start).dt.total_seconds() / 3600)
    pieces = pieces[pieces["hours"].notna() & (pieces["counts"] != "up")]
    rows = pieces.join(points[["option", *_GROUND]], on="point", how="inner")
    told, found.left_out["failures"] = _tell(
        rows, ["option", "cause"], _GROUND,
        lambda group: {
            "points": group["point"].nunique(), "outages": group[["point", "outage"]].drop_duplicates().shape[0],
            "hours": float(group["hours"].sum()),
        },
    )  # fmt: skip
    return told
