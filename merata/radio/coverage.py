"""The coverage map: which sector each pixel hears best, how well, and what a phone gets from it, by ITU-R P.1812-8.

Each site's loss (`merata.radio.sweep`) meets its sectors' patterns; the strongest sector of all serves the pixel. What
disturbs it is the power of all other sectors on the same carrier of the same operator; operators have frequencies of
their own. Sites of no known operator are taken for one network.
"""

from __future__ import annotations

import contextlib
import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from merata.errors import InputError
from merata.radio import combine, coverage_file, land, rates
from merata.radio.antenna import Antenna
from merata.radio.combine import Sent, Sums
from merata.radio.coverage_file import read, write
from merata.radio.coverage_map import Coverage
from merata.radio.finish import Group, Rules, building_db, finished, rules
from merata.radio.losscache import NOTHING, STEP_DB, LossCache, Losses, LossOf, Spot
from merata.radio.path import PathSettings, path_settings
from merata.radio.sampling import sample, sample_table
from merata.radio.sweep import site_loss
from merata.radio.transmitters import Transmitter, by_place, check_inside, transmitters
from merata.radio.windows import MOST_PIXELS, GroundSource, Rectangle, Whole, around, from_files, rectangles
from merata.region.grid import Grid
from merata.region.settings import LevelSettings, RadioSettings, Settings

__all__ = [
    "Coverage", "SitePower", "coverage", "read", "sample", "sample_table", "site_power", "write",
    "write_coverage", "write_site_power",
]  # fmt: skip

#: Pixels along the side of a piece of a map that is written piece by piece.
SIDE = 2048

Progress = Callable[[int, int], None]


def coverage(
    sites: gpd.GeoDataFrame,
    heights_m: npt.NDArray[np.float32] | None,
    cover: npt.NDArray[np.uint8] | None,
    grid: Grid,
    settings: RadioSettings,
    progress: Progress | None = None,
    *,
    levels: Mapping[Any, LevelSettings] | None = None,
    antennas: Mapping[str, Antenna] | None = None,
    cache: Path | None = None,
    leave_out: bool = False,
    loss_of: LossOf = site_loss,
) -> Coverage:
    """The coverage of `grid` by all sites, in memory.

    Parameters
    ----------
    sites
        The table `sites`, any projection. Towers and repeaters on 4G or 5G count; points of presence do not radiate.
    heights_m
        (rows, columns) heights above sea level, m, NaN where no source says; None: flat, no hill shadows anything.
    cover
        (rows, columns) classes of ESA WorldCover; None: open land.
    grid
        The pixels.
    settings
        The model's settings, and what is assumed of a site that does not say.
    progress
        Called with (sites done, sites in all).
    levels
        What each service level needs; None: the defaults of region.toml.
    antennas
        Patterns by the words of the table's column `antenna`.
    cache
        Folder that remembers the loss around each site; None: nothing is remembered.
    leave_out
        Say which sites can't be used and go on, instead of raising.
    loss_of
        The model of the loss.

    Raises
    ------
    ValueError
        An array has not the grid's shape, or holds an absurd height.
    InputError
        A site lies outside of the map or in a void of the terrain, or says what can't be; names it and the value.

    """
    source = Whole(*land.ground(heights_m, cover, grid, settings))
    with _job(source, sites, settings, levels, antennas, cache, leave_out, loss_of, progress) as job:
        whole = Rectangle(0, 0, grid.height, grid.width)
        return job.piece(whole)


def write_coverage(
    path: Path,
    sites: gpd.GeoDataFrame,
    terrain: Path | None,
    clutter: Path | None,
    grid: Grid,
    settings: RadioSettings,
    progress: Progress | None = None,
    *,
    levels: Mapping[Any, LevelSettings] | None = None,
    antennas: Mapping[str, Antenna] | None = None,
    cache: Path | None = None,
    leave_out: bool = False,
    side: int = SIDE,
    most_pixels: int = MOST_PIXELS,
    loss_of: LossOf = site_loss,
) -> None:
    """Write the same map as `coverage` gives, without ever holding more than a piece of it in memory.

    Parameters
    ----------
    path
        The cloud-optimised GeoTIFF to write.
    terrain, clutter
        Files on `grid`, as `merata add` puts them together: heights, classes of land cover.
    side
        Pixels along the side of a piece. The map is the same whatever it is.
    most_pixels
        A map with more is read by window, one with fewer at once. The map is the same whatever it is.
    sites, grid, settings, progress, levels, antennas, cache, leave_out, loss_of
        As for `coverage`; without `cache`, the losses are remembered only until the map is done.

    Raises
    ------
    FileError
        Terrain or land cover can't be read or lies on another grid.
    InputError
        As for `coverage`.

    """
    source = from_files(terrain, clutter, grid, settings, most_pixels)
    with contextlib.ExitStack() as stack:
        pieces = list(rectangles(grid, side))
        if cache is None and len(pieces) > 1:
            cache = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="merata-radio-")))
        job = stack.enter_context(
            _job(source, sites, settings, levels, antennas, cache, leave_out, loss_of, progress)
        )
        job.expect(pieces)
        writer = stack.enter_context(coverage_file.writing(path, grid, job.assumptions))
        for piece in pieces:
            writer.put(job.piece(piece), piece.row0, piece.column0)


@dataclass(frozen=True, eq=False)
class SitePower:
    """What one site alone sends into the land around it."""

    power_dbm: npt.NDArray[np.float32]
    """(sectors, bands, rows, columns): received power of one reference signal (RSRP), dBm; NaN beyond the radius."""
    azimuths_deg: tuple[float, ...]
    bands_mhz: tuple[float, ...]
    grid: Grid
    row0: int
    """The row of the map that the first row is."""
    column0: int


def site_power(
    transmitter: Transmitter,
    source: GroundSource,
    settings: RadioSettings,
    *,
    cache: Path | None = None,
    loss_of: LossOf = site_loss,
) -> SitePower:
    """The power of each sector and band of one site; `InputError` names the site when its place can't be used."""
    _check_settings(settings, source.grid)
    losses_of = LossCache(cache, loss_of)
    check_inside(transmitter.row, transmitter.column, source.grid, transmitter.name)
    _on_known_ground([transmitter], source, leave_out=False)
    window = around(transmitter.row, transmitter.column, settings.radius_km, source.grid)
    spot = _spot(transmitter, source, window)
    path = path_settings(settings, source.grid)
    losses = losses_of.losses(spot, transmitter.bands_mhz, path, settings.radius_km)
    gains = combine.sector_gains(transmitter, spot, losses, settings.receiver_height_m, 1000 * path.earth_km)
    sent = _sent_dbm(transmitter, settings)
    loss_db = np.where(losses.steps == NOTHING, np.float32(np.nan), losses.steps * np.float32(STEP_DB))
    power = (sent[None, :, None, None] + gains[:, None] - loss_db[None]).astype(np.float32)
    row0, column0 = window.row0 + losses.row0, window.column0 + losses.column0
    part = Rectangle(row0, column0, *losses.steps.shape[1:])
    return SitePower(
        power, transmitter.azimuths_deg, transmitter.bands_mhz, part.grid(source.grid), row0, column0
    )


def write_site_power(made: SitePower, path: Path) -> None:
    """Write the power of one site as a cloud-optimised GeoTIFF, one described band for each sector and frequency."""
    names = [
        f"Received power (RSRP) of the sector at {azimuth:g} degrees on {mhz:g} MHz, dBm"
        for azimuth in made.azimuths_deg
        for mhz in made.bands_mhz
    ]
    rows, columns = made.grid.shape
    coverage_file.write_power(made.power_dbm.reshape(-1, rows, columns), names, made.grid, path)


@dataclass(frozen=True, eq=False)
class _Place:
    """A place with antennas of one height, of one site or several."""

    window: Rectangle
    sites: tuple[Transmitter, ...]
    bands_mhz: tuple[float, ...]


@dataclass(eq=False)
class _Job:
    """One map: what it is made of, and how far it is."""

    source: GroundSource
    settings: RadioSettings
    places: list[_Place]
    rules: Rules
    losses: LossCache
    path: PathSettings
    assumptions: tuple[str, ...]
    progress: Progress | None
    done: int = 0
    of: int = 0

    def expect(self, pieces: Sequence[Rectangle]) -> None:
        """Count the sites of all pieces, for the progress."""
        self.of = sum(
            len(place.sites) for piece in pieces for place in self.places if place.window.meets(piece)
        )

    def piece(self, piece: Rectangle) -> Coverage:
        """The coverage of a rectangle of the map."""
        if not self.of:
            self.expect([piece])
        sums = Sums.nothing(piece.row0, piece.column0, (piece.rows, piece.columns), len(self.rules.groups))
        met = [place for place in self.places if place.window.meets(piece)]
        # The losses around the next place are looked up or computed while this one's are added, so that no core waits;
        # they are added in the order of places, whichever is ready first.
        with ThreadPoolExecutor(1) as ahead:
            coming = [ahead.submit(self._around, place) for place in met[:1]]
            for at, place in enumerate(met):
                spot, losses = coming.pop().result()
                coming += [ahead.submit(self._around, following) for following in met[at + 1 : at + 2]]
                self._add(place, spot, losses, sums)
        own = piece.grid(self.source.grid)
        return finished(sums, self.source.window(piece), own, self.rules, self.assumptions)

    def _around(self, place: _Place) -> tuple[Spot, Losses]:
        spot = _spot(place.sites[0], self.source, place.window)
        return spot, self.losses.losses(spot, place.bands_mhz, self.path, self.settings.radius_km)

    def _add(self, place: _Place, spot: Spot, losses: Losses, sums: Sums) -> None:
        for transmitter in place.sites:
            combine.add(
                sums,
                transmitter,
                spot,
                losses,
                self._sent(transmitter, place),
                self.settings.receiver_height_m,
                1000 * self.path.earth_km,
                place.window.row0,
                place.window.column0,
            )
            self.done += 1
            if self.progress is not None:
                self.progress(self.done, self.of)

    def _sent(self, transmitter: Transmitter, place: _Place) -> Sent:
        groups = [
            self.rules.groups.index(Group(transmitter.operator, mhz, technology))
            for mhz, technology in zip(transmitter.bands_mhz, transmitter.technologies, strict=True)
        ]
        bands = [place.bands_mhz.index(mhz) for mhz in transmitter.bands_mhz]
        return Sent(np.array(bands), _sent_dbm(transmitter, self.settings), np.array(groups))


@contextlib.contextmanager
def _job(
    source: GroundSource,
    sites: gpd.GeoDataFrame,
    settings: RadioSettings,
    levels: Mapping[Any, LevelSettings] | None,
    antennas: Mapping[str, Antenna] | None,
    cache: Path | None,
    leave_out: bool,
    loss_of: LossOf,
    progress: Progress | None,
) -> Iterator[_Job]:
    grid = source.grid
    _check_settings(settings, grid)
    made, said = transmitters(sites, grid, settings, antennas, leave_out=leave_out)
    made, void = _on_known_ground(made, source, leave_out)
    how = rules(made, settings, Settings().levels if levels is None else levels)
    places = []
    for together in by_place(made, lambda t: (t.row, t.column, t.height_m)).values():
        window = around(together[0].row, together[0].column, settings.radius_km, grid)
        bands = tuple(sorted({mhz for t in together for mhz in t.bands_mhz}))
        places.append(_Place(window, tuple(together), bands))
    ground = list(source.assumptions) if made else []
    assumed = (*said, *void, *ground, *_told_of_rates(how))
    losses = LossCache(cache, loss_of)
    yield _Job(source, settings, places, how, losses, path_settings(settings, grid), assumed, progress)
    losses.prune()


def _check_settings(settings: RadioSettings, grid: Grid) -> None:
    """What only holds for settings together, or for the Recommendation."""
    if settings.radius_km * 1000 < grid.resolution_m:
        raise InputError(
            f"radio.radius_km is {settings.radius_km:g}; expected a pixel of the map ({grid.resolution_m:g} m) or more."
        )
    if settings.receiver_height_m < 1:
        raise InputError(
            f"radio.receiver_height_m is {settings.receiver_height_m:g}; expected 1 m or more, as ITU-R P.1812 has it."
        )


def _on_known_ground(
    made: list[Transmitter], source: GroundSource, leave_out: bool
) -> tuple[list[Transmitter], list[str]]:
    """The sites that do not stand in a void; what is left out is said, or raised."""
    found, said = [], []
    for transmitter in made:
        row, column = math.floor(transmitter.row + 0.5), math.floor(transmitter.column + 0.5)
        if not np.isnan(source.window(Rectangle(row, column, 1, 1)).heights_m).any():
            found.append(transmitter)
            continue
        text = (
            f"{transmitter.name} stands where the terrain has no height (row {row}, column {column} of the map). "
            "Add terrain for there, or correct its position."
        )
        if not leave_out:
            raise InputError(text)
        said.append(f"1 site is left out of the coverage map: {text}")
    return found, said


def _told_of_rates(how: Rules) -> list[str]:
    said: dict[str, None] = {}
    for cell in how.carriers:
        said.update(dict.fromkeys(rates.assumptions(cell)))
    return list(said)


def _spot(transmitter: Transmitter, source: GroundSource, window: Rectangle) -> Spot:
    ground = source.window(window)
    return Spot(
        ground, transmitter.row - window.row0, transmitter.column - window.column0, transmitter.height_m
    )


def _sent_dbm(transmitter: Transmitter, settings: RadioSettings) -> npt.NDArray[np.float64]:
    """Power of one reference signal in the middle of a beam by band, less what a building takes, dBm."""
    sent_dbm = transmitter.eirp_dbm - settings.carrier_to_rsrp_db
    return np.array([sent_dbm - building_db(mhz, settings) for mhz in transmitter.bands_mhz])
