"""Every way to serve every place: over fibre, from new or present 4G, from satellites, by Wi-Fi around an office."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.access.evidence import SUREST
from merata.access.result import Access
from merata.plan import technology as tech
from merata.plan import where
from merata.plan.evidence import availability_said, performance
from merata.plan.frames import flags, weakest
from merata.plan.network import node_id
from merata.plan.reach import Reach
from merata.plan.spots import REPEATER
from merata.plan.weights import PEOPLE
from merata.plan.where import remote_shares
from merata.plan.wifi import HOTSPOT_KM, hotspots
from merata.radio.chance import chance_served
from merata.region.settings import Settings

Floats = npt.NDArray[np.float64]

#: Columns of the offers. `offer` is unique; `reuse_items`: what can be used elsewhere when the offer ends, by offers of
#: the same `pool`.
COLUMNS = (
    "place_no", "offer", "village_code", "place", "option", "node", "level", "reaches", "items", "share", "mbps",
    "lasting", "people", "people_none", "pool", "reuse_items", "known_by", "detail_en", "detail_id",
)  # fmt: skip

#: Which offer goes first among equals: the programme's order, fibre, else 4G, else satellite.
PREFERENCE = (
    "fibre",
    "fixed_wireless",
    "cell",
    "repeater",
    "hotspot",
    "leo",
    "leo_solar",
    "hotspot_leo",
    "geo",
)

#: Standard deviation of the signal at a place about what was measured near it, dB.
MEASURED_SPREAD_DB = 6.0
#: A low satellite network serves as it should where hills and trees leave so much of it; with less, less surely.
SKY_ENOUGH = 0.9
#: Households for whom one shared device is reckoned where most have none of their own.
HOUSEHOLDS_PER_DEVICE = 50


@dataclass(frozen=True, eq=False)
class Offers:
    """The offers by COLUMNS, by place and preference."""

    table: pd.DataFrame
    assumptions: list[str]


@dataclass(frozen=True, eq=False)
class Context:
    """What the offers rest on, beside the places; arrays are by place."""

    settings: Settings
    remote: Floats
    """Part of the transport that is paid."""
    measured_dbm: Floats
    sky: dict[str, Mapping[str, Any]]
    """By place: a row of `merata.radio.sky`; a place without one is taken to see the open sky."""
    hotspot: dict[int, float]
    """By place: share of a settlement's households within reach of Wi-Fi around the office."""
    fibre: bool
    cells: pd.DataFrame
    """Pairs of `reach.Reach` with `node`, `carries` (Mbit/s) and `kind` of the spot, by place."""
    cells_known_by: str
    said: list[str] = field(default_factory=list)
    performance: Mapping[str, tech.Performance] = field(default_factory=lambda: tech.PERFORMANCE)
    """What each option delivers."""


def context(
    places: pd.DataFrame,
    access: Access,
    tables: Mapping[str, pd.DataFrame],
    settings: Settings,
    crs: str,
    reach: Reach,
    spots: pd.DataFrame,
    node: Mapping[int, str],
    mbps: Mapping[int, float],
    sky: pd.DataFrame | None = None,
) -> Context:
    """What is around the places (`demand.COLUMNS`); `node` and `mbps` by spot as in `cells.Cells`."""
    said: list[str] = []
    points = gpd.GeoDataFrame(
        places[["place"]], geometry=gpd.points_from_xy(places["lon"], places["lat"]), crs=4326
    )
    points.loc[places["x_m"].isna().to_numpy(), "geometry"] = None
    spot = reach.pairs["spot"]
    pairs = reach.pairs.assign(
        node=spot.map(dict(node)), carries=spot.map(dict(mbps)), kind=spots["kind"].to_numpy(object)[spot]
    )
    seen = {} if sky is None else {str(row["id"]): row for row in sky.to_dict("records")}
    fibre = where.km_to_fibre(points, tables, crs) is not None
    if not fibre and len(places):
        said.append(
            "No fibre route and no point of presence is known: fibre is not offered anywhere, though it may be there."
        )
    return Context(
        settings,
        remote_shares(where.km_to_road(points, tables, crs), len(places), said)
        if len(places)
        else np.zeros(0),
        where.measured_dbm(points, tables, crs),
        {key: {str(k): v for k, v in row.items()} for key, row in seen.items()},
        hotspots(places, access, settings, crs),
        fibre,
        pairs.sort_values(["place_no", "node"], kind="stable"),
        reach.known_by,
        [*said, *availability_said(tables.get("evidence"))],
        performance(tables.get("evidence")),
    )


def offers(places: pd.DataFrame, context: Context) -> Offers:
    """Every offer for every place (`demand.COLUMNS`)."""
    cells: dict[int, list[dict[Any, Any]]] = {}
    for pair in context.cells.to_dict("records"):
        cells.setdefault(int(pair["place_no"]), []).append(pair)
    rows = []
    for n, place in enumerate(places.to_dict("records")):
        ways = _for_people if place["kind"] == PEOPLE else _for_facility
        found = [_whole(n, place, way) for way in ways(n, place, context, cells.get(n, []))]
        rows += sorted(found, key=lambda row: (PREFERENCE.index(row["option"]), row["node"]))
    return Offers(
        pd.DataFrame(rows, columns=list(COLUMNS)), [*context.said, *_assumptions(places, rows, context)]
    )


def _way(
    option: str, items: Mapping[str, float], share: float, known_by: str, detail: tuple[str, str], **more: Any
) -> dict[str, Any]:
    return {
        "option": option,
        "items": dict(items),
        "share": share,
        "known_by": known_by,
        "detail_en": detail[0],
        "detail_id": detail[1],
        "node": "",
        "mbps": 0.0,
        "lasting": True,
        "pool": "",
        "reuse_items": {},
        **more,
    }


def _whole(n: int, place: Mapping[Any, Any], way: dict[str, Any]) -> dict[str, Any]:
    """The offer with what follows from the place."""
    expected = float(place["people_below"]) * way["share"]
    return {
        **way,
        "items": {key: float(number) for key, number in way["items"].items() if number},
        "place_no": n,
        "offer": f"{place['place']} {way['option']} {way['node']}".strip(),
        "village_code": place["village_code"],
        "place": place["place"],
        "reaches": tech.reaches(way["level"], place["promised"]),
        "people": expected,
        "people_none": expected if place["access_now"] == "none" else 0.0,
    }


def _for_facility(
    n: int, place: Mapping[Any, Any], here: Context, cells: list[dict[Any, Any]]
) -> Iterator[dict[str, Any]]:
    no_power = place["wants_power"] is not pd.NA and bool(place["wants_power"])
    extra = {"solar_kit": float(no_power), "shared_device": float(place["wants_device"])}
    solar = (", with solar power", ", dengan tenaga surya") if no_power else ("", "")
    known_by = str(place["place_known_by"]) or "reported"
    present = list(_present_4g(n, place, here, known_by))
    # A new cell is of no use to a terminal that hears a present one as surely.
    better = [cell for cell in cells if not present or cell["chance"] > present[0]["share"]]
    ways = [
        *_fibre(place, here, known_by),
        *present,
        *_from_cells(place, here, better, float(here.remote[n]), known_by),
        *_satellites(place, here, float(here.remote[n]), no_power, known_by),
    ]
    for way in ways:
        way["level"] = tech.level_of(way["option"], here.settings, here.performance)
        way["items"] = {**way["items"], **extra}
        if way["option"] != "leo_solar":
            way["detail_en"], way["detail_id"] = way["detail_en"] + solar[0], way["detail_id"] + solar[1]
        yield way


def _fibre(place: Mapping[Any, Any], here: Context, known_by: str) -> Iterator[dict[str, Any]]:
    """The connection alone: the cable is in the network's links."""
    if here.fibre and not math.isnan(place["x_m"]):
        yield _way(
            "fibre",
            {"fibre_connection": 1.0, "fibre_monthly": 1.0},
            1.0,
            known_by,
            ("connected to fibre", "tersambung ke serat optik"),
            node=node_id("place", place["place"]),
            mbps=float(place["mbps"]),
        )


def _present_4g(n: int, place: Mapping[Any, Any], here: Context, known_by: str) -> Iterator[dict[str, Any]]:
    """Fixed wireless from a tower that covers already: measured signal counts before modelled."""
    measured = not math.isnan(here.measured_dbm[n])
    dbm = float(here.measured_dbm[n] if measured else place["rsrp_dbm"])
    needed_dbm = here.settings.levels["working"].signal_dbm - tech.TERMINAL_GAIN_DB
    if not dbm >= needed_dbm or (place["wants_link"] and not measured):
        return
    spread_db = MEASURED_SPREAD_DB if measured else here.settings.radio.sigma_db
    chance = float(chance_served(dbm, needed_dbm, spread_db).chance)
    how = "measured" if measured else "modelled"
    yield _way(
        "fixed_wireless",
        _terminal(float(here.remote[n])),
        min(chance, SUREST),
        weakest([known_by, how]),
        (f"4G signal of {dbm:.0f} dBm", f"sinyal 4G {dbm:.0f} dBm"),
    )


def _terminal(remote: float) -> dict[str, float]:
    return {"fixed_wireless_terminal": 1.0, "fixed_wireless_monthly": 1.0, "terminal_transport": remote}


def _from_cells(
    place: Mapping[Any, Any], here: Context, cells: list[dict[Any, Any]], remote: float, known_by: str
) -> Iterator[dict[str, Any]]:
    for cell in cells:
        yield _way(
            "fixed_wireless",
            _terminal(remote),
            float(cell["chance"]),
            weakest([known_by, here.cells_known_by]),
            _cell_detail(cell),
            node=cell["node"],
            mbps=min(float(place["mbps"]), float(cell["carries"])),
        )


def _cell_detail(cell: Mapping[Any, Any]) -> tuple[str, str]:
    what = ("a repeater", "penguat sinyal") if cell["kind"] == REPEATER else ("a new cell", "sel 4G baru")
    km, chance = f"{cell['km']:.1f}", f"{cell['chance']:.0%}"
    return (
        f"{km} km from {what[0]}, served with a chance of {chance}",
        f"{km.replace('.', ',')} km dari {what[1]}, terlayani dengan peluang {chance}",
    )


def _satellites(
    place: Mapping[Any, Any], here: Context, remote: float, no_power: bool, known_by: str
) -> Iterator[dict[str, Any]]:
    chance, detail, seen = _low_sky(place, here)
    terminal = {"leo_terminal": 1.0, "leo_monthly": 1.0, "terminal_transport": remote}
    ways = weakest([known_by, "modelled" if seen else "assumed"])
    if chance > 0:
        reuse = {"pool": "leo", "reuse_items": {"leo_terminal": 1.0}}
        yield _way("leo_solar" if no_power else "leo", terminal, chance, ways, detail, lasting=False, **reuse)
    if _sees_geostationary(place, here):
        terminal = {"geo_terminal": 1.0, "geo_monthly": 1.0, "terminal_transport": remote}
        yield _way("geo", terminal, 1.0, ways, _open_sky(seen), lasting=False, **_GEO_POOL)


_GEO_POOL: dict[str, Any] = {"pool": "geo", "reuse_items": {"geo_terminal": 1.0}}


def _low_sky(place: Mapping[Any, Any], here: Context) -> tuple[float, tuple[str, str], bool]:
    """Chance that low satellites serve the place, what is said of it, and whether its sky was looked at."""
    row = here.sky.get(str(place["place"]))
    if row is None or pd.isna(row["low_share"]):
        return 1.0, _open_sky(False), False
    left = float(row["low_share"])
    words = (f"{left:.0%} of the low satellites in view", f"{left:.0%} satelit rendah terlihat")
    return min(1.0, left / SKY_ENOUGH), words, True


def _open_sky(seen: bool) -> tuple[str, str]:
    if seen:
        return "a geostationary satellite in view", "satelit geostasioner terlihat"
    return "open sky assumed", "dengan asumsi langit terbuka"


def _sees_geostationary(place: Mapping[Any, Any], here: Context) -> bool:
    row = here.sky.get(str(place["place"]))
    return row is None or (pd.notna(row["geostationary"]) and bool(row["geostationary"]))


def _for_people(
    n: int, place: Mapping[Any, Any], here: Context, cells: list[dict[Any, Any]]
) -> Iterator[dict[str, Any]]:
    no_device = bool(place["wants_device"])
    households = max(1.0, float(place["households"]))
    devices = {"shared_device": float(math.ceil(households / HOUSEHOLDS_PER_DEVICE) * no_device)}
    for way in [*_mobile(place, here, cells), *_wifi(n, place, here, households)]:
        way["level"] = tech.level_of(way["option"], here.settings, here.performance)
        # A link without a device serves nobody.
        way["items"] = {**way["items"], **devices}
        if no_device:
            way["detail_en"] += ", with shared devices"
            way["detail_id"] += ", dengan perangkat bersama"
        yield way


def _mobile(place: Mapping[Any, Any], here: Context, cells: list[dict[Any, Any]]) -> Iterator[dict[str, Any]]:
    """From new cells and repeaters: phones need nothing of their own."""
    for cell in cells:
        yield _way(
            "repeater" if cell["kind"] == REPEATER else "cell",
            {},
            float(cell["chance"]),
            weakest([str(place["known_by"]), here.cells_known_by]),
            _cell_detail(cell),
            node=cell["node"],
            # A place larger than the cell fills it.
            mbps=min(float(place["mbps"]), float(cell["carries"])),
        )


def _wifi(n: int, place: Mapping[Any, Any], here: Context, households: float) -> Iterator[dict[str, Any]]:
    """Wi-Fi for the households around: at the office when that is served, or on a satellite terminal of its own."""
    known_by = weakest([str(place["known_by"]), "assumed"])
    around = here.hotspot.get(n, 0.0)
    if around > 0:
        # Not lasting: it reaches few, and must not keep a cell away.
        yield _way("hotspot", {"wifi_hotspot": 1.0}, around, known_by, _wifi_detail(around), lasting=False)
    share = min(1.0, here.settings.defaults.households_reached_by_hotspot / households)
    no_power = place["wants_power"] is not pd.NA and bool(place["wants_power"])
    common = {"wifi_hotspot": 1.0, "terminal_transport": float(here.remote[n]), "solar_kit": float(no_power)}
    chance, _, _ = _low_sky(place, here)
    if share * chance > 0:
        leo = {"leo_terminal": 1.0, "leo_monthly": 1.0, **common}
        reuse = {"pool": "leo", "reuse_items": {"leo_terminal": 1.0}}
        yield _way("hotspot_leo", leo, share * chance, known_by, _wifi_detail(share), lasting=False, **reuse)
    if share > 0 and _sees_geostationary(place, here):
        geo = {"geo_terminal": 1.0, "geo_monthly": 1.0, **common}
        yield _way("geo", geo, share, known_by, _wifi_detail(share), lasting=False, **_GEO_POOL)


def _wifi_detail(share: float) -> tuple[str, str]:
    return f"Wi-Fi for {share:.0%} of the households", f"Wi-Fi untuk {share:.0%} rumah tangga"


def _assumptions(places: pd.DataFrame, rows: list[dict[str, Any]], here: Context) -> Iterator[str]:
    used = {row["option"] for row in rows}
    for option in PREFERENCE:
        if option in used:
            has = here.performance[option]
            yield (
                f"Assumed of {option.replace('_', ' ')}: {has.down_mbps:g} Mbit/s down, {has.up_mbps:g} up, "
                f"{has.latency_ms:g} ms, there {has.availability:.1%} of the time."
            )
    unknown = int((places["wants_power"].isna() & (places["kind"] != PEOPLE)).sum())
    if unknown:
        yield f"{unknown} facilities whose electricity is unknown are priced without solar power."
    if used & {"hotspot", "hotspot_leo"}:
        number = here.settings.defaults.households_reached_by_hotspot
        yield f"One hotspot reaches {number} households; around a village office those within {HOTSPOT_KM:g} km."
    if used & {"leo", "leo_solar", "hotspot_leo", "geo"} and not here.sky:
        yield "Nobody has looked at the sky: every place is taken to see the satellites."
    if flags(places["wants_device"]).any():
        yield f"Where most households have no device, one is shared by {HOUSEHOLDS_PER_DEVICE} households: assumed."
