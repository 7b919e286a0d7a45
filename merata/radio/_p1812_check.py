"""What Recommendation ITU-R P.1812-8 holds for: a profile or number outside it is an error that names it."""

from __future__ import annotations

import contextlib
import math

import numpy as np
import numpy.typing as npt

from merata.errors import InputError

Numbers = npt.ArrayLike
Floats = npt.NDArray[np.float64]
Zones = npt.NDArray[np.generic]

#: Name -> (least, most, unit, brackets: round ones leave the limit itself out).
LIMITS: dict[str, tuple[float, float, str, str]] = {
    "frequency_ghz": (0.03, 6, "GHz", "[]"),
    "frequencies_mhz": (30, 6000, "MHz", "[]"),
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
_ZONES_EXPECTED = "1 (sea), 3 (coastal land) or 4 (inland)"


def of_path(name: str) -> str:
    """The beginning of a message about the path or site `name`."""
    return f"{name}: " if name else ""


def check_numbers(name: str, **numbers: float) -> None:
    """Raise InputError for the first number outside its limits, naming it, its value and the path or site `name`."""
    for key, value in numbers.items():
        given = number(name, key, value)
        if not _inside(np.float64(given), key):
            raise InputError(f"{of_path(name)}{key} is {given:g}; expected {_expected(key)}.")


def number(name: str, key: str, value: object) -> float:
    """The value as a number, or InputError that names it."""
    if not isinstance(value, str | bytes | bool) and not np.ndim(value):  # type: ignore[arg-type]
        with contextlib.suppress(TypeError, ValueError):
            return float(value)  # type: ignore[arg-type]
    raise InputError(f"{of_path(name)}{key} is {value!r}; expected a number.")


def checked_frequencies(frequencies_mhz: Numbers) -> Floats:
    """The bands, MHz, as an array, or InputError that names the band and its value."""
    bands = _numbers(frequencies_mhz, "frequencies_mhz", "", "band")
    if len(bands) == 0:
        raise InputError("frequencies_mhz is empty; expected one band or more.")
    good = _inside(bands, "frequencies_mhz")
    _check_points(bands, good, "frequencies_mhz", _expected("frequencies_mhz"), "", "band")
    return bands


def check_pixels(heights_m: npt.NDArray[np.float32], clutter_m: npt.NDArray[np.float32], zone: Zones) -> None:
    """Raise InputError for the first pixel of a ground that can't be; heights may be NaN, which is a void."""
    # Least and most are found several times faster than what is wrong with each pixel.
    _check_map(heights_m, "height_m", True)
    _check_map(clutter_m, "clutter_m", False)
    known = (zone == ZONES[0]) | (zone == ZONES[1]) | (zone == ZONES[2])
    if not known.all():
        raise _of_pixel(zone, ~known, "zone", _ZONES_EXPECTED)


def _check_map(values: npt.NDArray[np.float32], key: str, voids: bool) -> None:
    if not values.size:
        return
    ends = np.array([np.fmin.reduce(values, None), np.fmax.reduce(values, None)], np.float64)
    if not voids and math.isnan(np.min(values)):
        ends[0] = math.nan
    if not (_inside(ends, key) | (np.isnan(ends) & voids)).all():
        wrong = ~(_inside(values.astype(np.float64), key) | (np.isnan(values) & voids))
        raise _of_pixel(values, wrong, key, _expected(key) + (", or NaN" if voids else ""))


def _of_pixel(
    values: npt.NDArray[np.generic], wrong: npt.NDArray[np.bool_], key: str, expected: str
) -> InputError:
    row, column = (int(place) for place in np.argwhere(wrong)[0])
    return InputError(
        f"{key} at row {row}, column {column} of the ground is {values[row, column]:g}; expected {expected}."
    )


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
    _check_points(zones, np.isin(zones, ZONES), "zone", _ZONES_EXPECTED, name)
    if d[0] != 0:
        raise InputError(f"{of_path(name)}distance_km begins with {d[0]:g}; expected 0, at the transmitter.")
    further = np.concatenate(([True], np.diff(d) > 0))
    _check_points(d, further, "distance_km", "more than the point before", name)
    return d, h, clutter, zones.astype(np.int64)


def _numbers(values: Numbers, key: str, name: str, of: str = "point") -> Floats:
    try:
        array = np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{of_path(name)}{key} is not a row of numbers: {error}.") from None
    if array.ndim != 1:
        raise InputError(
            f"{of_path(name)}{key} has {array.ndim} dimensions; expected one number for each {of}."
        )
    return array


def _check_points(
    array: Floats, good: npt.NDArray[np.bool_], key: str, expected: str, name: str, of: str = "point"
) -> None:
    if not good.all():
        i = int((~good).argmax())
        raise InputError(
            f"{of_path(name)}{key} of {of} {i} (the first is 0) is {array[i]:g}; expected {expected}."
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
