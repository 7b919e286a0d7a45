"""Remembers the loss around each antenna, so that only what changed is computed again."""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from merata.radio.land import Ground
from merata.radio.path import PathSettings
from merata.region.code import hash_of_rooms

Steps = npt.NDArray[np.int16]

#: A loss is kept in steps of so much, dB; everything reckons with the rounded loss, remembered or not.
STEP_DB = 0.05
#: The mark of a pixel without a loss: beyond the radius, or in a void.
NOTHING = np.int16(-32768)
#: What no longer belongs to the map may stay while all such files are no larger, bytes.
SPARE_BYTES = 1 << 30

_MAGIC = b"MLOSS1\0\0"
_HEAD = struct.Struct("<8s4i16s")
_ENDING = ".loss"


class SiteLoss(Protocol):
    """Loss from one antenna, as `merata.radio.sweep.site_loss` gives it."""

    @property
    def loss_db(self) -> npt.NDArray[np.float32]:
        """(bands, rows, columns), NaN where there is none."""

    @property
    def row0(self) -> int:
        """Row of the ground that the first row is."""

    @property
    def column0(self) -> int:
        """Column of the ground that the first column is."""


LossOf = Callable[[Ground, float, float, float, Sequence[float], PathSettings, float], SiteLoss]


@dataclass(frozen=True, eq=False)
class Spot:
    """A place with an antenna, and the ground around it as far as the radius goes."""

    ground: Ground
    row: float
    """In pixels of `ground`."""
    column: float
    tx_height_m: float


@dataclass(frozen=True, eq=False)
class Losses:
    """The loss around a spot on several bands."""

    steps: Steps
    """(bands, rows, columns): loss in units of STEP_DB; NOTHING where there is none."""
    row0: int
    """The row of the spot's ground that the first row is."""
    column0: int


@dataclass(eq=False)
class LossCache:
    """A folder of losses, one file for each antenna place, height and band; None: remember nothing.

    A file is only ever used for the very same question: its name is a hash of the antenna's place and height, the
    ground around it, the settings of the path and the code. The folder may be deleted at any time; a damaged file is
    made anew.
    """

    folder: Path | None
    loss_of: LossOf
    used: set[str] = field(default_factory=set)
    computed: int = 0
    """Bands of spots that were computed, not remembered."""

    def losses(self, spot: Spot, bands_mhz: Sequence[float], path: PathSettings, radius_km: float) -> Losses:
        """The loss from a spot on each band, remembered or computed; bands that lack are computed together."""
        key = _key(spot, path, radius_km) if self.folder is not None else ""
        known = {band: self._read(key, band) for band in bands_mhz}
        missing = [band for band in bands_mhz if known[band] is None]
        if missing:
            made = self.loss_of(
                spot.ground, spot.row, spot.column, spot.tx_height_m, missing, path, radius_km
            )
            self.computed += len(missing)
            for band, loss_db in zip(missing, made.loss_db, strict=True):
                known[band] = Losses(in_steps(loss_db)[None], made.row0, made.column0)
                self._write(key, band, known[band])
        parts = [losses for losses in known.values() if losses is not None]
        return Losses(np.concatenate([part.steps for part in parts]), parts[0].row0, parts[0].column0)

    def prune(self, spare_bytes: int = SPARE_BYTES) -> None:
        """Delete what this map did not use, the longest unused first, until the rest of it is small."""
        if self.folder is None or not self.folder.is_dir():
            return
        others = []
        for place in self.folder.iterdir():
            with contextlib.suppress(OSError):
                if place.name not in self.used and (place.suffix == _ENDING or place.suffix == ".part"):
                    state = place.stat()
                    others.append((-state.st_mtime_ns, place.name, state.st_size, place))
        room = spare_bytes
        for _, _, size, place in sorted(others):
            room -= size
            if room < 0 or place.suffix == ".part":
                with contextlib.suppress(OSError):
                    place.unlink()

    def _read(self, key: str, band_mhz: float) -> Losses | None:
        if self.folder is None:
            return None
        place = self.folder / _name(key, band_mhz)
        try:
            found = _unpacked(place.read_bytes())
            os.utime(place)
        except (OSError, ValueError, struct.error, pa.ArrowException):
            return None
        self.used.add(place.name)
        return found

    def _write(self, key: str, band_mhz: float, losses: Losses | None) -> None:
        if self.folder is None or losses is None:
            return
        place = self.folder / _name(key, band_mhz)
        part = place.with_name(f"{place.stem}.{os.getpid()}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(_packed(losses))
            part.replace(place)
            self.used.add(place.name)
        except OSError:  # no room, or a read-only disk: nothing is remembered, nothing is lost
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


def in_steps(loss_db: npt.NDArray[np.float32]) -> Steps:
    """Losses in whole steps of STEP_DB; NOTHING for NaN."""
    with np.errstate(invalid="ignore"):
        steps = np.rint(loss_db * np.float32(1 / STEP_DB))
        return np.where(np.isnan(loss_db), np.float32(NOTHING), np.clip(steps, -32767, 32767)).astype(
            np.int16
        )


def _key(spot: Spot, path: PathSettings, radius_km: float) -> str:
    ground = spot.ground
    facts = (
        hash_of_rooms("region", "radio"), numba.__version__, round(spot.row, 6), round(spot.column, 6),
        spot.tx_height_m, radius_km, path, ground.grid.resolution_m, ground.grid.shape,
    )  # fmt: skip
    digest = hashlib.blake2b(repr(facts).encode(), digest_size=16)
    for array in (ground.heights_m, ground.clutter_m, ground.zone):
        digest.update(array.data)
    return digest.hexdigest()


def _name(key: str, band_mhz: float) -> str:
    return f"{key}-{band_mhz:g}{_ENDING}"


def _packed(losses: Losses) -> bytes:
    """One band as bytes: a head with its shape, place and checksum, then the differences along the rows."""
    steps = losses.steps[0]
    # Neighbours are alike: their differences are small, wrap round alike on the way back, and press well.
    raw = np.diff(steps, axis=1, prepend=np.int16(0)).astype("<i2").tobytes()
    body: bytes = pa.compress(raw, codec="zstd", asbytes=True)
    digest = hashlib.blake2b(body, digest_size=16).digest()
    return _HEAD.pack(_MAGIC, *steps.shape, losses.row0, losses.column0, digest) + body


def _unpacked(data: bytes) -> Losses:
    magic, rows, columns, row0, column0, digest = _HEAD.unpack_from(data)
    body = data[_HEAD.size :]
    if magic != _MAGIC or hashlib.blake2b(body, digest_size=16).digest() != digest:
        raise ValueError("not a whole file of losses")
    raw = pa.decompress(body, decompressed_size=2 * rows * columns, codec="zstd", asbytes=True)
    steps = np.frombuffer(raw, "<i2").reshape(rows, columns).cumsum(axis=1, dtype=np.int16)
    return Losses(steps[None], row0, column0)
