"""What the access room hands on: its tables, declared once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from merata.region.tables import KNOWN_BY, LEVELS, Column, Table

if TYPE_CHECKING:
    import geopandas as gpd

#: What can be wanting for access. It takes a link (any signal or cable at all), enough strength, power and a device.
WANTS = ("link", "strength", "power", "device")

_STATE = (
    Column("access_now", "choice", "Service level now", required=True, choices=LEVELS),
    Column("promised", "choice", "Service level that the region promises", required=True, choices=LEVELS),
    Column("known_by", "choice", "How the level is known", required=True, choices=KNOWN_BY),
    Column(
        "chance_below",
        "float",
        "Chance that the promised level is not reached now, 0 to 1",
        required=True,
        minimum=0,
        maximum=1,
    ),
    Column(
        "chance_pm",
        "float",
        "Standard uncertainty of that chance, the ± of 78 % ± 9: about 2 in 3 lie within it",
        required=True,
        minimum=0,
        maximum=1,
    ),
    Column("below", "bool", "Below the promised level, as far as is known", required=True),
    Column("wants_link", "bool", "There is no usable signal or cable"),
    Column("wants_strength", "bool", "There is a signal, too weak or too slow for the promise"),
    Column("wants_power", "bool", "There is no electricity around the clock"),
    Column(
        "wants_device",
        "bool",
        "Most households there have no device of their own, or a facility none to share",
    ),
    Column("evidence", "text", "What the level rests on, in a few English words with its source and date"),
)

SETTLEMENTS = Table(
    "access.settlements",
    "Access where people live",
    (
        Column("id", "text", "Settlement", required=True),
        Column("village_code", "code", "Village", required=True),
        Column("name", "text", "Name"),
        Column("people", "float", "People", unit="people", required=True, minimum=0),
        Column("households", "float", "Households", unit="households", required=True, minimum=0),
        Column("people_known_by", "choice", "How the number of people is known", choices=KNOWN_BY),
        Column(
            "rsrp_dbm",
            "float",
            "Modelled received power of 4G outdoors; empty without a site in reach",
            unit="dBm",
        ),
        *_STATE,
    ),
    geometry="point",
    key=("id",),
)

FACILITIES = Table(
    "access.facilities",
    "Access of facilities",
    (
        Column("id", "text", "Facility", required=True),
        Column("village_code", "code", "Village", required=True),
        Column("kind", "choice", "What it is", required=True),
        Column("name", "text", "Name"),
        Column("sector", "text", "Sector it counts in", required=True),
        Column("users", "float", "People who use it", unit="people"),
        Column(
            "place_known_by",
            "choice",
            "How its being there is known: a village office that no source names is assumed",
            choices=KNOWN_BY,
        ),
        Column("rsrp_dbm", "float", "Modelled received power of 4G outdoors", unit="dBm"),
        *_STATE,
    ),
    geometry="point",
    key=("id",),
)

VILLAGES = Table(
    "access.villages",
    "Access of villages: that of most of their people",
    (
        Column("code", "code", "Village", required=True),
        Column("name", "text", "Name", required=True),
        Column("district", "text", "District", required=True),
        Column("people", "int", "People", unit="people", required=True, minimum=0),
        Column("households", "int", "Households", unit="households", required=True, minimum=0),
        Column("people_known_by", "choice", "How the number of people is known", choices=KNOWN_BY),
        Column(
            "people_below",
            "float",
            "People expected to be below the promise: people times chance",
            unit="people",
            required=True,
        ),
        Column(
            "electricity",
            "choice",
            "Main source of electricity",
            choices=("grid", "solar", "generator", "none"),
        ),
        Column("electricity_known_by", "choice", "How that is known", choices=KNOWN_BY),
        *_STATE,
    ),
    geometry="polygon",
    key=("code",),
)


@dataclass(frozen=True)
class Access:
    """Who has which service level. Tables as declared above, in the order of their keys; geometry in EPSG:4326."""

    settlements: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame
    assumptions: list[str]
    """Every assumption that a figure rests on, in plain English, for the report's list."""
