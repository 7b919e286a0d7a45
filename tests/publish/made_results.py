"""Plausible made-up results of a run, for the tests of the publish room and to look at."""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from made_plan import made_plan

from merata.access.after import after
from merata.access.gap import gap_by
from merata.access.inequality import inequality
from merata.access.result import Access
from merata.access.services import usable
from merata.plan.catalogue import prices
from merata.publish.tables import Results
from merata.region.findings import Finding
from merata.region.settings import Settings

_FIRST = ["Muara", "Tanjung", "Sungai", "Batu", "Rantau", "Loa", "Teluk", "Lubuk", "Pulau", "Bukit"]
_SECOND = [
    "Seri",
    "Wali",
    "Kelima",
    "Anyar",
    "Lestari",
    "Tenang",
    "Panjang",
    "Abang",
    "Hitam",
    "Jernih",
    "Dalam",
    "Baru",
    "Harapan",
]
_DISTRICTS = [
    "Hulu Danau",
    "Tepi Rawa",
    "Kota Seri",
    "Bukit Ara",
    "Hilir Raya",
    "Pantai Lor",
    "Anak Sungai",
    "Rimba Jaya",
]


@cache
def results(villages: int = 25) -> Results:
    """Results of a made-up region of about `villages` villages; the tests that share them leave them as they are."""
    return made_anew(villages)


def made_anew(villages: int = 25, seed: int = 1) -> Results:
    """The same, made once more: nothing is shared with what was made before."""
    random = np.random.default_rng(seed)
    access = _access(villages, random)
    plan = made_plan(access, random)
    then = after(access, plan.points)
    settings = Settings.model_validate(
        {"region": {"name": "Contoh Rekaan", "made_up": True, "projection": "EPSG:32750"}}
    )
    return Results(
        settings=settings,
        name="Contoh Rekaan",
        access=access,
        access_then=then,
        plan=plan,
        gap={by: gap_by(access, by) for by in ("village", "district", "sector")},
        services=usable(access, settings, then),
        inequality=inequality(access, then),
        prices=prices(None, settings),
        tables=_tables(access, random),
        findings=_findings(),
        sources=(
            {
                "file": "desa.gpkg",
                "date": "2025-03-01",
                "given_by": "bagian pemerintahan",
                "kind": "villages",
            },
            {"file": "blank spot 2025.xlsx", "date": "2025-05-15", "given_by": "dinas", "kind": ""},
        ),
        run_id="20250601-abc123",
        version="0.1.0",
        made_up=True,
        inputs_date="2025-06-01",
    )


def _cells(count: int, random: np.random.Generator) -> list[shapely.Polygon]:
    """A coverage of `count` cells with crooked borders, about 160 km across, beside the equator."""
    points = shapely.MultiPoint(random.uniform(0, 1, (count, 2)) * [1.5, 1.2] + [116.0, -0.6])
    frame = shapely.Point(116.75, 0.0).buffer(0.72, 24)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame))
    cut = shapely.segmentize(shapely.intersection(cells, frame), 0.02)
    return [_crooked(cell) for cell in cut if cell.geom_type == "Polygon" and cell.area > 0]


def _crooked(cell: shapely.Polygon) -> shapely.Polygon:
    # The same wave for the same place keeps neighbours' borders together.
    return shapely.transform(
        cell, lambda xy: xy + 0.006 * np.column_stack((np.sin(xy[:, 1] * 190), np.cos(xy[:, 0] * 170)))
    )


def _access(count: int, random: np.random.Generator) -> Access:
    cells = sorted(_cells(count, random), key=lambda cell: (round(-cell.centroid.y, 1), cell.centroid.x))
    names = [f"{a} {b}" for b in _SECOND for a in _FIRST] * (len(cells) // 130 + 1)
    order = random.permutation(len(cells))
    rows = []
    for place, cell in enumerate(cells):
        district = min(int(place * len(_DISTRICTS) / len(cells)), len(_DISTRICTS) - 1)
        away = cell.centroid.distance(shapely.Point(116.8, 0.05))
        chance = float(np.clip(random.normal(away * 1.4 - 0.25, 0.25), 0.003, 0.997))
        level = (
            "none" if chance > 0.75 else "basic" if chance > 0.3 else "working" if chance > 0.08 else "good"
        )
        people = int(random.integers(250, 6200))
        rows.append(
            {
                "code": f"99.01.{district + 1:02d}.{2001 + place}",
                "name": names[order[place]],
                "district": _DISTRICTS[district],
                "people": people,
                "households": max(people // 4, 1),
                "people_known_by": str(random.choice(["made up", "assumed"], p=[0.8, 0.2])),
                "people_below": people * chance,
                "electricity": str(
                    random.choice(["grid", "solar", "generator", "none"], p=[0.7, 0.1, 0.15, 0.05])
                ),
                "electricity_known_by": "made up",
                **_state(chance, level, random),
                "geometry": cell,
            }
        )
    villages = gpd.GeoDataFrame(rows, crs="EPSG:4326").sort_values("code").reset_index(drop=True)
    villages["people"] = villages["people"].astype("Int64")
    return Access(_settlements(villages), _facilities(villages), villages, _ASSUMPTIONS)


_ASSUMPTIONS = [
    "12 villages whose people nobody counted: 1,500 each.",
    "People live evenly over the settlements of a village whose settlements are not counted.",
]


def _state(chance: float, level: str, random: np.random.Generator) -> dict[str, object]:
    below = chance >= 0.5
    return {
        "access_now": level,
        "promised": "basic",
        "known_by": str(
            random.choice(["modelled", "reported", "measured", "assumed"], p=[0.5, 0.3, 0.1, 0.1])
        ),
        "chance_below": chance,
        "chance_pm": round(0.4 * min(chance, 1 - chance), 3),
        "below": below,
        "wants_link": below and level == "none",
        "wants_strength": below and level == "basic",
        "wants_power": below and bool(random.random() < 0.2),
        "wants_device": below and bool(random.random() < 0.15),
        "evidence": "reported: no signal (blank spot 2025.xlsx, 2025); modelled: no site in reach"
        if level == "none"
        else "modelled: -104 dBm",
    }


def _settlements(villages: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    state = ["access_now", "promised", "known_by", "chance_below", "chance_pm", "below", "wants_link", "wants_strength",
             "wants_power", "wants_device", "evidence"]  # fmt: skip
    frame = villages[["people", "households", "people_known_by", *state]].copy()
    frame.insert(0, "id", [f"s{code}" for code in villages["code"]])
    frame.insert(1, "village_code", villages["code"])
    frame.insert(2, "name", [f"Dusun {name}" for name in villages["name"]])
    frame["rsrp_dbm"] = -104.0
    frame["people"] = frame["people"].astype(float)
    frame["households"] = frame["households"].astype(float)
    return gpd.GeoDataFrame(frame, geometry=villages.geometry.representative_point(), crs="EPSG:4326")


def _facilities(villages: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    kinds = {
        "village office": "public service",
        "school": "education",
        "health post": "health",
        "market": "small business",
    }
    parts = []
    for place, (kind, sector) in enumerate(kinds.items()):
        frame = _settlements(villages.iloc[:: place + 1])
        frame["id"] = [f"f{place}-{code}" for code in frame["village_code"]]
        frame["kind"], frame["sector"], frame["users"] = kind, sector, 40.0
        frame["name"] = [f"{kind} {name}" for name in frame["name"]]
        frame["place_known_by"] = "made up" if place else "assumed"
        frame["promised"] = "working" if place < 3 else "basic"
        frame["below"] = frame["access_now"].isin(["none", "basic"])
        parts.append(frame.drop(columns=["people", "households", "people_known_by"]))
    return gpd.GeoDataFrame(
        pd.concat(parts, ignore_index=True).sort_values("id").reset_index(drop=True), crs="EPSG:4326"
    )


def _tables(access: Access, random: np.random.Generator) -> dict[str, pd.DataFrame]:
    east = np.linspace(116.1, 117.4, 90)
    river = shapely.LineString(np.column_stack((east, 0.12 * np.sin(east * 9) + 0.03 * np.sin(east * 41))))
    road = shapely.LineString([(116.2, -0.3), (116.6, -0.1), (116.9, 0.1), (117.3, 0.25)])
    ways = gpd.GeoDataFrame(
        {"id": ["w1", "w2"], "kind": ["river", "road"], "name": ["Sungai Rekaan", ""]},
        geometry=[river, road],
        crs=4326,
    )
    spots = random.uniform(0, 1, (24, 2)) * [0.9, 0.7] + [116.3, -0.3]
    sites = gpd.GeoDataFrame(
        {"id": [f"t{n}" for n in range(len(spots))], "kind": "tower", "operator": "Seluler Rekaan", "height_m": 42.0},
        geometry=gpd.points_from_xy(*spots.T), crs=4326,
    )  # fmt: skip
    links = gpd.GeoDataFrame(
        {"id": ["l1"], "kind": ["fibre"], "status": ["operational"]}, geometry=[road], crs=4326
    )
    return {"ways": ways, "sites": sites, "links": links}


def _findings() -> list[Finding]:
    return [
        Finding("repaired", "desa.gpkg", "two rings cross themselves", "mended", row=4),
        Finding(
            "question", "blank spot 2025.xlsx", "'Muara Wli' may be one of two villages", "left out",
            "merata settle FOLDER ID CODE", "Sheet1", 7, "Desa", candidates="99.01.01.2001 Muara Wali (Hulu Danau)",
            subject="muara wli",
        ),
    ]  # fmt: skip
