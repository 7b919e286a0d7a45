"""What the table of sites sends: which sites count, their sectors, bands and antennas, and what is assumed of them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from shapely.geometry.base import BaseGeometry

from merata.errors import InputError
from merata.radio.antenna import Antenna, assumed
from merata.radio.heights import said_height_m
from merata.region.grid import Grid
from merata.region.settings import RadioSettings

#: Kinds of site that radiate; one that does not say counts as a tower.
RADIATING = ("tower", "repeater")
#: From here on a site with 5G sends that, MHz: bands n77 and n78 have no 4G in use.
NR_FROM_MHZ = 3300.0
#: Frequencies that the Recommendation holds for, MHz, and of those P.2109 (into buildings).
LOWEST_MHZ, LOWEST_INDOORS_MHZ, HIGHEST_MHZ = 30.0, 80.0, 6000.0
#: Names of sites that are told in one sentence, at most.
_NAMED = 5

#: Words of `technologies` that carry 4G.
FOURTH = re.compile(r"(?i)(?<!\d)4\s?G|\bLTE")
_FIFTH = re.compile(r"(?i)(?<!\d)5\s?G|\bNR\b")
_ALL_ROUND = re.compile(r"(?i)\s*(omni\w*|all[ -]round|segala arah)\s*")
_NUMBER = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*(mhz|ghz|deg|°)?", re.IGNORECASE)

Technology = Literal["lte", "nr"]
_Value = TypeVar("_Value")


@dataclass(frozen=True, eq=False)
class Transmitter:
    """A site on air: one antenna a sector, each on all of the site's bands."""

    position: int
    """Its row in the table of sites, from 0."""
    name: str
    row: float
    """Place on the grid, in pixels: whole numbers are the middles of pixels."""
    column: float
    height_m: float
    """Of the antennas above ground."""
    eirp_dbm: float
    """Radiated per carrier in the middle of a beam."""
    azimuths_deg: tuple[float, ...]
    """Direction of each sector; one 0 where the antenna sends all round."""
    tilt_deg: float
    """How far the beams point below the horizon, with the antenna's own tilt."""
    bands_mhz: tuple[float, ...]
    technologies: tuple[Technology, ...]
    """What each band carries."""
    operator: str
    antenna: Antenna


def transmitters(
    sites: gpd.GeoDataFrame,
    grid: Grid,
    settings: RadioSettings,
    antennas: Mapping[str, Antenna] | None = None,
    *,
    leave_out: bool = False,
) -> tuple[list[Transmitter], list[str]]:
    """The sites on 4G or 5G that reach the grid, in the table's order, and what was assumed of them.

    Parameters
    ----------
    sites
        The table `sites`, any projection. Towers and repeaters count; points of presence do not radiate. A column
        that is missing counts as blank.
    grid
        The pixels; a site farther off than `settings.radius_km` is none of theirs, and that is said.
    settings
        What is assumed of a site that does not say.
    antennas
        By the words of the column `antenna`; a name that is not among them is assumed, and said.
    leave_out
        Say which sites can't be used and go on without them, instead of raising InputError for the first.

    Raises
    ------
    InputError
        A site says something that can't be, or lies outside of the grid although it reaches it, or nowhere in the
        grid's projection; names the site and the value. Or the table does not say its projection.

    """
    if sites.crs is None:
        raise InputError(
            "sites: nobody says which projection the points are in; expected a table with a crs."
        )
    reading = _Reading(sites, settings, antennas or {})
    points = sites.geometry.to_crs(grid.crs)
    found = []
    for i in _on_air(sites, reading):
        point = points.iloc[i].representative_point()
        row, column = (pixels - 0.5 for pixels in grid.pixels(point.x, point.y))
        try:
            _check_placed(points.iloc[i], sites.geometry.iloc[i], grid, reading.name(i))
            if not reaches(row, column, grid, settings.radius_km):
                reading.note("far")
                continue
            check_inside(row, column, grid, reading.name(i))
            found.append(reading.transmitter(i, row, column))
        except InputError as error:
            if not leave_out:
                raise
            reading.left_out.append(str(error))
    return found, reading.told()


def reaches(row: float, column: float, grid: Grid, radius_km: float) -> bool:
    """Whether a place (in pixels, also outside of the grid) is no farther than `radius_km` from some pixel."""
    rows = max(0.0, -row, row - (grid.height - 1))
    columns = max(0.0, -column, column - (grid.width - 1))
    return math.hypot(rows, columns) * grid.resolution_m <= radius_km * 1000


def _check_placed(projected: BaseGeometry, place: BaseGeometry, grid: Grid, name: str) -> None:
    # The representative point of a place at infinity is 0, 0: it must not come that far.
    if not all(math.isfinite(edge) for edge in projected.bounds):
        x, y = place.bounds[:2]
        raise InputError(
            f"{name} is at {x:g}, {y:g}, which is nowhere in {grid.crs}, the map's projection. Correct "
            "its position: are longitude and latitude the right way round?"
        )


def check_inside(row: float, column: float, grid: Grid, name: str) -> None:
    """Raise InputError, naming the site, when a place in pixels is not on the grid."""
    if not (-0.5 <= row < grid.height - 0.5 and -0.5 <= column < grid.width - 0.5):
        x_m = grid.west_m + (column + 0.5) * grid.resolution_m
        y_m = grid.north_m - (row + 0.5) * grid.resolution_m
        raise InputError(
            f"{name} lies outside of the map, at {x_m:.0f}, {y_m:.0f} m in {grid.crs}: the ground from there is not "
            "known. Correct its position, or widen the map."
        )


def _on_air(sites: gpd.GeoDataFrame, reading: _Reading) -> list[int]:
    """Positions of the sites that radiate 4G or 5G and have a place."""
    kind = _words(sites, "kind")
    technologies = _words(sites, "technologies")
    placed = ~(sites.geometry.is_empty | sites.geometry.isna()).to_numpy(dtype=bool)
    used = []
    for i in range(len(sites)):
        if kind[i] and kind[i] not in RADIATING:
            continue
        if technologies[i] and not (FOURTH.search(technologies[i]) or _FIFTH.search(technologies[i])):
            continue
        if not placed[i]:
            reading.note("position")
        else:
            used.append(i)
    return used


#: What is told of sites, by what was noted of them; words in braces follow their number or are settings.
_TOLD = {
    "far": "farther than {radius_km:g} km from the map {is} out of reach and not part of it",
    "position": "without a position {is} left out of the coverage map",
    "technologies": "that {names} no technology {is} taken as 4G",
    "height_m": "that {does} not say {is} given {height_m:g} m of antenna height",
    "eirp_dbm": "that {does} not say {is} given {eirp_dbm:g} dBm of radiated power",
    "bands_mhz": "that {does} not say {is} given {frequency_mhz:g} MHz",
    "azimuths_deg": "that {does} not say {is} given {sectors}",
    "tilt_deg": "that {does} not say {is} given {tilt_deg:g} degrees of downward tilt",
    "antenna": "that {names} an antenna whose file is not among the sources {is} given an assumed one",
    "operator": "that {names} no operator {is} taken to belong to one network",
}
_ONE = {"is": "is", "does": "does", "names": "names"}
_MANY = {"is": "are", "does": "do", "names": "name"}


@dataclass
class _Reading:
    """Reads the table's cells, and keeps count of what was assumed."""

    sites: gpd.GeoDataFrame
    settings: RadioSettings
    antennas: Mapping[str, Antenna]
    counts: dict[str, int] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    by_sectors: dict[bool, Antenna] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.texts = {
            name: _words(self.sites, name)
            for name in ("id", "name", "technologies", "bands_mhz", "azimuths_deg", "antenna", "operator")
        }
        self.heights = _cells(self.sites, "height_m")
        numbers = ("frequency_mhz", "eirp_dbm", "tilt_deg")
        self.numbers = {name: _numbers(self.sites, name) for name in numbers}
        self.no_numbers = {name: _no_numbers(self.sites, name, self.numbers[name]) for name in numbers}

    def note(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def name(self, i: int) -> str:
        parts = [text for text in (self.texts["id"][i], self.texts["name"][i]) if text]
        return f"site {' '.join(dict.fromkeys(parts)) or i}"

    def transmitter(self, i: int, row: float, column: float) -> Transmitter:
        name, noted = self.name(i), dict(self.counts)
        for column_name, cells in self.no_numbers.items():
            if i in cells:
                raise InputError(f"{name}: {column_name} is {cells[i]!r}; expected a number.")
        try:
            bands = self._bands(i, name)
            azimuths = self._azimuths(i, name)
            antenna, own = self._antenna(i, bool(azimuths))
            return Transmitter(
                position=i,
                name=name,
                row=row,
                column=column,
                height_m=self._height(i, name),
                eirp_dbm=self._or("eirp_dbm", i, self.settings.eirp_dbm),
                azimuths_deg=azimuths or (0.0,),
                tilt_deg=self._tilt(i, antenna, own, name),
                bands_mhz=bands,
                technologies=self._technologies(i, bands),
                operator=self._operator(i),
                antenna=antenna,
            )
        except InputError:
            self.counts = noted  # nothing is assumed of a site that is not used
            raise

    def _or(self, column: str, i: int, default: float) -> float:
        value = self.numbers[column][i]
        if math.isnan(value):
            self.note(column)
            return default
        if not -50 <= value <= 120:
            raise InputError(f"{self.name(i)}: {column} is {value:g}; expected -50 to 120 dBm.")
        return float(value)

    def _height(self, i: int, name: str) -> float:
        height_m = said_height_m(self.heights[i], name)
        if math.isnan(height_m):
            self.note("height_m")
            return self.settings.height_m
        return height_m

    def _bands(self, i: int, name: str) -> tuple[float, ...]:
        text = self.texts["bands_mhz"][i]
        bands = sorted(set(_listed(text, "bands_mhz", name))) if text else []
        lowest_mhz = float(self.numbers["frequency_mhz"][i])
        if not bands and not math.isnan(lowest_mhz) and lowest_mhz != 0:  # 0 MHz is an empty cell
            bands = [lowest_mhz]
        if not bands:
            self.note("bands_mhz")
            bands = [self.settings.frequency_mhz]
        lowest = LOWEST_MHZ if self.settings.building == "none" else LOWEST_INDOORS_MHZ
        for band in bands:
            if not lowest <= band <= HIGHEST_MHZ:
                raise InputError(
                    f"{name} sends on {band:g} MHz; expected {lowest:g} to {HIGHEST_MHZ:g} MHz. Correct bands_mhz or "
                    "frequency_mhz."
                )
        return tuple(bands)

    def _azimuths(self, i: int, name: str) -> tuple[float, ...]:
        text = self.texts["azimuths_deg"][i]
        if _ALL_ROUND.fullmatch(text):
            return ()
        found = _listed(text, "azimuths_deg", name)
        if not found:
            self.note("azimuths_deg")
            found = self.settings.azimuths_deg
        return tuple(dict.fromkeys(float(azimuth % 360) for azimuth in found))

    def _antenna(self, i: int, sectors: bool) -> tuple[Antenna, bool]:
        """The site's antenna, and whether it is its own rather than assumed."""
        named = self.texts["antenna"][i]
        if named in self.antennas:
            return self.antennas[named], True
        if named:
            self.note("antenna")
        if sectors not in self.by_sectors:
            self.by_sectors[sectors] = assumed(self.settings, int(sectors))
        return self.by_sectors[sectors], False

    def _tilt(self, i: int, antenna: Antenna, own: bool, name: str) -> float:
        said = float(self.numbers["tilt_deg"][i])
        if math.isnan(said):
            if own:
                return antenna.built_in_tilt_deg
            self.note("tilt_deg")
            return self.settings.tilt_deg
        if not -90 <= said <= 90:
            raise InputError(f"{name}: tilt_deg is {said:g}; expected -90 to 90 degrees.")
        return said + antenna.built_in_tilt_deg

    def _technologies(self, i: int, bands: tuple[float, ...]) -> tuple[Technology, ...]:
        text = self.texts["technologies"][i]
        if not text:
            self.note("technologies")
        fifth, fourth = bool(_FIFTH.search(text)), bool(FOURTH.search(text))
        return tuple("nr" if fifth and (not fourth or band >= NR_FROM_MHZ) else "lte" for band in bands)

    def _operator(self, i: int) -> str:
        name = " ".join(self.texts["operator"][i].casefold().split())
        if not name:
            self.note("operator")
        return name

    def told(self) -> list[str]:
        """The sentences."""
        facts = {**dict(self.settings), "sectors": _sectors(self.settings.azimuths_deg)}
        said = []
        for what, words in _TOLD.items():
            count = self.counts.get(what, 0)
            if count:
                form = _ONE if count == 1 else _MANY
                sites = "1 site" if count == 1 else f"{count} sites"
                said.append(f"{sites} {words.format(**facts, **form)}.")
        if self.left_out:
            count = len(self.left_out)
            more = f" … and {count - _NAMED} more." if count > _NAMED else ""
            which = "1 site is" if count == 1 else f"{count} sites are"
            said.append(f"{which} left out of the coverage map: {' '.join(self.left_out[:_NAMED])}{more}")
        return said


def _sectors(azimuths_deg: list[float]) -> str:
    if not azimuths_deg:
        return "one antenna that sends all round"
    directions = ", ".join(f"{azimuth:g}" for azimuth in azimuths_deg)
    return f"sectors in the directions {directions} degrees"


def _listed(text: str, column: str, name: str) -> list[float]:
    """The numbers of a cell like '900 1800', '0/120/240' or '1.8 GHz'."""
    numbers = []
    rest = _NUMBER.sub(lambda match: numbers.append(_scaled(match)) or " ", text)  # type: ignore[func-returns-value]
    if re.sub(r"[\s,;/|+&-]+", "", rest):
        raise InputError(f"{name}: {column} is {text!r}; expected numbers, like {_LIKE[column]!r}.")
    return numbers


_LIKE = {"bands_mhz": "900 1800", "azimuths_deg": "0 120 240"}


def _scaled(match: re.Match[str]) -> float:
    thousand = (match[2] or "").lower() == "ghz"
    return round(float(match[1]) * 1000, 6) if thousand else float(match[1])


def _words(table: pd.DataFrame, name: str) -> list[str]:
    if name not in table.columns:
        return [""] * len(table)
    texts: list[str] = table[name].astype("string").fillna("").str.strip().tolist()
    return texts


def _cells(table: pd.DataFrame, name: str) -> list[object]:
    return table[name].tolist() if name in table.columns else [None] * len(table)


def _numbers(table: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    if name not in table.columns:
        return np.full(len(table), np.nan)
    values = pd.to_numeric(table[name], errors="coerce").astype("Float64")
    return np.asarray(values.to_numpy(dtype=float, na_value=np.nan))


def _no_numbers(table: pd.DataFrame, name: str, read: npt.NDArray[np.float64]) -> dict[int, object]:
    """The cells of a column of numbers that hold something else, by their row; a blank cell holds nothing."""
    if name not in table.columns:
        return {}
    cells = table[name].tolist()
    return {
        int(i): cells[i]
        for i in np.flatnonzero(np.isnan(read))
        if isinstance(cells[i], str) and cells[i].strip()
    }


def by_place(
    made: Iterable[Transmitter], key: Callable[[Transmitter], _Value]
) -> dict[_Value, list[Transmitter]]:
    """The transmitters that share `key`, by it, in the order in which each is first met."""
    groups: dict[_Value, list[Transmitter]] = {}
    for transmitter in made:
        groups.setdefault(key(transmitter), []).append(transmitter)
    return groups
