"""The best radio for each hop: band, dish and modulation by what rain, layers of air and distance leave."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from merata.errors import InputError
from merata.radio import p530, rain
from merata.radio._hop_radios import (
    BANDS,
    DISH_DBI,
    FITTING_DB,
    MODULATIONS,
    NOISE_DBM_PER_MHZ,
    RATE_SHARE,
    Band,
    Modulation,
)
from merata.region.settings import HopSettings

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Want:
    """What is asked of a hop."""

    availability: float = 0.9999
    """Part of an average year for which its rate must hold."""
    enough_mbps: float = 400.0
    """A rate beyond this is worth no larger dish."""
    least_height_m: float = 5.0
    """No antenna hangs lower, m above ground."""
    most_height_m: float = 72.0
    """No antenna is raised higher, m above ground; a site that is higher already may use its height."""
    bands: tuple[Band, ...] = BANDS

    def __post_init__(self) -> None:
        rarest = 1.0 - p530.LEAST_RAIN_PERCENT / 100.0
        if not 0.0 < self.availability <= rarest:
            raise InputError(
                f"availability is {self.availability:g}; expected more than 0 and at most {rarest:g}, "
                "beyond which nobody can say how rain behaves"
            )
        if not 0.0 < self.least_height_m <= self.most_height_m <= 400.0:
            raise InputError(
                f"heights of {self.least_height_m:g} to {self.most_height_m:g} m; expected 0 to 400 m, the least first"
            )
        if not self.bands:
            raise InputError("no band is given; expected one or more")
        for band in self.bands:
            rain.check_ghz(band.frequency_ghz)

    @classmethod
    def of(cls, settings: HopSettings) -> Want:
        """What region.toml asks of a hop; a band is named by its frequency in whole GHz."""
        bands = tuple(band for band in BANDS if int(band.frequency_ghz) in settings.bands_ghz)
        return cls(
            settings.availability,
            settings.enough_mbps,
            settings.least_height_m,
            settings.most_height_m,
            bands,
        )


@dataclass(frozen=True, eq=False)
class Paths:
    """What is known of each pair: arrays of (pairs,), (pairs, 2) for both ends, (pairs, bands), (pairs, bands, 2)."""

    distance_km: Floats
    ground_m: Floats
    """Ground at both ends above sea level, m; NaN where the path crosses a void."""
    own_m: Floats
    lowest_m: Floats
    clear: Bools
    """By band: free at the sites' own heights."""
    fits: Bools
    """By band: free at heights within the limits."""
    lat: Floats
    rain_mm_per_h: Floats
    geoclimatic: Floats


@dataclass(frozen=True, eq=False)
class Best:
    """The best that each pair can do: arrays of (pairs,)."""

    key: Floats
    """The larger the better; −inf: nothing can be done."""
    band: Integers
    antenna_m: Floats
    modulation: Integers
    rate_mbps: Floats
    margin_db: Floats
    year_percent: Floats
    """Part of an average year that it fails, %."""
    month_percent: Floats
    """Part of the average worst month that it fails, %."""
    rain_percent: Floats
    multipath_percent: Floats
    works: Bools
    raised: Bools

    @property
    def used(self) -> Bools:
        """Where some radio gets through at all."""
        used: Bools = np.isfinite(self.key)
        return used


def climate(lat: Floats, lon: Floats, rain_mm_per_h: float) -> tuple[Floats, Floats]:
    """Rain in 0.01 % of the year, mm/h, and the geoclimatic factor at each place; `rain_mm_per_h` above 0 overrules."""
    if not len(lat):
        return np.empty(0), np.empty(0)
    if rain_mm_per_h > 0:
        return np.full(len(lat), float(rain_mm_per_h)), rain.geoclimatic_k(lat, lon)
    return rain.rate_mm_per_h(lat, lon), rain.geoclimatic_k(lat, lon)


def best(paths: Paths, want: Want, polarization: rain.Polarization) -> Best:
    """The best radio of each pair.

    A radio that holds for the wanted time beats one that does not, one at the sites' own heights beats raised
    antennas, then the faster (up to enough), then the smaller dish, then the higher band, where there is more room.
    Where nothing holds for so long, that which holds the longest is given.
    """
    alive = np.flatnonzero((paths.clear | paths.fits).any(axis=1))
    chosen = _best_of(_take(paths, alive), want, polarization)
    everywhere = _none(len(paths.distance_km))
    for field in dataclasses.fields(Best):
        getattr(everywhere, field.name)[alive] = getattr(chosen, field.name)
    return everywhere


def _take(paths: Paths, rows: Integers) -> Paths:
    return Paths(**{f.name: getattr(paths, f.name)[rows] for f in dataclasses.fields(Paths)})


def _best_of(paths: Paths, want: Want, polarization: rain.Polarization) -> Best:
    """`best` of pairs that some band is free for."""
    chosen = _none(len(paths.distance_km))
    sizes = sorted({size for band in want.bands for size in band.antennas_m})
    order = sorted(range(len(want.bands)), key=lambda i: -want.bands[i].frequency_ghz)
    air = {i: _Air.of(paths, i, want.bands[i], polarization) for i in order}
    for size in sizes:
        for i in order:
            if size in want.bands[i].antennas_m:
                for number in range(len(MODULATIONS)):
                    chosen = _better(chosen, _option(paths, want, air[i], i, size, number))
    return chosen


def dish_dbi(diameter_m: float, frequency_ghz: float) -> float:
    """Gain of a dish, dBi."""
    return float(DISH_DBI + 20.0 * np.log10(diameter_m * frequency_ghz))


def margin_db(
    distance_km: Floats, band: Band, antenna_m: float, modulation: Modulation, air_db_per_km: float
) -> Floats:
    """What a hop with that dish at both ends can bear beyond free space and dry, still air, dB."""
    free_db = 92.45 + 20.0 * np.log10(distance_km * band.frequency_ghz)
    received = band.power_dbm - modulation.backoff_db + 2.0 * dish_dbi(antenna_m, band.frequency_ghz)
    needed = (
        NOISE_DBM_PER_MHZ + 10.0 * np.log10(band.bandwidth_mhz) + band.noise_figure_db + modulation.snr_db
    )
    margin: Floats = received - FITTING_DB - free_db - air_db_per_km * distance_km - needed
    return margin


def rate_mbps(band: Band, modulation: Modulation) -> float:
    """Rate each way, Mbit/s."""
    return band.bandwidth_mhz * modulation.bits * RATE_SHARE


@dataclass(frozen=True, eq=False)
class _Air:
    """What does not depend on the radio, of one band."""

    clear_air_db_per_km: float
    rain_001_db: Floats
    p0_percent: Floats
    year_share: Floats
    raised: Bools
    possible: Bools

    @classmethod
    def of(cls, paths: Paths, at: int, band: Band, polarization: rain.Polarization) -> _Air:
        clear, ghz = paths.clear[:, at], band.frequency_ghz
        antennas = np.where(clear[:, None], paths.own_m, paths.lowest_m[:, at])
        high = np.nan_to_num(paths.ground_m + antennas)
        return cls(
            rain.air_db_per_km(ghz),
            p530.rain_db_at_001(paths.distance_km, paths.rain_mm_per_h, ghz, polarization),
            p530.multipath_percent_at_0_db(paths.geoclimatic, paths.distance_km, ghz, high[:, 0], high[:, 1]),
            p530.year_over_worst_month(paths.distance_km, high[:, 0], high[:, 1], paths.lat),
            ~clear,
            clear | paths.fits[:, at],
        )


def _option(paths: Paths, want: Want, air: _Air, at: int, size_m: float, number: int) -> Best:
    band, modulation = want.bands[at], MODULATIONS[number]
    margin = margin_db(paths.distance_km, band, size_m, modulation, air.clear_air_db_per_km)
    wet = p530.rain_percent(margin, air.rain_001_db, band.frequency_ghz)
    torn = p530.selective_percent(
        air.p0_percent, paths.distance_km, band.bandwidth_mhz, modulation.signature_db
    )
    layers_month = p530.multipath_percent(margin, air.p0_percent) + torn
    layers = p530.multipath_percent(margin, air.p0_percent, air.year_share) + torn * air.year_share
    down = margin <= 0.0
    year = np.where(down, 100.0, np.minimum(wet + layers, 100.0))
    month = np.where(down, 100.0, np.minimum(p530.worst_month_percent(wet) + layers_month, 100.0))
    works = air.possible & (year <= 100.0 * (1.0 - want.availability) + 1e-12)
    rate = rate_mbps(band, modulation)
    key = np.where(works, np.where(air.raised, 1e6, 2e6) + min(rate, want.enough_mbps), -year)
    everywhere = np.ones_like(paths.distance_km)
    return Best(
        np.where(air.possible, key, -np.inf),
        np.full(len(key), at, np.int64),
        everywhere * size_m,
        np.full(len(key), number, np.int64),
        everywhere * rate,
        margin,
        year,
        month,
        wet,
        layers,
        works,
        air.raised,
    )


def _none(pairs: int) -> Best:
    def unknown() -> Floats:
        return np.full(pairs, np.nan)

    band, modulation = np.zeros((2, pairs), np.int64)
    works, raised = np.zeros((2, pairs), bool)
    return Best(
        np.full(pairs, -np.inf), band, unknown(), modulation, unknown(), unknown(), unknown(), unknown(), unknown(),
        unknown(), works, raised,
    )  # fmt: skip


def _better(a: Best, b: Best) -> Best:
    """By pair the one with the larger key; the first where they are equal."""
    second = b.key > a.key
    fields = (f.name for f in dataclasses.fields(Best))
    return Best(**{name: np.where(second, getattr(b, name), getattr(a, name)) for name in fields})


def radio_columns(chosen: Best, want: Want) -> dict[str, npt.NDArray[np.generic] | list[str | None]]:
    """The columns of the table that say which radio; empty where none gets through."""
    used = chosen.used
    bands = [want.bands[i] for i in chosen.band]
    names = [MODULATIONS[i].name if on else None for i, on in zip(chosen.modulation, used, strict=True)]
    return {
        "band_ghz": np.where(used, [band.frequency_ghz for band in bands], np.nan),
        "bandwidth_mhz": np.where(used, [band.bandwidth_mhz for band in bands], np.nan),
        "antenna_m": np.where(used, chosen.antenna_m, np.nan),
        "modulation": names,
        "rate_mbps": np.where(used, chosen.rate_mbps, np.nan),
        "margin_db": np.where(used, chosen.margin_db, np.nan),
    }
