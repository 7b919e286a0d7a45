"""What Recommendation ITU-R P.1812 needs to know of every path of a region, beside its ground and its ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pyproj import Transformer

from merata.errors import InputError
from merata.radio._p1812_check import number
from merata.radio._p1812_terms import effective_radii
from merata.region.grid import Grid
from merata.region.settings import RadioSettings


@dataclass(frozen=True)
class PathSettings:
    """Of all paths of a map alike; InputError for a value that can't be."""

    rx_height_m: float
    """Height of the receiving antenna above ground, m."""
    polarization: Literal["vertical", "horizontal"]
    time_percent: float
    """Share of the time for which the loss is not exceeded, %: 1 to 50."""
    delta_n: float
    """Fall of refractivity over the lowest kilometre, N-units/km (P.1812 section 3.5)."""
    n0: float
    """Refractivity at sea level, N-units."""
    latitude_deg: float
    """Latitude of the middle of the map, degrees north; stands for the middle of every path (equations (2) to (4))."""
    coast_km: float = 500.0
    """Distance over land from either end to the coast, km (d_ct and d_cr); 500: far away, or not known."""

    def __post_init__(self) -> None:
        limits = {
            "rx_height_m": (0.0, 3000.0),
            "time_percent": (1.0, 50.0),
            "n0": (200.0, 500.0),
            "latitude_deg": (-90.0, 90.0),
            "coast_km": (0.0, 20000.0),
        }
        for name, (least, most) in limits.items():
            value = getattr(self, name)
            if not least <= number("", name, value) <= most:
                raise InputError(f"{name} is {value}; expected {least:g} to {most:g}")
        if (
            not 0 < number("", "delta_n", self.delta_n) < 157
        ):  # at 157 the effective Earth is a plane, and (6) fails
            raise InputError(f"delta_n is {self.delta_n}; expected more than 0 and less than 157")
        if self.polarization not in ("vertical", "horizontal"):
            raise InputError(f"polarization is {self.polarization!r}; expected vertical or horizontal")

    @property
    def earth_km(self) -> float:
        """Radius of the Earth over which a median ray runs straight, km (P.1812 section 3.5, (6) and (7a))."""
        return effective_radii(self.delta_n)[0]


def path_settings(settings: RadioSettings, grid: Grid) -> PathSettings:
    """What holds for every path of `grid`, from the region's settings and the latitude of its middle."""
    x_m = grid.west_m + grid.width * grid.resolution_m / 2
    y_m = grid.north_m - grid.height * grid.resolution_m / 2
    _, latitude_deg = Transformer.from_crs(grid.crs, 4326, always_xy=True).transform(x_m, y_m)
    return PathSettings(
        rx_height_m=settings.receiver_height_m,
        polarization=settings.polarization,
        time_percent=settings.time_percent,
        delta_n=settings.delta_n,
        n0=settings.n0,
        latitude_deg=round(latitude_deg, 3),
    )
