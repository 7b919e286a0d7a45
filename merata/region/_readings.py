"""Everything that two written coordinates may mean, the least doubtful first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import pyproj

from merata.region._degrees import HEMISPHERE, Written, normal, read_axis


class Reading(NamedTuple):
    """One thing that written coordinates may mean, in degrees (WGS 84)."""

    longitude: float
    latitude: float
    how: str
    """`as written`, `UTM 50S`, or what was mended: `swapped`, `minus sign restored` …"""
    doubt: int
    """0: as written; the more, the more had to be supposed."""


def parse(x: str | None, y: str | None, xy: str | None = None, zones: Sequence[int] = ()) -> list[Reading]:
    """All plausible readings of written coordinates, the least doubtful first; none when there is nothing.

    Parameters
    ----------
    x, y
        What stands in the columns of longitude (easting) and latitude (northing).
    xy
        What stands in a column of both.
    zones
        UTM zones in which metres may be meant, both hemispheres.

    Takes decimals with point or comma, degrees-minutes-seconds in any marks (`0°25'12" LS`, `0 25 12 S`,
    `116:59:30.5`, `116.59.30`), LU/LS/BT/BB/N/S/E/W/U/T/B, metres with or without separators, and links of
    map pages. `0` and `0` mean that there is none.

    """
    found: dict[tuple[float, float], Reading] = {}
    for reading in sorted(_readings(x, y, xy, zones), key=lambda r: r.doubt):
        found.setdefault((round(reading.longitude, 7), round(reading.latitude, 7)), reading)
    return list(found.values())


def _readings(x: str | None, y: str | None, xy: str | None, zones: Sequence[int]) -> Iterator[Reading]:
    if x and y and x.strip() and y.strip():
        first, second = read_axis(normal(x)), read_axis(normal(y))
        if not (_is_zero(first) and _is_zero(second)):
            yield from _of_pair(first, second, zones, "swapped", 2)
        return
    text = (xy or "") if xy and xy.strip() else (x or "") or (y or "")
    for one, other in _split(text):
        a, b = read_axis(one), read_axis(other)
        if not (_is_zero(a) and _is_zero(b)):
            # In one column the latitude usually stands first; metres begin with the easting.
            yield from _in_degrees(b, a, "longitude first", 1)
            yield from _in_metres(a, b, _named_zones(text) or zones, "northing first", 1)


def _is_zero(written: Written) -> bool:
    return written.degrees == (0.0,) or written.degrees == (-0.0,)


def _of_pair(x: Written, y: Written, zones: Sequence[int], turned: str, doubt: int) -> Iterator[Reading]:
    yield from _in_degrees(x, y, turned, doubt)
    yield from _in_metres(x, y, zones, turned, doubt)
    yield from _without_mark(x, y)


def _in_degrees(x: Written, y: Written, turned: str, doubt: int) -> Iterator[Reading]:
    """Readings as longitude `x` and latitude `y`, and the other way round, with signs changed too."""
    for lon, lat, how, level in ((x, y, "as written", 0), (y, x, turned, doubt)):
        if lon.axis == "lat" or lat.axis == "lon":
            continue
        for longitude, latitude in product(lon.degrees, lat.degrees):
            if abs(latitude) <= 90:
                yield Reading(longitude, latitude, how, level)
                yield from _other_signs(lon, lat, longitude, latitude, "" if level == 0 else how, level)


def _other_signs(
    lon: Written, lat: Written, longitude: float, latitude: float, how: str, level: int
) -> Iterator[Reading]:
    for flip_lon, flip_lat in ((1, -1), (-1, 1), (-1, -1)):
        flipped = [w for w, flip in ((lon, flip_lon), (lat, flip_lat)) if flip < 0]
        restored = not any(w.signed for w in flipped)
        words = "minus sign restored" if restored else "sign changed"
        more = (1 if level else 2) + (0 if restored else 2) + (len(flipped) - 1)
        yield Reading(
            flip_lon * longitude, flip_lat * latitude, f"{how}, {words}" if how else words, level + more
        )


def _in_metres(x: Written, y: Written, zones: Sequence[int], turned: str, doubt: int) -> Iterator[Reading]:
    for east, north, how, level in ((x, y, "", 0), (y, x, f", {turned}", doubt)):
        for easting, northing in product(east.metres, north.metres):
            if not (100_000 <= easting <= 900_000 and -10_000_000 <= northing <= 11_000_000):
                continue
            certain = not (x.degrees and y.degrees)
            for zone, south in product(zones, (False, True)):
                if south and northing < 0:
                    continue
                longitude, latitude = _transformer(zone, south).transform(easting, northing)
                name = f"UTM {zone}{'S' if south else 'N'}{how}"
                yield Reading(longitude, latitude, name, level + (0 if certain else 1))


@lru_cache(maxsize=240)
def _transformer(zone: int, south: bool) -> pyproj.Transformer:
    code = (32700 if south else 32600) + zone
    return pyproj.Transformer.from_crs(f"EPSG:{code}", "EPSG:4326", always_xy=True)


def _without_mark(x: Written, y: Written) -> Iterator[Reading]:
    """Readings of `11698123` as 116.98123: a spreadsheet that expects a comma swallows the point."""
    if not (len(x.digits) > 3 or len(y.digits) > 3):
        return
    for longitude, latitude in product(_marked(x, 180), _marked(y, 90)):
        for sign in (1, -1) if not y.signed else (1,):
            words = "decimal mark restored" + (", minus sign restored" if sign < 0 else "")
            yield Reading(longitude, sign * latitude, words, 5 if sign > 0 else 6)


def _marked(written: Written, limit: float) -> list[float]:
    """The number as it stands, and with a decimal mark set where it gives a degree with four digits or more."""
    flip = -1 if written.negative else 1
    if len(written.digits) < 4:
        return list(written.degrees)
    whole = int(written.digits)
    values = (flip * whole / 10.0**places for places in range(3, len(written.digits) + 2))
    return [value for value in values if abs(value) <= limit]


def _named_zones(text: str) -> tuple[int, ...]:
    found = re.search(r"(?<![\d.,])([1-5]?\d|60)\s*[a-z](?![a-z])", text.casefold())
    return (int(found[1]),) if found and 1 <= int(found[1]) <= 60 else ()


def _split(text: str) -> Iterator[tuple[str, str]]:
    """Ways to cut a text with both coordinates in two, each half ready for `read_axis`."""
    link = re.search(r"(?:[@=/]|%3D)(-?\d+\.\d+),\+?(?:%20)?(-?\d+\.\d+)", text) if "://" in text else None
    if link:
        yield link[1], link[2]
        return
    plain = re.sub(r"^\s*(?:utm|zon[ae]|zone|\s)*\s*([1-5]?\d|60)\s*[a-z]\b\s*(?=\d{6})", "", text.casefold())
    plain = normal(plain)
    cuts = list(_letter_cuts(plain)) or list(_mark_cuts(plain))
    yield from dict.fromkeys(cuts)


def _letter_cuts(text: str) -> Iterator[tuple[str, str]]:
    letters = list(HEMISPHERE.finditer(text))
    if len(letters) != 2:
        return
    # Letters lead (S 0.42 E 116.98) or follow (0.42 S 116.98 E).
    leads = letters[0].start() == 0
    at = letters[1].start() if leads else letters[0].end()
    yield text[:at].strip(" ,;/"), re.sub(r"^[\s,;/]*(?:-\s+)?", "", text[at:])


def _mark_cuts(text: str) -> Iterator[tuple[str, str]]:
    for mark in (r"\s*[;|/\t]\s*", r",\s+", r"\s+-\s+"):
        halves = re.split(mark, text)
        if len(halves) == 2:
            yield halves[0], halves[1]
            return
    if text.count("°") == 2:
        at = re.search(r"[-+]?\s*\d+\s*$", text[: text.rindex("°")])
        if at:
            yield text[: at.start()].strip(" ,"), text[at.start() :]
        return
    yield from _even_cuts(text.split(" "), " ")
    yield from _even_cuts(text.split(","), ",")


def _even_cuts(parts: list[str], mark: str) -> Iterator[tuple[str, str]]:
    if len(parts) in (2, 4, 6):
        half = len(parts) // 2
        yield mark.join(parts[:half]).strip(","), mark.join(parts[half:]).strip(",")
