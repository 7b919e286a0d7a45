"""New 4G as parts of the network: towers, equipment on them, repeaters, and what links and powers these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from merata.access.result import Access
from merata.plan import technology as tech
from merata.plan import where
from merata.plan.frames import words
from merata.plan.routes import LINK_COLUMNS, NODE_COLUMNS
from merata.plan.spots import NEW, REPEATER
from merata.plan.where import remote_shares
from merata.region.settings import RadioSettings, Settings

#: Columns of the candidates for new towers, as `merata.plan.network` takes them.
CANDIDATE_COLUMNS = ("id", "height_m", "items", "village_code", "known_by", "detail_en", "detail_id")

#: The root that every repeater's donor stands for, and the one in the sky.
DONOR, SATELLITE = "donor", "satellite"

#: What a sector carries on the average of its places, bit/s per Hz: Report ITU-R M.2134, rural.
BITS_PER_HZ = 1.1
#: What is left of its donor for those under a repeater, Mbit/s.
REPEATER_MBPS = 10.0
#: What a satellite link of a 4G site carries, Mbit/s.
SATELLITE_MBPS = 40.0
#: Electric load around the clock, kW.
CELL_KW, REPEATER_KW = 1.0, 0.3
#: The grid is brought to a site from a power line that is so near, km.
GRID_WITHIN_KM = 2.0


@dataclass(frozen=True, eq=False)
class Cells:
    """New 4G as parts of the network.

    nodes, links: cells, repeaters and what links them, by `routes.NODE_COLUMNS` and LINK_COLUMNS. The towers that cells
    are joined to are nodes of `merata.plan.network`: those that stand, and the `candidates` for new ones. `node` and
    `mbps`: by spot, what its places hang on and what that carries.
    """

    nodes: pd.DataFrame
    links: pd.DataFrame
    candidates: gpd.GeoDataFrame
    """By CANDIDATE_COLUMNS, geometry in EPSG:4326."""
    node: dict[int, str]
    mbps: dict[int, float]
    assumptions: list[str] = field(default_factory=list)


def cells(
    spots: pd.DataFrame,
    used: set[int],
    access: Access,
    tables: Mapping[str, pd.DataFrame],
    settings: Settings,
    crs: str,
) -> Cells:
    """Nodes and links of the spots (`spots.COLUMNS`) in the rows `used`; the others serve nobody and are left out."""
    said: list[str] = []
    rows = spots.iloc[sorted(used)]
    points = gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(rows["lon"], rows["lat"]), crs=4326)
    remote = (
        remote_shares(where.km_to_road(points, tables, crs), len(rows), said) if len(rows) else np.zeros(0)
    )
    solar = _solar(points, access, tables, crs, said)
    nodes: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []
    node: dict[int, str] = {}
    mbps: dict[int, float] = {}
    for spot, row, share, off_grid in zip(
        rows.index.tolist(), rows.to_dict("records"), remote, solar, strict=True
    ):
        made = _repeater if row["kind"] == REPEATER else _cell
        one, some = made(row, float(share), bool(off_grid), settings.radio)
        nodes.append(one)
        links += some
        node[int(spot)], mbps[int(spot)] = one["node"], one["mbps"]
    nodes += _roots(rows)
    return Cells(
        pd.DataFrame(nodes, columns=list(NODE_COLUMNS)),
        pd.DataFrame(links, columns=list(LINK_COLUMNS)),
        _candidates(points, remote),
        node,
        mbps,
        [*said, *_assumptions(rows, settings.radio)],
    )


def _candidates(points: gpd.GeoDataFrame, remote: np.ndarray) -> gpd.GeoDataFrame:
    new = (points["kind"] == NEW).to_numpy(dtype=bool)
    rows = points[new]
    details = [_detail(row) for row in rows.to_dict("records")]
    columns = {
        "id": rows["place"],
        "height_m": rows["height_m"],
        "items": [
            {key: n for key, n in (("tower", 1.0), ("remote_transport", float(share))) if n}
            for share in remote[new]
        ],
        "village_code": rows["village_code"],
        "known_by": rows["known_by"],
        "detail_en": [f"new tower {english}" for english, _ in details],
        "detail_id": [f"menara baru {indonesian}" for _, indonesian in details],
    }
    table = gpd.GeoDataFrame(columns, geometry=rows.geometry, crs=4326, index=rows.index)
    return table[[*CANDIDATE_COLUMNS, "geometry"]].reset_index(drop=True)


def cell_mbps(radio: RadioSettings) -> float:
    """What all sectors of a new cell carry together, Mbit/s."""
    return BITS_PER_HZ * radio.bandwidth_mhz * max(len(radio.azimuths_deg), 1)


def _solar(
    points: gpd.GeoDataFrame,
    access: Access,
    tables: Mapping[str, pd.DataFrame],
    crs: str,
    said: list[str],
) -> np.ndarray:
    """Whether equipment at each spot needs solar power of its own."""
    villages = access.villages
    source = dict(zip(words(villages["code"]), words(villages["electricity"]), strict=True))
    grid = np.array([source.get(code, "") in ("", "grid") for code in points["village_code"]], dtype=bool)
    line_km = where.km_to_power_line(points, tables, crs) if len(points) else None
    if line_km is not None:
        grid &= ~(line_km > GRID_WITHIN_KM)
    elif len(points):
        said.append("No power line is known: a new site has the grid where its village has it.")
    own = points["power"].to_numpy(dtype=object)
    return np.where(own == "", ~grid, own != "grid")


def _detail(row: Mapping[Any, Any]) -> tuple[str, str]:
    name, height = row["name"], f"{row['height_m']:.0f} m"
    return f"at {name}, antennas at {height}", f"di {name}, antena setinggi {height}"


def _node(
    row: Mapping[Any, Any], node: str, kind: str, mbps: float, items: dict[str, float]
) -> dict[str, Any]:
    english, indonesian = _detail(row)
    return {
        **{name: row[name] for name in ("village_code", "x_m", "y_m", "known_by")},
        "node": node,
        "kind": kind,
        "root": False,
        "mbps": mbps,
        "items": {key: number for key, number in items.items() if number},
        "detail_en": english,
        "detail_id": indonesian,
    }


def _link(link: str, a: str, b: str, kind: str, mbps: float, items: dict[str, float]) -> dict[str, Any]:
    satellite = kind == SATELLITE
    return {
        "link": link,
        "a": a,
        "b": b,
        "kind": kind,
        "length_km": 0.0,
        "mbps": mbps,
        "items": items,
        "known_by": "assumed",
        "detail_en": "linked by satellite" if satellite else "at the same place",
        "detail_id": "terhubung lewat satelit" if satellite else "di tempat yang sama",
    }


def _cell(
    row: Mapping[Any, Any], remote: float, off_grid: bool, radio: RadioSettings
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The cell, joined to its tower, and the satellite as one way to link that."""
    tower, cell = str(row["tower"]), f"cell:{row['tower']}"
    items = {"cell": 1.0, "cell_monthly": 1.0, "site_solar": CELL_KW * off_grid}
    node = _node(row, cell, "cell", cell_mbps(radio), items)
    satellite = {"satellite_backhaul": 1.0, "satellite_backhaul_monthly": 1.0}
    links = [
        _link(f"join:{cell}", tower, cell, "join", float("inf"), {}),
        _link(f"satellite:{tower}", SATELLITE, tower, SATELLITE, SATELLITE_MBPS, satellite),
    ]
    return node, links


def _repeater(
    row: Mapping[Any, Any], remote: float, off_grid: bool, radio: RadioSettings
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The repeater, joined to its donor at no cost."""
    items = {
        "repeater": 1.0,
        "repeater_monthly": 1.0,
        "remote_transport": remote,
        "site_solar": REPEATER_KW * off_grid,
    }
    node = _node(row, str(row["spot"]), REPEATER, REPEATER_MBPS, items)
    link = _link(f"join:{row['spot']}", DONOR, str(row["spot"]), "join", float("inf"), {})
    return node, [{**link, "detail_en": "by radio from its donor", "detail_id": "lewat radio dari sumbernya"}]


def _roots(rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The donors of repeaters and the satellite, lit from the start."""
    kinds = set(rows["kind"])
    for node, needed, english, indonesian in (
        (
            DONOR,
            REPEATER in kinds,
            "sites on air that repeaters receive",
            "menara aktif yang diterima penguat",
        ),
        (SATELLITE, bool(kinds - {REPEATER}), "satellite that links 4G sites", "satelit penghubung BTS 4G"),
    ):
        if needed:
            yield {
                "node": node,
                "kind": "junction" if node == DONOR else SATELLITE,
                "village_code": "",
                "x_m": float("nan"),
                "y_m": float("nan"),
                "root": True,
                "mbps": float("inf"),
                "items": {},
                "known_by": "assumed",
                "detail_en": english,
                "detail_id": indonesian,
            }


def _assumptions(rows: pd.DataFrame, radio: RadioSettings) -> Iterator[str]:
    kinds = set(rows["kind"])
    if kinds - {REPEATER}:
        yield (
            f"A new cell carries {cell_mbps(radio):g} Mbit/s for all under it; a link by satellite {SATELLITE_MBPS:g} "
            "Mbit/s: assumed."
        )
        yield f"A new cell draws {CELL_KW:g} kW around the clock, from the sun where there is no grid: assumed."
    if REPEATER in kinds:
        yield (
            f"A repeater leaves {REPEATER_MBPS:g} Mbit/s of its donor for those under it, draws {REPEATER_KW:g} kW, "
            f"and its antenna receives {tech.REPEATER_GAIN_DB:g} dB more than a phone: assumed."
        )
