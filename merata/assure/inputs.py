"""The files that scores are made from, with their SHA-256: who has the same files gets the same scores."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from merata.assure import index as there
from merata.assure import others
from merata.assure.programme_tables import FILES


def of(measurements: Path, months: Sequence[str]) -> dict[str, str]:
    """File (its path in the folder of measurements) -> SHA-256.

    These are the CSV files of the programme and the tables of measurements, of these months (of UTC), and all that
    others said.
    """
    names = [f"{name}.csv" for name in FILES if (measurements / f"{name}.csv").exists()]
    tables = (
        p for name in ("heartbeats", "speeds", "events", "checks") for p in there.load(measurements).of(name)
    )
    names += sorted(part.path for part in tables if part.month in months)
    names += [path.relative_to(measurements).as_posix() for path in others.files(measurements)]
    with ThreadPoolExecutor(2) as pool:
        sums = pool.map(sha256, (measurements / name for name in names))
        return dict(zip(names, sums, strict=True))


def changed(measurements: Path, inputs: dict[str, str]) -> list[str]:
    """Which of the programme's files are not as they were when `inputs` was made: changed, new or gone."""
    was = {name: sum_ for name, sum_ in inputs.items() if "/" not in name}
    now = {f"{name}.csv": measurements / f"{name}.csv" for name in FILES}
    is_now = {name: sha256(path) for name, path in now.items() if path.exists()}
    return sorted(name for name in was | is_now if was.get(name) != is_now.get(name))


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
