"""Rain and air on a hop: how hard it rains (ITU-R P.837), what rain takes (P.838), how air bends and absorbs.

The maps come with the library `itur` (files of the Recommendations; nothing is downloaded). The formulae of P.838
stand here, because they are few and are needed for whole arrays.
"""

from __future__ import annotations

import functools
import math
from typing import Literal

import numpy as np
import numpy.typing as npt

from merata.errors import InputError

Floats = npt.NDArray[np.float64]
Polarization = Literal["vertical", "horizontal"]

#: Where these methods hold, GHz: P.838 from 1 to 1000, P.530 (rain) from 1 to 100.
LEAST_GHZ, MOST_GHZ = 1.0, 100.0
#: Air at the ground in the wet tropics: hPa, K, g of water in a cubic metre (P.835, low latitudes; rounded).
PRESSURE_HPA, TEMPERATURE_K, VAPOUR_G_PER_M3 = 1012.0, 300.0, 20.0

_Rows = tuple[tuple[float, float, float], ...]
# P.838-3 tables 1 to 4: rows of a_j, b_j, c_j; then m and c.
_K_HORIZONTAL: tuple[_Rows, float, float] = (
    (
        (-5.33980, -0.10008, 1.13098),
        (-0.35351, 1.26970, 0.45400),
        (-0.23789, 0.86036, 0.15354),
        (-0.94158, 0.64552, 0.16817),
    ),
    -0.18961,
    0.71147,
)
_K_VERTICAL: tuple[_Rows, float, float] = (
    (
        (-3.80595, 0.56934, 0.81061),
        (-3.44965, -0.22911, 0.51059),
        (-0.39902, 0.73042, 0.11899),
        (0.50167, 1.07319, 0.27195),
    ),
    -0.16398,
    0.63297,
)
_ALPHA_HORIZONTAL: tuple[_Rows, float, float] = (
    (
        (-0.14318, 1.82442, -0.55187),
        (0.29591, 0.77564, 0.19822),
        (0.32177, 0.63773, 0.13164),
        (-5.37610, -0.96230, 1.47828),
        (16.1721, -3.29980, 3.43990),
    ),
    0.67849,
    -1.95537,
)
_ALPHA_VERTICAL: tuple[_Rows, float, float] = (
    (
        (-0.07771, 2.33840, -0.76284),
        (0.56727, 0.95545, 0.54039),
        (-0.20238, 1.14520, 0.26809),
        (-48.2991, 0.791669, 0.116226),
        (48.5833, 0.791459, 0.116479),
    ),
    -0.053739,
    0.83433,
)


def coefficients(frequency_ghz: float, polarization: Polarization = "vertical") -> tuple[float, float]:
    """Factors k and α of a level path: rain of R mm/h takes k R^α dB/km (P.838-3 equations (1) to (5)).

    Raises
    ------
    InputError
        The frequency is outside of 1 to 100 GHz, or the polarisation is neither vertical nor horizontal.

    """
    check_ghz(frequency_ghz)
    if polarization not in ("vertical", "horizontal"):
        raise InputError(f"polarization is {polarization!r}; expected vertical or horizontal")
    upright = polarization == "vertical"
    log_ghz = math.log10(frequency_ghz)
    k = 10.0 ** _curve(log_ghz, *(_K_VERTICAL if upright else _K_HORIZONTAL))
    return k, _curve(log_ghz, *(_ALPHA_VERTICAL if upright else _ALPHA_HORIZONTAL))


def _curve(log_ghz: float, rows: _Rows, slope: float, offset: float) -> float:
    bells = sum(a * math.exp(-(((log_ghz - b) / c) ** 2)) for a, b, c in rows)
    return bells + slope * log_ghz + offset


def check_ghz(frequency_ghz: float) -> None:
    """Raise InputError unless the frequency lies where the rain methods hold."""
    if not LEAST_GHZ <= frequency_ghz <= MOST_GHZ:
        raise InputError(
            f"frequency_ghz is {frequency_ghz:g}; rain is reckoned from {LEAST_GHZ:g} to {MOST_GHZ:g} GHz"
        )


def rate_mm_per_h(lat_deg: float | Floats, lon_deg: float | Floats) -> Floats:
    """Rain that falls in 0.01 % of an average year, mm/h over one minute (P.837-7 annex 1, its map); one per place."""
    from itur.models import itu837  # takes a second, so only who asks for rain waits for it

    lat, lon = _checked(lat_deg, lon_deg)
    return np.asarray(itu837.rainfall_rate(lat, lon, 0.01).value, float).reshape(lat.shape)


def geoclimatic_k(lat_deg: float | Floats, lon_deg: float | Floats) -> Floats:
    """Factor K of multipath fading (P.530-17 equation (4)), from maps of refractivity (P.453) and roughness."""
    from itur.models import itu530

    lat, lon = _checked(lat_deg, lon_deg)
    # On a level path of 1 km at 1 GHz and sea level, equation (7) is K itself.
    k = itu530.multipath_loss_for_A(lat, lon, 0.0, 0.0, 1.0, 1.0, 0.0)
    return np.asarray(k.value, float).reshape(lat.shape)


@functools.lru_cache(maxsize=64)
def air_db_per_km(
    frequency_ghz: float,
    pressure_hpa: float = PRESSURE_HPA,
    temperature_k: float = TEMPERATURE_K,
    vapour_g_per_m3: float = VAPOUR_G_PER_M3,
) -> float:
    """What oxygen and water vapour take, dB/km (P.676, line by line)."""
    from itur.models import itu676

    check_ghz(frequency_ghz)
    # P.676 reckons with the pressure of the dry air.
    dry_hpa = pressure_hpa - vapour_g_per_m3 * temperature_k / 216.7
    air = (frequency_ghz, dry_hpa, vapour_g_per_m3, temperature_k)
    return float(itu676.gamma0_exact(*air).value + itu676.gammaw_exact(*air).value)


def _checked(lat_deg: float | Floats, lon_deg: float | Floats) -> tuple[Floats, Floats]:
    lat, lon = np.broadcast_arrays(np.asarray(lat_deg, float), np.asarray(lon_deg, float))
    wrong = ~((np.abs(lat) <= 90.0) & (np.abs(lon) <= 360.0))
    if wrong.any():
        raise InputError(
            f"{lat[wrong].flat[0]:g}, {lon[wrong].flat[0]:g} is no place; expected degrees north, degrees east"
        )
    return lat.copy(), (lon + 180.0) % 360.0 - 180.0
