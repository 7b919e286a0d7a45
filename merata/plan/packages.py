"""Procurement packages: the works of a plan as lots that a provider can bid on, by year, place and kind of work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pyproj import Transformer

from merata.plan.costs import PriceColumn, costs
from merata.plan.frames import frame, numbers, words
from merata.plan.instance import Solution
from merata.plan.pose import Posed
from merata.region.tables import Column, Table

#: Lots above this are parted by district, and lots below the other join their neighbours of the same kind and year.
LARGE_IDR = 15_000_000_000
SMALL_IDR = 200_000_000

#: Which trade does a work or brings an option: one kind of lot each.
TRADES = {
    "fibre": ("fibre", "place"),
    "microwave": ("microwave",),
    "towers and cells": (
        "new tower", "tower", "shared tower", "cell", "repeater", "base_station", "donor", "point of presence", "join",
        "junction",
    ),
    "satellite": ("leo", "leo_solar", "geo", "hotspot_leo", "satellite"),
    "radio terminals": ("fixed_wireless", "hotspot"),
}  # fmt: skip
TRADE_ID = {
    "fibre": "serat optik", "microwave": "microwave", "towers and cells": "menara dan sel",
    "satellite": "satelit", "radio terminals": "terminal radio", "other": "lainnya",
}  # fmt: skip

PACKAGES = Table(
    "plan.packages",
    "Lots that a provider can bid on: what is paid for in one year, in one or more districts, of one kind",
    (
        Column("lot", "text", "Id of the lot: year, kind and number", required=True),
        Column("year", "int", "Year in which it is paid for", required=True),
        Column("kind", "text", "Kind of work, in English", required=True),
        Column("kind_id", "text", "Kind of work, in Indonesian", required=True),
        Column("districts", "text", "Districts", required=True),
        Column("villages", "text", "Codes of villages; works between villages have none"),
        Column("village_count", "int", "How many villages", required=True),
        Column("count", "int", "How many connections, towers, cells, hops and cables", required=True),
        Column("what", "text", "Of which kinds how many", required=True),
        Column("km", "float", "Length of new cable", unit="km"),
        Column("low_idr", "idr", "Estimate at low prices: what is paid once", unit="IDR", required=True),
        Column("used_idr", "idr", "At the prices that the plan reckons with", unit="IDR", required=True),
        Column("high_idr", "idr", "At high prices", unit="IDR", required=True),
        Column("yearly_idr", "idr", "Running costs of a whole year, at the plan's prices", unit="IDR", required=True),
    ),
    key=("lot",),
)  # fmt: skip

LOT_WORKS = Table(
    "plan.lot_works",
    "What a lot holds: each thing once, where it is to be",
    (
        Column("lot", "text", "Lot", required=True),
        Column("what", "text", "Option, or kind of shared works", required=True),
        Column("id", "text", "Place, or id of the works", required=True),
        Column("village_code", "code", "Village; empty: between villages"),
        Column("district", "text", "District"),
        Column("year", "int", "Year in which it is to be in service", required=True),
        Column("km", "float", "Length of new cable", unit="km"),
        Column("lon", "float", "Where it is or begins, degrees east"),
        Column("lat", "float", "Degrees north"),
        Column("to_lon", "float", "Where it ends, for links, degrees east"),
        Column("to_lat", "float", "Degrees north"),
    ),
    key=("lot", "what", "id"),
)
LOT_ITEMS = Table(
    "plan.lot_items",
    "What a lot is made of: components of the catalogue and how many",
    (
        Column("lot", "text", "Lot", required=True),
        Column("component", "text", "Component of the catalogue of prices", required=True),
        Column("unit", "text", "Whether it is paid once or per month", required=True),
        Column("number", "float", "How many", required=True),
    ),
    key=("lot", "component"),
)

_COLUMNS: tuple[tuple[str, PriceColumn], ...] = (
    ("low_idr", "low_idr"),
    ("used_idr", "used_idr"),
    ("high_idr", "high_idr"),
)


@dataclass(frozen=True, eq=False)
class Lots:
    """The works of a plan as lots: `PACKAGES`, `LOT_WORKS` and `LOT_ITEMS`."""

    lots: pd.DataFrame
    works: pd.DataFrame
    items: pd.DataFrame


def packages(
    posed: Posed,
    solution: Solution,
    crs: str,
    growth: float = 0.0,
    small_idr: int = SMALL_IDR,
    large_idr: int = LARGE_IDR,
) -> Lots:
    """A plan's lots: every thing that costs something, in exactly one of them.

    A lot is what one trade does in one district in one year; lots below `small_idr` join the next of that trade and
    year while the whole stays below `large_idr`. Nothing above that is parted: a trunk is built whole. What terminals
    cost is their price new: that some are reused is not in the estimate.

    crs : projection of the problem's positions.
    growth : `plan.price_growth`.
    """
    works = _works(posed, solution, growth)
    parts: list[pd.DataFrame] = []
    rows: list[dict[str, Any]] = []
    for (year, kind), part in works.groupby(["paid", "kind"], sort=True):
        by_district = [group for _, group in part.groupby("district", sort=True)]
        for n, lot in enumerate(_joined(by_district, small_idr, large_idr), 1):
            rows.append(_lot(int(str(year)), str(kind), n, lot))
            parts.append(lot.assign(lot=rows[-1]["lot"]))
    whole = pd.concat(parts, ignore_index=True) if parts else works.assign(lot="")
    placed = _placed(posed, crs, whole)
    order = ["lot", "what", "village_code", "id"]
    return Lots(
        frame(PACKAGES, rows), frame(LOT_WORKS, placed.sort_values(order, kind="stable")), _items(posed, whole)
    )  # fmt: skip


def _items(posed: Posed, works: pd.DataFrame) -> pd.DataFrame:
    """How many of each component each lot needs."""
    items = posed.items
    lot = dict(zip(works["thing"].tolist(), works["lot"].tolist(), strict=True))
    used = [(n, lot[t]) for n, t in enumerate(items.thing.tolist()) if t in lot]
    rows = pd.DataFrame(
        [(name, int(items.component[n]), float(items.number[n])) for n, name in used],
        columns=["lot", "component", "number"],
    )
    summed = rows.groupby(["lot", "component"], sort=True)["number"].sum().reset_index()
    named = summed["component"].map(dict(enumerate(items.components)))
    unit = named.map(posed.prices["unit"])
    return frame(LOT_ITEMS, summed.assign(component=named, unit=unit))


def _placed(posed: Posed, crs: str, works: pd.DataFrame) -> pd.DataFrame:
    """The works with where each begins and ends, in degrees."""
    to_degrees = Transformer.from_crs(crs, 4326, always_xy=True)
    ends = _ends(posed)[works["thing"].to_numpy(dtype=np.int64)]
    lon, lat = to_degrees.transform(ends[..., 0], ends[..., 1])
    lon, lat = (np.where(np.isfinite(degrees), degrees, np.nan) for degrees in (lon, lat))
    return works.assign(lon=lon[:, 0], lat=lat[:, 0], to_lon=lon[:, 1], to_lat=lat[:, 1])


def _ends(posed: Posed) -> np.ndarray:
    """Where each node, link and offer begins and ends, metres; NaN where it has no (other) end, (n, 2, 2)."""
    at = np.stack([numbers(posed.nodes[c]) for c in ("x_m", "y_m")], axis=1).reshape(-1, 2)
    row = {name: n for n, name in enumerate(words(posed.nodes["node"]).tolist())}
    links = [
        at[np.array([row[name] for name in words(posed.links[end])], dtype=np.int64)] for end in ("a", "b")
    ]
    places = np.stack([numbers(posed.places[c]) for c in ("x_m", "y_m")], axis=1)
    offers = places[posed.offers["place_no"].to_numpy(dtype=np.int64)]
    none = np.full_like
    begins = np.concatenate([at, links[0], offers])
    ends = np.concatenate([none(at, np.nan), links[1], none(offers, np.nan)])
    return np.stack([begins, ends], axis=1)


def _joined(parts: list[pd.DataFrame], small_idr: int, large_idr: int) -> list[pd.DataFrame]:
    """Neighbouring parts joined while any is small."""
    lots: list[pd.DataFrame] = []
    for part in parts:
        own = int(part["used_idr"].sum())
        last = int(lots[-1]["used_idr"].sum()) if lots else 0
        if lots and min(own, last) < small_idr and own + last <= large_idr:
            lots[-1] = pd.concat([lots[-1], part])
        else:
            lots.append(part)
    return lots


def _lot(year: int, kind: str, number: int, works: pd.DataFrame) -> dict[str, Any]:
    villages = sorted({code for code in works["village_code"] if code})
    counts = works["what"].value_counts().sort_index()
    short = kind.replace(" ", "-")
    return {
        "lot": f"{year}-{short}-{number:02d}", "year": year, "kind": kind, "kind_id": TRADE_ID[kind],
        "districts": ", ".join(sorted({d for d in works["district"] if d})) or "-",
        "villages": ", ".join(villages), "village_count": len(villages), "count": len(works),
        "what": ", ".join(f"{count} × {str(what).replace('_', ' ')}" for what, count in counts.items()),
        "km": float(works["km"].sum()),
        **{name: int(works[name].sum()) for name in ("low_idr", "used_idr", "high_idr", "yearly_idr")},
    }  # fmt: skip


def _works(posed: Posed, solution: Solution, growth: float) -> pd.DataFrame:
    """Every thing that the plan builds and that costs something: year of payment, kind, place and estimates."""
    instance = posed.instance
    years = len(instance.years)
    starts = (np.where(instance.root, years, solution.node_start), solution.link_start, solution.offer_start)
    start = np.concatenate(starts)
    lead = np.concatenate([t.lead for t in (instance.nodes, instance.links, instance.offers)])
    built = np.flatnonzero(start < years)
    paid = (start - lead)[built]
    table = _names(posed).iloc[built].reset_index(drop=True)
    table["thing"] = built
    for name, column in _COLUMNS:
        once, yearly = costs(posed.items, posed.prices, years, growth, column)
        table[name] = once[built, paid]
        if column == "used_idr":
            table["yearly_idr"] = yearly[built, start[built]]
    # What a decision says is paid already is no work to be let.
    due = (
        np.concatenate([t.capital for t in (instance.nodes, instance.links, instance.offers)])[built, paid]
        > 0
    )
    table["paid"], table["year"] = np.array(instance.years)[paid], np.array(instance.years)[start[built]]
    kept = (due | (table["used_idr"] == 0)) & ((table["used_idr"] > 0) | (table["yearly_idr"] > 0))
    result: pd.DataFrame = table[kept].reset_index(drop=True)
    return result


def _names(posed: Posed) -> pd.DataFrame:
    """Nodes, links and offers: what, kind, village_code, district, km."""
    village = dict(zip(words(posed.nodes["node"]), words(posed.nodes["village_code"]), strict=True))
    link_village = [
        village[a] or village[b]
        for a, b in zip(words(posed.links["a"]), words(posed.links["b"]), strict=True)
    ]
    of = dict(zip(words(posed.places["village_code"]), words(posed.places["district"]), strict=True))
    what = np.concatenate(
        [words(posed.nodes["kind"]), words(posed.links["kind"]), words(posed.offers["option"])]
    )
    codes = np.concatenate([
        words(posed.nodes["village_code"]), np.array(link_village, dtype=object), words(posed.offers["village_code"])
    ])  # fmt: skip
    trade = {name: kind for kind, names in TRADES.items() for name in names}
    cable = np.where(words(posed.links["kind"]) == "fibre", numbers(posed.links["length_km"]), 0.0)
    ids = np.concatenate([
        words(posed.nodes["node"]), words(posed.links["link"]),
        words(posed.places["place"])[posed.offers["place_no"].to_numpy(dtype=np.int64)],
    ])  # fmt: skip
    return pd.DataFrame({
        "id": ids,
        "what": [str(w) for w in what],
        "kind": [trade.get(str(w), "other") for w in what],
        "village_code": codes,
        "district": _districts(posed, codes, of),
        "km": np.concatenate([np.zeros(len(posed.nodes)), cable, np.zeros(len(posed.offers))]),
    })  # fmt: skip


def _districts(posed: Posed, codes: np.ndarray, of: dict[Any, Any]) -> np.ndarray:
    """The district of each thing; of what lies in no village, that of the nearest place."""
    own = np.array([of.get(code, "") for code in codes], dtype=object)
    begins, ends = np.moveaxis(_ends(posed), 1, 0)
    # A link belongs where it leads to.
    x, y = np.where(np.isfinite(ends), ends, begins).T
    px, py = numbers(posed.places["x_m"]), numbers(posed.places["y_m"])
    there = np.flatnonzero(np.isfinite(px) & np.isfinite(py))
    district = words(posed.places["district"])
    for n in np.flatnonzero(own == "").tolist():
        if len(there) and np.isfinite(x[n]):
            own[n] = district[there[np.argmin((px[there] - x[n]) ** 2 + (py[there] - y[n]) ** 2)]]
    return own
