"""What Recommendation ITU-R P.1812-8 holds for: a profile or number outside it is an error that names it."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from merata.errors import InputError

Numbers = npt.ArrayLike
Floats = npt.NDArray[np.float64]

#: Name -> (least, most, unit, brackets: round ones leave the limit itself out).
LIMITS: dict[str, tuple[float, float, str, str]] = {
    "frequency_ghz": (0.03, 6, "GHz", "[]"),
    "tx_height_m": (1, 3000, "m above ground", "[]"),
    "rx_height_m": (1, 3000, "m above ground", "[]"),
    "tx_lat": (-90, 90, "degrees", "[]"),
    "rx_lat": (-90, 90, "degrees", "[]"),
    "tx_lon": (-360, 360, "degrees", "[]"),
    "rx_lon": (-360, 360, "degrees", "[]"),
    "time_percent": (1, 50, "%", "[]"),
    "location_percent": (0, 100, "%", "()"),
    "location_sigma_db": (0, 100, "dB", "[]"),
    "delta_n": (0, 157, "N-units/km", "()"),
    "n0": (0, 1000, "N-units", "()"),
    "tx_coast_km": (0, math.inf, "km", "[]"),
    "rx_coast_km": (0, math.inf, "km", "[]"),
    "distance_km": (0, 3000, "km", "[]"),
    "height_m": (-500, 9000, "m above sea level", "[]"),
    "clutter_m": (0, 1000, "m", "[]"),
    "width_m": (0, 100_000, "m", "()"),
}
#: Zones of section 3.2: sea, coastal land, inland.
ZONES = (1, 3, 4)


def of_path(name: str) -> str:
    """The beginning of a message about the path or site `name`."""
    return f"{name}: " if name else ""


def check_numbers(name: str, **numbers: float) -> None:
    """Raise InputError for the first number outside its limits, naming it, its value and the path or site `name`."""
    for key, value in numbers.items():
        if isinstance(value, str | bytes | bool) or np.ndim(value):
            raise InputError(f"{of_path(name)}{key} is {value!r}; expected a number.")
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise InputError(f"{of_path(name)}{key} is {value!r}; expected a number.") from None
        if not _inside(np.float64(number), key):
            raise InputError(f"{of_path(name)}{key} is {number:g}; expected {_expected(key)}.")


def checked_profile(
    distance_km: Numbers, height_m: Numbers, clutter_m: Numbers | None, zone: Numbers | None, name: str
) -> tuple[Floats, Floats, Floats, npt.NDArray[np.int64]]:
    """The profile as arrays of one length, or InputError that names the point and its value."""
    d = _numbers(distance_km, "distance_km", name)
    h = _numbers(height_m, "height_m", name)
    clutter = np.zeros_like(d) if clutter_m is None else _numbers(clutter_m, "clutter_m", name)
    zones = np.full(d.shape, 4.0) if zone is None else _numbers(zone, "zone", name)
    for key, array in (("height_m", h), ("clutter_m", clutter), ("zone", zones)):
        if array.shape != d.shape:
            raise InputError(f"{of_path(name)}{key} has {len(array)} points, distance_km has {len(d)}.")
    if len(d) < 3:
        raise InputError(f"{of_path(name)}the profile has {_points(len(d))}; expected 3 or more.")
    for key, array in (("distance_km", d), ("height_m", h), ("clutter_m", clutter)):
        _check_points(array, _inside(array, key), key, _expected(key), name)
    _check_points(zones, np.isin(zones, ZONES), "zone", "1 (sea), 3 (coastal land) or 4 (inland)", name)
    if d[0] != 0:
        raise InputError(f"{of_path(name)}distance_km begins with {d[0]:g}; expected 0, at the transmitter.")
    further = np.concatenate(([True], np.diff(d) > 0))
    _check_points(d, further, "distance_km", "more than the point before", name)
    return d, h, clutter, zones.astype(np.int64)


def _numbers(values: Numbers, key: str, name: str) -> Floats:
    try:
        array = np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{of_path(name)}{key} is not a row of numbers: {error}.") from None
    if array.ndim != 1:
        raise InputError(
            f"{of_path(name)}{key} has {array.ndim} dimensions; expected one number for each point."
        )
    return array


def _check_points(array: Floats, good: npt.NDArray[np.bool_], key: str, expected: str, name: str) -> None:
    if not good.all():
        i = int((~good).argmax())
        raise InputError(
            f"{of_path(name)}{key} of point {i} (the first is 0) is {array[i]:g}; expected {expected}."
        )


def _inside(values: Floats | np.float64, key: str) -> npt.NDArray[np.bool_]:
    least, most, _, brackets = LIMITS[key]
    above = values >= least if brackets[0] == "[" else values > least
    below = values <= most if brackets[1] == "]" else values < most
    return np.asarray(above & below & np.isfinite(values))


def _expected(key: str) -> str:
    least, most, unit, brackets = LIMITS[key]
    if math.isinf(most):
        return f"{least:g} {unit} or more"
    if brackets == "[]":
        return f"{least:g} to {most:g} {unit}"
    return f"more than {least:g} and less than {most:g} {unit}"


def _points(count: int) -> str:
    return "1 point" if count == 1 else f"{count} points"
