"""The fine grids of a made-up region: its terrain in whole metres and its water."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from rasterio.features import rasterize

from merata.example.grids import KM_PER_DEGREE, noise, zoom
from merata.example.terrain import Land, Mapping


def fine_terrain(land: Land, seed: int) -> NDArray[np.int16]:
    """Heights in whole metres on the fine frame, with small ridges; the shares of HEIGHTS hold over the region."""
    rng = np.random.default_rng([seed, 2])
    factor = land.fine.width // land.frame.width
    raw = zoom(np.maximum(land.raw, 0), factor)
    patch = noise((1024, 1024), 4 / land.fine.pixel_km, rng, 1.4, pad=0)
    roughness = (
        np.sqrt(land.rugged)
        * ~land.lake
        * np.clip(land.river_km, 0.05, 1)
        * float(np.std(land.raw[land.region]))
        * 0.10
    )
    block = 128
    for top in range(0, land.frame.height, block):
        rows = slice(top * factor, min(top + block, land.frame.height) * factor)
        amount = np.repeat(np.repeat(roughness[top : top + block], factor, axis=0), factor, axis=1)
        wrapped = np.take(
            np.take(patch, np.arange(rows.start, rows.stop) % 1024, axis=0),
            np.arange(raw.shape[1]) % 1024,
            axis=1,
        )
        raw[rows] += amount.astype(np.float32) * wrapped
    row, col = land.region.nonzero()
    thin = slice(None, None, max(1, len(row) // 200_000))
    mapping = Mapping.of(raw[row[thin] * factor + factor // 2, col[thin] * factor + factor // 2])
    out = np.empty(raw.shape, np.int16)
    for top in range(0, len(raw), 512):
        out[top : top + 512] = mapping(raw[top : top + 512])
    out[zoom(land.sea.astype(np.float32), factor) > 0.5] = 0
    return out


def fine_water(land: Land) -> NDArray[np.bool_]:
    """Sea, lakes and rivers on the fine frame; rivers as wide as their basin asks for."""
    factor = land.fine.width // land.frame.width
    water = zoom((land.sea | land.lake).astype(np.float32), factor) > 0.5
    width_km = np.clip(0.0095 * land.rivers.basin_km2**0.43, 0.03, 0.9)
    shapes = [
        line.buffer(w / 2 / KM_PER_DEGREE)
        for line, w in zip(land.rivers.lines, width_km, strict=True)
        if w > land.fine.pixel_km * 0.6
    ]
    if shapes:
        water |= (
            rasterize(shapes, out_shape=land.fine.shape, transform=land.fine.transform, dtype="uint8") == 1
        )
    return water
