"""A hash of the rooms' own code: what was computed by other code is computed anew, with no number to keep by hand."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import merata


@lru_cache
def hash_of_rooms(*rooms: str) -> str:
    """A hash of all files of the named rooms (`region`, `radio` …), the same on every machine with the same code."""
    digest = hashlib.sha256(merata.__version__.encode())
    house = Path(merata.__file__).parent
    for room in sorted(rooms):
        for path in sorted((house / room).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(house).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
