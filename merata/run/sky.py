"""The open sky of a region: what of it every facility and settlement sees over hills and trees."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from merata.errors import MissingError
from merata.radio import sky
from merata.region.folder import Region
from merata.region.formula import csv_of
from merata.region.tables import Column
from merata.run import inputs as run_inputs
from merata.run.inputs import Inputs
from merata.run.radio import ground_of

#: The tables whose places are looked at, and what one of their rows is called.
WHAT = {"facilities": "facility", "settlements": "settlement"}
#: The table of `merata radio sky`: what the place is, then what `merata.radio.sky` finds of it.
COLUMNS = (
    Column("what", "choice", "What the place is", required=True, choices=tuple(WHAT.values())),
    sky.COLUMNS[0],
    Column("name", "text", "Its name; the village's, or its kind, where it has none"),
    Column("village_code", "text", "Village it is in"),
    *sky.COLUMNS[1:],
)


@dataclass(frozen=True, eq=False)
class SkyFound:
    """The sky of a region's places."""

    table: pd.DataFrame
    """One row for each place, by COLUMNS: the facilities, then the settlements."""
    left_out: list[str]
    assumptions: list[str]

    @property
    def csv(self) -> str:
        """The table as text: numbers to what they are good for, nothing that a spreadsheet takes for a formula."""
        return csv_of(self.table, ("id", "name", "village_code"), decimals=4)


def sky_of(region: Region, view: sky.View | None = None) -> SkyFound:
    """What of the sky every facility and settlement of a region sees over its terrain and trees.

    Parameters
    ----------
    region
        The region.
    view
        How a dish stands and what it looks for; None: `sky.View()`.

    Raises
    ------
    MissingError
        There are no villages yet, or no facility and no settlement has a place.

    """
    read = run_inputs.read(region)
    places = _places(read)
    if places.empty:
        raise MissingError(
            f"{region.path}: no facility and no settlement is known yet. "
            f"Add a list of one: `merata add {region.path} FILE`."
        )
    ground, assumed = ground_of(read)
    found = sky.sky(places, ground, view)
    # An id names one row of a table, but may stand in both.
    facts = places.drop(columns="geometry").merge(found.table, on="id", validate="1:1")
    table = pd.DataFrame(facts.assign(id=facts["own_id"]))[[c.name for c in COLUMNS]]
    if read.settings.region.made_up:
        table["known_by"] = "made up"
    near = (
        f"The map has pixels of {ground.grid.resolution_m:g} m: what stands nearer, like trees beside the house, "
        "is not seen; whoever puts up a dish looks."
    )
    return SkyFound(table, found.left_out, [*found.assumptions, near, *assumed])


def _places(read: Inputs) -> gpd.GeoDataFrame:
    """Facilities and settlements in one table, whose id is unique over both."""
    villages = read.tables["villages"].set_index("code")["name"]
    parts = [_part(read.tables[table], what, villages) for table, what in WHAT.items()]
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=4326)


def _part(table: pd.DataFrame, what: str, villages: pd.Series[str]) -> pd.DataFrame:
    own = table["id"].astype("str")
    village = table["village_code"].map(villages)
    names = table["name"].fillna(village)
    if "kind" in table:
        names = table["name"].fillna(table["kind"].astype("str") + ", " + village.fillna("?"))
    return pd.DataFrame(
        {
            "what": what,
            "id": f"{what} " + own,
            "own_id": own,
            "name": names.fillna(own).astype("str"),
            "village_code": table["village_code"],
            "geometry": table.geometry,
        }
    )
