"""Which places are alike: by how the ground rises and falls, and by how many people live within ten kilometres."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import KDTree

from merata.province.settings import AlikeSettings

TERRAINS = ("flat", "hilly", "mountainous", "unknown")
"""By local relief, as Hammond (1964) and Karagulle et al. (2017, doi:10.1111/tgis.12265) divide it, in three."""
REMOTENESS = ("near", "middle", "far", "unknown")
NEAR_KM = 10.0
_EARTH_KM = 6371.0

Floats = npt.NDArray[np.float64]


def with_kinds(villages: pd.DataFrame, settings: AlikeSettings) -> pd.DataFrame:
    """The villages with `people_near`, `terrain`, `remoteness` and `kind` (the two words with a space between).

    Parameters
    ----------
    villages
        Of all regions, so that who lives across a border counts: `lon`, `lat` (°), `people`, `relief_m` (m).
    """
    near = people_near(villages["lon"], villages["lat"], villages["people"])
    made = villages.assign(
        people_near=near,
        terrain=_class(villages["relief_m"], (settings.hilly_m, settings.mountainous_m), TERRAINS),
        remoteness=_class(
            -pd.Series(near, villages.index), (-settings.middle_people, -settings.far_people), REMOTENESS
        ),
    )
    return made.assign(kind=made["terrain"] + " " + made["remoteness"])


def people_near(lon: pd.Series, lat: pd.Series, people: pd.Series) -> Floats:
    """People of villages whose middle lies within ten kilometres of each one's, its own too; NaN: no place."""
    east, north = np.radians(lon.to_numpy(float)), np.radians(lat.to_numpy(float))
    there = np.isfinite(east) & np.isfinite(north)
    on_globe = np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])[
        there
    ]
    found = np.full(len(there), np.nan)
    if there.any():
        tree = KDTree(on_globe)
        counted = np.nan_to_num(people.to_numpy(float))[there]
        chord = 2 * np.sin(NEAR_KM / _EARTH_KM / 2)
        found[there] = [counted[near].sum() for near in tree.query_ball_point(on_globe, chord)]
    return found


def _class(values: pd.Series, bounds: tuple[float, float], words: tuple[str, ...]) -> pd.Series:
    """The word of the interval in which a value lies, the last word where there is none; a bound belongs below."""
    place = np.searchsorted(np.array(bounds), values.to_numpy(float), side="left")
    named = np.array(words, object)[np.where(values.isna(), len(words) - 1, place)]
    return pd.Series(named, values.index, dtype="str")
