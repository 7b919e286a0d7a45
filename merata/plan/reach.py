"""Whom new 4G would reach: the chance that each place near a spot gets its promised level from there, by ITU-R P.1812.

The loss goes over terrain and clutter from the spot's antenna to the place; at the place it is the middle one of the
points around it on that path, as for a coverage map. Power is corrected by measured signal, and the least margin of
power, download and upload is held against the spread of places about their prediction, as for sites that are there
(`merata.access.evidence`). What the strongest site hears there now disturbs the new cell for the share `radio.load` of
the time, as if it were on the same frequency; cells that are not built yet disturb nobody.

Without terrain a rule of thumb stands for all that: within `technology.CELL_RADIUS_KM` a place is served with
RULE_CHANCE.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.access.evidence import SUREST
from merata.plan import technology as tech
from merata.plan.spots import REACH_KM, REPEATER, within
from merata.plan.weights import PEOPLE
from merata.radio import rates
from merata.radio.against import NEAREST_KM, cover_class, spread_at
from merata.radio.antenna import gain_db
from merata.radio.building import entry_loss_db
from merata.radio.chance import chance_served
from merata.radio.correct import Correction, no_correction
from merata.radio.finish import MOST_DB, building_db
from merata.radio.land import Ground
from merata.radio.margin import Network, Seen, margins, network
from merata.radio.pairs import PairLoss, pair_losses
from merata.radio.path import PathSettings, path_settings
from merata.radio.transmitters import Transmitter, transmitters
from merata.region.settings import RadioSettings, Settings

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

#: Pairs of spot and place with less chance are no option.
LEAST_CHANCE = 0.3
#: Chance within `technology.CELL_RADIUS_KM` where no terrain is known: assumed.
RULE_CHANCE = 0.8
#: Standard deviations that the 84th percentile of a normal distribution lies above its middle.
_ONE_SIGMA = 0.8413447460685429


@dataclass(frozen=True, eq=False)
class Reach:
    """Pairs of a spot and a place that it would serve.

    pairs: `spot` and `place_no` (rows of the two tables), `km`, `dbm` (received power of a phone there; NaN by the rule
    of thumb), `chance` (LEAST_CHANCE to evidence.SUREST), by spot and place.
    """

    pairs: pd.DataFrame
    known_by: str
    """'modelled', or 'assumed' by the rule of thumb."""
    assumptions: list[str]


def reach(
    spots: pd.DataFrame,
    places: pd.DataFrame,
    settings: Settings,
    ground: Ground | None,
    cover: npt.NDArray[np.uint8] | None = None,
    correction: Correction | None = None,
) -> Reach:
    """The places within REACH_KM that each spot would serve, and with what chance.

    Parameters
    ----------
    spots : `spots.COLUMNS`, positions in the projection of `ground`.
    places : `demand.COLUMNS`. People have phones; a facility has a terminal outdoors, `technology.TERMINAL_GAIN_DB`
        better.
    settings : levels, radio.
    ground : terrain, clutter and zones; None: no terrain is known.
    cover : (rows, columns) classes of ESA WorldCover on the grid of `ground`, for the correction; None: not known.
    correction : of the coverage map by measured signal; None: nothing was measured.

    """
    near = _near(spots, places)
    if ground is None:
        return _by_rule(near)
    radio = settings.radio
    made = _transmitters(spots, ground, radio)
    outside = len(spots) - len(made)
    near = near[near["spot"].isin(list(made))].reset_index(drop=True)
    row, column = (
        pixels - 0.5
        for pixels in ground.grid.pixels(places["x_m"].to_numpy(float), places["y_m"].to_numpy(float))
    )
    model = _power_dbm(made, near, row, column, ground, radio)
    class_ = _classes(cover, row, column)
    net = network(_sites(spots, ground), ground.grid, radio)
    judged = _chances(
        near, model, class_, places, settings, net, correction or no_correction(radio.sigma_db), ground
    )
    kept = judged[judged["chance"] >= LEAST_CHANCE].reset_index(drop=True)
    return Reach(kept, "modelled", _assumptions(kept, int(np.isnan(model).sum()), outside, radio))


def _near(spots: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Pairs within REACH_KM: spot, place_no, km; a repeater serves no facility."""
    here = np.flatnonzero(places["x_m"].notna().to_numpy(dtype=bool))
    columns = {"spot": np.zeros(0, np.int64), "place_no": np.zeros(0, np.int64), "km": np.zeros(0)}
    if not len(here) or spots.empty:
        return pd.DataFrame(columns)
    found = within(spots, places.iloc[here], REACH_KM)
    spot = np.repeat(np.arange(len(spots)), [len(some) for some in found]).astype(np.int64)
    place = here[np.array([n for some in found for n in some], np.int64)]
    from_, to = (table[["x_m", "y_m"]].to_numpy(float) for table in (spots, places))
    km = np.hypot(*(from_[spot] - to[place]).T) / 1000
    home = (places["kind"] == PEOPLE).to_numpy(dtype=bool)[place]
    of_use = home | (spots["kind"] != REPEATER).to_numpy(dtype=bool)[spot]
    return pd.DataFrame({"spot": spot[of_use], "place_no": place[of_use], "km": km[of_use]})


def _by_rule(near: pd.DataFrame) -> Reach:
    kept = near[near["km"] <= tech.CELL_RADIUS_KM].reset_index(drop=True)
    said = (
        f"No terrain is known: a new 4G cell is taken to serve what is within {tech.CELL_RADIUS_KM:g} km with a "
        f"chance of {RULE_CHANCE:.0%}, whatever lies between."
    )
    return Reach(
        kept.assign(dbm=np.nan, chance=RULE_CHANCE), "assumed", [said] if len(kept) or len(near) else []
    )


def _sites(spots: pd.DataFrame, ground: Ground) -> gpd.GeoDataFrame:
    """The spots as a table of sites whose antennas are as the settings assume."""
    return gpd.GeoDataFrame(
        {
            "id": spots["spot"],
            "kind": "tower",
            "technologies": "4G",
            "height_m": spots["height_m"].astype(float),
            "eirp_dbm": spots["eirp_dbm"].astype(float),
        },
        geometry=gpd.points_from_xy(spots["x_m"], spots["y_m"]),
        crs=ground.grid.crs,
    )


def _transmitters(spots: pd.DataFrame, ground: Ground, radio: RadioSettings) -> dict[int, Transmitter]:
    """What each spot sends, by its row; without those outside of the map."""
    if spots.empty:
        return {}
    made, _ = transmitters(_sites(spots, ground), ground.grid, radio, leave_out=True)
    return {one.position: one for one in made}


def _power_dbm(
    made: dict[int, Transmitter],
    near: pd.DataFrame,
    row: Floats,
    column: Floats,
    ground: Ground,
    radio: RadioSettings,
) -> Floats:
    """What a phone at the place of each pair gets of the strongest reference signal, dBm; NaN where nobody can tell."""
    spot, place = near["spot"].to_numpy(np.int64), near["place_no"].to_numpy(np.int64)
    path = path_settings(radio, ground.grid)
    # All spots send on the band of the settings, from the antenna that they assume.
    senders = [made[n] for n in spot.tolist()]
    if not senders:
        return np.zeros(0)
    mhz, at = senders[0].bands_mhz[0], tuple(np.array([[s.row, s.column] for s in senders]).T)
    height_m, eirp_dbm = np.array([[s.height_m, s.eirp_dbm] for s in senders]).T
    to = row[place], column[place]
    between = pair_losses(ground, (at[0], at[1]), height_m, to, mhz, path)
    gain = _gain_db(senders[0], (to[0] - at[0], to[1] - at[1]), height_m, between, path)
    lost_db = radio.carrier_to_rsrp_db + building_db(mhz, radio) + between.loss_db
    power: Floats = eirp_dbm - lost_db + gain
    return power


def _gain_db(
    like: Transmitter, way: tuple[Floats, Floats], height_m: Floats, between: PairLoss, path: PathSettings
) -> Floats:
    """What the pattern of the best sector leaves towards a phone, dB, over the curved Earth as in `radio.combine`.

    `way` leads from the site to the place: rows and columns.
    """
    azimuth = np.degrees(np.arctan2(way[1], -way[0]))
    away_m = 1000 * between.km
    rise_m = between.to_m + path.rx_height_m - between.from_m - height_m - away_m**2 / (2000 * path.earth_km)
    elevation = np.degrees(np.arctan2(rise_m, away_m))
    off = azimuth[:, None] - np.array(like.azimuths_deg)
    best: Floats = gain_db(like.antenna, off, (elevation + like.tilt_deg)[:, None]).max(axis=1)
    return best


def _classes(cover: npt.NDArray[np.uint8] | None, row: Floats, column: Floats) -> Integers:
    """Class of land cover at each place, -1 where it is not known."""
    found = np.full(len(row), -1, np.int64)
    if cover is not None:
        known = np.isfinite(row) & np.isfinite(column)
        r, c = (np.rint(np.where(known, x, -1)).astype(int) for x in (row, column))
        inside = (r >= 0) & (r < cover.shape[0]) & (c >= 0) & (c < cover.shape[1])
        found[inside] = cover_class(cover[r[inside], c[inside]])
    return found


def _chances(
    near: pd.DataFrame,
    model_dbm: Floats,
    class_: Integers,
    places: pd.DataFrame,
    settings: Settings,
    net: Network,
    correction: Correction,
    ground: Ground,
) -> pd.DataFrame:
    """The pairs with `dbm` and the chance that the promised level is reached there."""
    radio, place = settings.radio, near["place_no"].to_numpy(np.int64)
    band = np.full(len(near), np.float32(radio.frequency_mhz), np.float64)
    km = np.maximum(near["km"].to_numpy(float), NEAREST_KM)
    power, sigma_db = correction.apply(model_dbm, band, class_[place], km)
    home = (places["kind"] == PEOPLE).to_numpy(dtype=bool)[place]
    better = np.where(home, 0.0, tech.TERMINAL_GAIN_DB)
    sinr = _sinr_db(model_dbm, places["rsrp_dbm"].to_numpy(float)[place], radio)
    seen = Seen(model_dbm, sinr, np.zeros(len(near)), band, near["spot"].to_numpy(np.int64))
    margin_db = np.full(len(near), np.nan)
    promised = places["promised"].to_numpy(dtype=object)[place]
    for level in sorted(set(promised)):
        own = promised == level
        margin_db[own] = margins(seen.at(own), (power + better)[own], net, settings.levels[level]).least_db
    walls = _walls_sigma_db(radio)
    spread = spread_at(
        band, np.full(len(near), np.hypot(radio.sigma_db, walls)), correction, ground.grid.resolution_m
    )
    chance, _ = chance_served(margin_db, 0.0, spread, sigma_db)
    return near.assign(dbm=power, chance=np.minimum(np.nan_to_num(chance, nan=0.0), SUREST))


def _walls_sigma_db(radio: RadioSettings) -> float:
    """How buildings differ, dB (as `radio.finish` has it); 0 outdoors."""
    ends = entry_loss_db(radio.frequency_mhz / 1000, radio.building, [1 - _ONE_SIGMA, _ONE_SIGMA])
    low, high = np.asarray(ends, float)
    return float(high - low) / 2


def _sinr_db(model_dbm: Floats, now_dbm: Floats, radio: RadioSettings) -> Floats:
    """Power over noise and what the strongest site that is there sends for the share `load` of the time, dB."""
    cell = rates.carrier("lte", radio.frequency_mhz, radio.bandwidth_mhz, radio.layers)
    noise_mw = 10 ** (rates.subcarrier_noise_dbm(cell, radio.noise_figure_db) / 10)
    now_mw = np.where(np.isnan(now_dbm), 0.0, 10 ** (np.nan_to_num(now_dbm) / 10))
    ratio: Floats = model_dbm - 10 * np.log10(noise_mw + radio.load * now_mw)
    return np.minimum(ratio, MOST_DB)


def _assumptions(kept: pd.DataFrame, unknown: int, outside: int, radio: RadioSettings) -> list[str]:
    said = [
        f"Whom a new 4G cell serves is modelled over terrain and land cover up to {REACH_KM:g} km; pairs with a chance "
        f"below {LEAST_CHANCE:.0%} are left out.",
        f"The strongest site that is heard now disturbs a new cell for {radio.load:.0%} of the time; new cells do not "
        "disturb each other.",
        f"A terminal outdoors receives {tech.TERMINAL_GAIN_DB:g} dB more than a phone.",
    ]
    said = said if len(kept) else said[:1]
    if outside:
        said.append(f"{outside} places for new 4G are outside of the map, or say what can't be: left out.")
    if unknown:
        said.append(
            f"{unknown} paths from new towers cross a void of the terrain or leave the map: not offered."
        )
    return said
