"""Questions about the radio of a region: the path between two of its places, and the map of its signal."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
from pydantic import ValidationError

from merata import __version__
from merata.errors import InputError, MissingError
from merata.publish.maps import draw
from merata.publish.profile import Received
from merata.publish.signal import SignalMap, layer_of, map_of, note
from merata.publish.signal_chance import chance_note, shown_chance
from merata.publish.words import Language, Tongue
from merata.radio import between, coverage, land, links
from merata.radio.antenna_file import read_antennas
from merata.radio.between import End, Path
from merata.radio.heights import said_height_m
from merata.radio.path import path_settings
from merata.radio.transmitters import Transmitter, transmitters
from merata.region import landcover, terrain
from merata.region.folder import Region
from merata.region.formula import csv_of
from merata.region.grid import Grid
from merata.region.names import VillageIndex
from merata.region.rasters import grid_of
from merata.region.settings import HopSettings, Settings
from merata.run import engine
from merata.run import inputs as run_inputs
from merata.run.engine import Run
from merata.run.inputs import Inputs

_POSITION = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*[,;]\s*([-+]?\d+(?:\.\d+)?)\s*")

#: What the level of a path says, and what the map's says beside.
_ALONE = (
    "The level is by power and by the rates of this site's best sector outdoors, as if no other sector disturbed it; "
    "the coverage map counts the others' interference and the building of region.toml, and may say a lower level, or "
    "a higher one where another site is stronger."
)


@dataclass(frozen=True)
class Place:
    """A place that somebody named: where it is, and what is known of its antenna."""

    end: End
    what: str
    """'site', 'village' or 'position'."""
    site: int | None = None
    """Its row in the table of sites."""
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Between:
    """What lies between two places, and what was assumed to say so."""

    path: Path
    a: Place
    b: Place
    received: Received | None
    """What a phone at the far end gets, where one end is a site."""
    assumptions: tuple[str, ...]
    made_up: bool


def ground_of(inputs: Inputs) -> tuple[land.Ground, list[str]]:
    """The region's ground as the coverage map sees it, and what was assumed of it."""
    heights = terrain.read(inputs.terrain)[0] if inputs.terrain else None
    cover = landcover.read(inputs.clutter)[0] if inputs.clutter else None
    grid = grid_of(inputs.tables["villages"], inputs.settings)
    return land.ground(heights, cover, grid, inputs.settings.radio)


def path_between(
    region: Region,
    a: str,
    b: str,
    *,
    frequency_mhz: float = 0.0,
    height_a_m: float = 0.0,
    height_b_m: float = 0.0,
) -> Between:
    """What lies between two places of a region, and the loss between them.

    Parameters
    ----------
    region
        The region.
    a, b
        A site's id or name, a village's code or name, or a position as 'latitude,longitude'.
    frequency_mhz
        0: the site's own (its lowest band; `a` before `b`), else the default of region.toml.
    height_a_m, height_b_m
        Antenna heights above ground; 0: the site's own, the default of region.toml for a site that does not say,
        and the height of a phone at any other place.

    Raises
    ------
    MissingError
        There are no villages yet, or no place is called so.
    InputError
        A place is outside of the map or in a void of the terrain, or a site has a height that can't be.

    """
    read = run_inputs.read(region)
    ground, assumed = ground_of(read)
    first, second = place(read, a, height_a_m), place(read, b, height_b_m)
    sender, told = _sender(read, (first, second), ground.grid)
    mhz, said = _frequency(read, frequency_mhz, (first, second), sender)
    found = between.path(ground, first.end, second.end, mhz, path_settings(read.settings.radio, ground.grid))
    received = (
        None if sender is None else _received(found, sender, read.settings, from_a=first.site is not None)
    )
    alone = (_ALONE,) if received else ()
    assumptions = (*first.assumed, *second.assumed, *said, *told, *alone, *assumed)
    return Between(found, first, second, received, assumptions, read.settings.region.made_up)


def _sender(
    inputs: Inputs, places: tuple[Place, Place], grid: Grid
) -> tuple[Transmitter | None, tuple[str, ...]]:
    """The one end that sends 4G or 5G to a phone at the other, and what was assumed of it."""
    rows = [here.site for here in places if here.site is not None]
    if len(rows) != 1:
        return None, ()
    site = inputs.tables["sites"].iloc[[rows[0]]]
    antennas = read_antennas(inputs.antennas)
    found, told = transmitters(site, grid, inputs.settings.radio, antennas)
    if not found:
        name = next(here.end.name for here in places if here.site is not None)
        return None, (f"{name} sends no 4G or 5G: what a phone would receive is not told.",)
    heights = f"given {inputs.settings.radio.height_m:g} m of antenna height"  # told of the place already
    return found[0], tuple(line for line in told if heights not in line)


def _received(found: Path, sender: Transmitter, settings: Settings, *, from_a: bool) -> Received:
    rsrp_dbm, _ = between.received_dbm(found, sender, settings.radio, from_a=from_a)
    level = between.level_alone(rsrp_dbm, found.frequency_mhz, sender, settings.radio, settings.levels)
    return Received(rsrp_dbm, level)


@dataclass(frozen=True, eq=False)
class HopsFound:
    """The hops between the sites of a region."""

    table: pd.DataFrame
    """One row for each pair: `merata.radio.links.COLUMNS`, and the sites' names as `a_name` and `b_name`."""
    left_out: list[str]
    assumptions: list[str]

    @property
    def csv(self) -> str:
        """The table as text: numbers to what they are good for, nothing that a spreadsheet takes for a formula."""
        return csv_of(self.table, ("a", "b", "a_name", "b_name"), decimals=6)


def hops_between(region: Region, *, site: str = "", asked: Mapping[str, object] | None = None) -> HopsFound:
    """Every hop between two sites of a region, or only those of one site.

    Parameters
    ----------
    region
        The region.
    site
        A site's id or name; empty: all sites.
    asked
        Instead of settings of region.toml: by name of `HopSettings`.

    Raises
    ------
    MissingError
        There are no villages yet, or no site is called so.
    InputError
        What is asked, or the site that is named, says something that can't be; or that site can't be an end.

    """
    read = run_inputs.read(region)
    sites = read.tables["sites"]
    row = find_site(sites, site) if site else None
    if site and row is None:
        raise MissingError(f"{site}: no site has this id or name.")
    ground, assumed = ground_of(read)
    radio = read.settings.radio
    hop = _asked(radio.hop, asked or {})
    found = links.hops(sites, ground, radio.model_copy(update={"hop": hop}))
    table = found.table
    if row is not None:
        own = str(sites["id"].iloc[row])
        why = links.why_left_out(own, found.left_out)
        if why:
            raise InputError(why)
        table = table[(table["a"] == own) | (table["b"] == own)].reset_index(drop=True)
    names = dict(zip(sites["id"].astype(str), sites["name"].fillna(sites["id"]).astype(str), strict=True))
    table = table.assign(a_name=table["a"].map(names), b_name=table["b"].map(names))
    return HopsFound(table, found.left_out, [*found.assumptions, *assumed])


def _asked(hop: HopSettings, asked: Mapping[str, object]) -> HopSettings:
    """The settings with what is asked instead."""
    try:
        return HopSettings.model_validate(hop.model_dump() | dict(asked))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "hop"
        raise InputError(f"{where}: {first['msg'].removeprefix('Value error, ')}") from None


def signal_map(region: Region, run: str, show: str, language: Language) -> tuple[SignalMap, Run]:
    """A map of a run's coverage: `show` is a key of `publish.signal.SHOWS`.

    Raises
    ------
    MissingError
        There is no such run, or it has no coverage map.

    """
    step = "access" if show == "chance" else "coverage"
    knowing = engine.knowing(region, step) if run == engine.LATEST else None
    found = knowing or engine.find(region.path, run)
    read = run_inputs.read(region)
    place = found.folder / "coverage.tif"
    if not place.exists():
        raise MissingError(f"{found.id}: this run has no coverage map. `merata run {region.path}` makes one.")
    villages = read.tables["villages"]
    drawing = draw(villages, read.tables, read.settings.region.projection)
    if drawing is None:
        raise MissingError(f"{region.path}: no village has a border or a place, so there is nothing to draw.")
    t = Tongue(language)
    facts: Any = {
        "date": read.date.isoformat(),
        "run_id": found.id,
        "version": __version__,
        "made_up": read.settings.region.made_up,
    }
    where: Any = (read.name, villages, read.settings.radio.radius_km)
    if show == "chance":
        likely = shown_chance(found.folder, read.settings)
        if likely is None:
            raise MissingError(
                f"{found.id}: this run has no map of the chance, which is made with access. "
                f"`merata run {region.path}` makes one."
            )
        return map_of(drawing, likely.layer(t, *where), t, chance_note(likely, t, **facts)), found
    layer = layer_of(coverage.read(place), show, *where)
    return map_of(drawing, layer, t, note(t, **facts)), found


def place(inputs: Inputs, words: str, height_m: float = 0.0) -> Place:
    """The place that somebody means by `words`: a position, a site or a village; MissingError when there is none."""
    position = _POSITION.fullmatch(words)
    phone_m = height_m or inputs.settings.radio.receiver_height_m
    if position:
        lat, lon = float(position[1]), float(position[2])
        if abs(lat) > 90 or abs(lon) > 180:
            raise InputError(
                f"{words}: not a position. Expected latitude,longitude in degrees, like -0.42,116.98."
            )
        return Place(End(f"{lat:g}, {lon:g}", lat, lon, phone_m), "position")
    sites = inputs.tables["sites"]
    row = find_site(sites, words)
    if row is not None:
        return _at_site(inputs, sites, row, height_m)
    return _at_village(inputs, words, phone_m)


def find_site(sites: pd.DataFrame, words: str) -> int | None:
    """The row of the site whose id, or else whose name, is `words`; names count whatever their case."""
    wanted = words.strip().casefold()
    for column in ("id", "name"):
        same = (sites[column].astype("string").fillna("").str.strip().str.casefold() == wanted).to_numpy(
            dtype=bool
        )
        if same.sum() > 1:
            ids = ", ".join(sites.loc[same, "id"].astype(str).tolist()[:8])
            raise MissingError(f"{words}: {same.sum()} sites are called so. Give the id of one: {ids}.")
        if same.any():
            return int(same.argmax())
    return None


def _at_site(inputs: Inputs, sites: pd.DataFrame, row: int, height_m: float) -> Place:
    site, default = sites.iloc[row], inputs.settings.radio.height_m
    name = str(site["id"] if pd.isna(site["name"]) else site["name"])
    if site.geometry is None or site.geometry.is_empty:
        raise MissingError(
            f"{name}: this site has no position. Give one in its source, or as latitude,longitude."
        )
    own = height_m or said_height_m(site["height_m"], name)
    assumed = (f"{name} does not say its antenna's height: {default:g} m.",) if math.isnan(own) else ()
    point = site.geometry.representative_point()
    return Place(End(name, point.y, point.x, default if math.isnan(own) else own), "site", row, assumed)


def _at_village(inputs: Inputs, words: str, height_m: float) -> Place:
    """The settlement of the village with most people, else the middle of its land."""
    villages = inputs.tables["villages"]
    name, code = (None, words) if words[:1].isdigit() else (words, None)
    match = VillageIndex(villages, {}).match(name, None, code)
    if not (match.code and match.sure):
        near = "; ".join(f"{c} {n} ({d})" for c, n, d, _ in match.candidates[:5])
        raise MissingError(
            f"{words}: no site and not exactly one village is called so. Expected a site's id or name, a "
            f"village's code or name, or latitude,longitude. Nearest villages: {near or 'none like it'}"
        )
    village = villages[villages["code"] == match.code].iloc[0]
    point, where = _where_people_live(inputs.tables["settlements"], village)
    if point is None:
        raise MissingError(f"{words}: this village has no place on the map. Give latitude,longitude instead.")
    return Place(End(str(village["name"]), point.y, point.x, height_m), "village", None, where)


def _where_people_live(settlements: gpd.GeoDataFrame, village: Any) -> tuple[Any, tuple[str, ...]]:
    placed = ~(settlements.geometry.is_empty | settlements.geometry.isna())
    own = settlements[(settlements["village_code"] == village["code"]) & placed]
    if len(own):
        people = pd.to_numeric(own["people"]).astype("Float64").fillna(0)
        return own.loc[people.idxmax()].geometry.representative_point(), ()
    if village.geometry is None or village.geometry.is_empty:
        return None, ()
    told = f"{village['name']} has no known settlement: the middle of its land stands for it."
    return village.geometry.representative_point(), (told,)


def _frequency(
    inputs: Inputs, asked_mhz: float, places: tuple[Place, Place], sender: Transmitter | None
) -> tuple[float, tuple[str, ...]]:
    """The frequency asked for, else the sender's lowest band, else what a site says, else the default."""
    if asked_mhz:
        return asked_mhz, ()
    if sender is not None:
        return sender.bands_mhz[0], ()
    for here in places:
        if here.site is not None:
            own = inputs.tables["sites"].iloc[here.site]["frequency_mhz"]
            if not pd.isna(own):
                return float(own), ()
    default = inputs.settings.radio.frequency_mhz
    return default, (f"No frequency is known of this path: {default:g} MHz.",)
