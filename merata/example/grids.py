"""Grids in degrees for the worked example, and smooth noise to fill them with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rasterio.transform import Affine, from_origin
from scipy import fft, ndimage

KM_PER_DEGREE = 111.2

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Frame:
    """A north-up grid of square pixels in degrees."""

    west: float
    north: float
    step: float
    width: int
    height: int

    @property
    def transform(self) -> Affine:
        """Pixel (column, row) to degrees."""
        return from_origin(self.west, self.north, self.step, self.step)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return (self.height, self.width)

    @property
    def pixel_km(self) -> float:
        """Side of a pixel, km."""
        return self.step * KM_PER_DEGREE

    def lonlat(self, row: NDArray[np.float64], col: NDArray[np.float64]) -> NDArray[np.float64]:
        """Degrees of places given in rows and columns (centre of the first pixel: 0, 0); shape (n, 2)."""
        return np.column_stack([self.west + (col + 0.5) * self.step, self.north - (row + 0.5) * self.step])

    def rowcol(self, lonlat: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row and column of the pixels that hold the places (n, 2), clipped to the frame."""
        col = np.floor((lonlat[:, 0] - self.west) / self.step).astype(np.int64)
        row = np.floor((self.north - lonlat[:, 1]) / self.step).astype(np.int64)
        return np.clip(row, 0, self.height - 1), np.clip(col, 0, self.width - 1)

    def finer(self, factor: int) -> Frame:
        """The same frame with `factor` pixels for one along each side."""
        return Frame(self.west, self.north, self.step / factor, self.width * factor, self.height * factor)


def noise(
    shape: tuple[int, int], wave_px: float, rng: np.random.Generator, slope: float = 2.0, pad: int = 16
) -> Floats:
    """Smooth noise with mean 0 and deviation 1; no waves longer than `wave_px`, shorter ones fall off by `slope`."""
    size = (fft.next_fast_len(shape[0] + pad), fft.next_fast_len(shape[1] + pad))
    spectrum = fft.rfft2(rng.standard_normal(size, dtype=np.float32))
    frequency = np.hypot(fft.fftfreq(size[0])[:, None], fft.rfftfreq(size[1])[None, :]).astype(np.float32)
    spectrum *= 1 / (1 + (frequency * wave_px) ** 2) ** (slope / 2 + 0.25)
    spectrum[0, 0] = 0
    field = fft.irfft2(spectrum, s=size)[: shape[0], : shape[1]]
    return np.asarray((field - field.mean()) / field.std(), np.float32)


def zoom(field: Floats, factor: int) -> Floats:
    """The field with `factor` pixels for one along each side, linear in between."""
    if factor == 1:
        return field
    return np.asarray(ndimage.zoom(field, factor, order=1, grid_mode=True, mode="nearest"), np.float32)
