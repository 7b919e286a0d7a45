"""What measurements teach the next plan: access and prices as rows that a region takes in like anybody's files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from merata.assure import programme as agreed
from merata.assure import score
from merata.assure.enough import UTC_OFFSET_H
from merata.assure.programme import Programme
from merata.assure.programme_tables import PHONES
from merata.errors import MissingError
from merata.region.prices import COMPONENTS

#: From so many points on, their fees are a price.
LEAST_POINTS = 3
#: A price's range holds the fees but for these shares at its ends.
ENDS = (0.1, 0.9)
#: Technology of a point -> the component of the catalogue whose price its fee is.
COMPONENT_OF = {
    "fibre": "fibre_monthly",
    "fixed_wireless": "fixed_wireless_monthly",
    "leo": "leo_monthly",
    "leo_solar": "leo_monthly",
    "geo": "geo_monthly",
}
#: How a phone was connected when its test tells of what people have at that place: not by somebody's Wi-Fi.
MOBILE = "mobile"


@dataclass(frozen=True)
class Learned:
    """Rows for a region's tables `measurements` and `prices`, with those tables' columns."""

    access: dict[str, pd.DataFrame]
    """By month that is over, such as 2026-11: what points and phones measured in it."""
    prices: pd.DataFrame
    suspected: list[str]
    """Points whose measurements do not look like measurements: nothing is learned from them."""
    too_little: list[str]
    """Points of which too little is known."""


def learn(measurements: Path) -> Learned:
    """What the folder of measurements teaches, by the scores that were last written.

    Raises
    ------
    MissingError
        Nothing was scored yet.
    FileError
        A file can't be read.
    """
    place = measurements / score.FOLDER / "all"
    if not (place / score.ABOUT).exists():
        raise MissingError(f"{place}: nothing was scored yet. Begin with `merata score`.")
    programme = agreed.read(measurements)
    text = {"name": str, "period": str}
    cards = pd.read_csv(place / "scorecards.csv", dtype=text, keep_default_na=False, na_values=[""])
    found = pd.read_csv(place / "suspicions.csv", dtype=text, keep_default_na=False, na_values=[""])
    phones = agreed.table(measurements / "phones.csv", PHONES)
    as_of_s = json.loads((place / score.ABOUT).read_text(encoding="utf-8"))["as_of_s"]
    month = month_of(as_of_s)
    return of(cards, set(found.loc[found["of"] == "point", "name"]), programme, phones, month)


def month_of(as_of_s: float) -> str:
    """The local month of a moment, s since 1970."""
    return str(np.datetime64(int(as_of_s + UTC_OFFSET_H * 3600), "s").astype("datetime64[M]"))


def of(
    cards: pd.DataFrame, suspected: set[str], programme: Programme, phones: pd.DataFrame, until: str
) -> Learned:
    """The same of frames: scorecards, points under suspicion, phones' tests (`PHONES`); of months before `until`."""
    mine = cards[(cards["of"] == "point") & (cards["period"].str.len() == 7)]
    mine = mine.sort_values(["name", "period"], kind="stable")
    known = mine[_known(mine) & ~mine["name"].isin(suspected)]
    rest = set(mine["name"]) - set(known["name"]) - suspected
    access = pd.concat([_of_points(known, programme), _of_phones(phones)], ignore_index=True)
    month = access["when"].str[:7]
    by_month = {name: rows.astype({"tests": int}) for name, rows in access.groupby(month) if name < until}
    return Learned(by_month, _prices(programme), sorted(suspected & set(mine["name"])), sorted(rest))


def _known(cards: pd.DataFrame) -> pd.Series:
    """Whether a month's rate is known, or that there was none: the link was down for most of the time."""
    found: pd.Series = cards["enough"].astype(bool) & (
        cards["down_mbps"].notna() | (cards["availability"] < 0.5)
    )
    return found


def _of_points(known: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    points = programme.points.set_index("point").reindex(known["name"]).reset_index()
    last_day = pd.PeriodIndex(known["period"], freq="M").end_time.strftime("%Y-%m-%d")
    # An office by its kind, for its name is its village's; others by name, as a village may have several.
    named = np.where(
        (points["kind"] == "village office") | (points["place"] == ""), points["kind"], points["place"]
    )
    tests = known["down_mbps_tests"].fillna(0).clip(lower=1)
    return pd.DataFrame(
        {
            "id": ("score " + known["name"] + " " + known["period"]).to_numpy(),
            "village_code": points["village"].to_numpy(),
            "when": last_day.to_numpy(),
            "operator": points["provider"].to_numpy(),
            "technology": points["option"].to_numpy(),
            "down_mbps": known["down_mbps"].fillna(0).to_numpy(),
            "up_mbps": known["up_mbps"].to_numpy(),
            "latency_ms": known["latency_ms"].to_numpy(),
            "tests": tests.astype(int).to_numpy(),
            "availability": known["availability"].to_numpy(),
            "place": named,
            "lon": np.nan,
            "lat": np.nan,
        }
    )


def _of_phones(phones: pd.DataFrame) -> pd.DataFrame:
    mine = phones[phones["network"] == MOBILE]
    made = mine.rename(columns={"test": "id", "village": "village_code", "day": "when"})
    made = made.assign(id="phone " + made["id"].astype(str), tests=1, availability=np.nan, place="")
    return made.drop(columns="network")


def _prices(programme: Programme) -> pd.DataFrame:
    """Fees of points by component of the catalogue: the range of most, with how many stand behind it."""
    option = programme.points.set_index("point")["option"]
    rows = pd.DataFrame({"component": option.map(COMPONENT_OF), "fee": programme.fees()}).dropna()
    made = []
    for key, fees in rows.groupby("component")["fee"]:
        if len(fees) >= LEAST_POINTS:
            low, high = (int(round(fees.quantile(end), -3)) for end in ENDS)
            made.append(
                (
                    COMPONENTS[str(key)].words[0],
                    low,
                    high,
                    "IDR per month",
                    f"fees of {len(fees)} points",
                    len(fees),
                )
            )
    return pd.DataFrame(made, columns=["item", "low", "high", "unit", "basis", "sites"])


def summary(learned: Learned) -> list[tuple[str, int]]:
    """What there is, counted, for people."""
    rows = pd.concat(learned.access.values()) if learned.access else pd.DataFrame({"place": [], "id": []})
    ids = rows["id"].astype(str)
    return [
        ("months that are over", len(learned.access)),
        ("service points with measured access", ids[rows["place"] != ""].str.split().str[1].nunique()),
        ("phones' tests over mobile networks", int((rows["place"] == "").sum())),
        ("prices that are paid", len(learned.prices)),
        ("points left out, as what they say does not look like measurements", len(learned.suspected)),
        ("points left out with too little evidence", len(learned.too_little)),
    ]
