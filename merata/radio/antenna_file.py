"""Reads the antenna pattern that its maker gives as a Planet file (`.msi`, `.pln`): two cuts of losses by angle.

The file is text, a word and its value on each line, then `HORIZONTAL 360` and so many lines of angle and loss below
the beam (dB), and the same for `VERTICAL 360`. Horizontal angles go clockwise from the beam; vertical ones from the
horizon in front over straight down (90) to the horizon behind (180) and up (270). What the files in the wild do
differently and is read all the same: losses with a minus, decimal commas, other steps than one degree, a last angle
of 360, angles from -180 to 180, a gain without unit (dBd, as the format has it), a byte order mark.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from merata.errors import FileError
from merata.radio.antenna import PER_DEGREE, Antenna

Cut = npt.NDArray[np.float64]

#: A larger file is no antenna pattern, bytes.
LARGEST = 1_000_000
#: What a dipole has over an isotropic antenna, dB.
DIPOLE_DBI = 2.15
_MOST_DB = 150.0
#: Rounding may put a direction above the beam by so much, dB.
_SLIGHT_DB = 0.5


@dataclass(frozen=True)
class _Line:
    number: int
    words: list[str]


def read_antennas(paths: Mapping[str, Path]) -> dict[str, Antenna]:
    """The antennas of several files, by the names that they are given; raises as `read_antenna`."""
    return {name: read_antenna(path) for name, path in paths.items()}


def read_antenna(path: Path) -> Antenna:
    """The antenna of a `.msi` or `.pln` file.

    Its beam is turned level: how far below the horizon the file shows it is `built_in_tilt_deg`.

    Raises
    ------
    FileError
        The file can't be read or is no such pattern: the line, what was expected.

    """
    lines = _lines(path)
    heads, cuts = _parts(path, lines)
    horizontal, vertical = (_losses(path, name, cuts) for name in ("HORIZONTAL", "VERTICAL"))
    tilt_deg = _beam_deg(vertical)
    if _upside_down(tilt_deg, heads):
        vertical, tilt_deg = vertical[::-1], -tilt_deg
    down = np.arange(-90, 90 + 1 / PER_DEGREE, 1 / PER_DEGREE)[::-1] + tilt_deg
    return Antenna(
        name=heads.get("NAME", path.stem),
        horizontal_db=horizontal[:-1].astype(np.float32),
        front_db=_at(vertical, down),
        back_db=_at(vertical, 180 - down),
        floor_db=float(max(horizontal.max(), vertical.max())),
        side_db=math.inf,
        gain_dbi=_gain_dbi(path, heads, lines),
        built_in_tilt_deg=tilt_deg,
    )


def _lines(path: Path) -> list[_Line]:
    try:
        if path.stat().st_size > LARGEST:
            raise FileError(
                f"{path}: larger than {LARGEST:,} bytes; expected an antenna pattern (.msi or .pln)."
            )
        data = path.read_bytes()
    except OSError as error:
        raise FileError(
            f"{path}: can't be read ({error.strerror}). Check the name of the antenna's file."
        ) from error
    if b"\0" in data:
        raise FileError(f"{path}: not a text file; expected an antenna pattern (.msi or .pln).")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    numbered = (
        (number, re.split(r"[\s;]+", line.strip())) for number, line in enumerate(text.splitlines(), 1)
    )
    return [_Line(number, words) for number, words in numbered if words != [""]]


def _parts(
    path: Path, lines: list[_Line]
) -> tuple[dict[str, str], dict[str, list[tuple[int, float, float]]]]:
    """The words at the top with their values, and the rows (line, angle, loss) of each cut."""
    heads: dict[str, str] = {}
    cuts: dict[str, list[tuple[int, float, float]]] = {}
    waiting, rows = 0, []
    for line in lines:
        word = line.words[0].upper()
        if waiting:
            rows.append((line.number, *_pair(path, line)))
            waiting -= 1
        elif word in ("HORIZONTAL", "VERTICAL"):
            if word in cuts:
                raise FileError(f"{path}, line {line.number}: a second {word}; expected each once.")
            rows = cuts[word] = []
            waiting = _count(path, line)
        elif _number(word) is not None:
            raise FileError(
                f"{path}, line {line.number}: more rows than the line HORIZONTAL or VERTICAL announced."
            )
        else:
            heads[word] = " ".join(line.words[1:])
    if waiting:
        raise FileError(
            f"{path}: ends before the last {waiting} rows of a cut. Get the whole file from its maker."
        )
    return heads, cuts


def _count(path: Path, line: _Line) -> int:
    count = _number(line.words[1]) if len(line.words) > 1 else None
    if count is None or count != int(count) or not 4 <= count <= 7200:
        raise FileError(
            f"{path}, line {line.number}: expected the number of rows after {line.words[0]}, 4 to 7200, like 360."
        )
    return int(count)


def _pair(path: Path, line: _Line) -> tuple[float, float]:
    values = [_number(word) for word in line.words]
    angle, loss = values if len(values) == 2 else (None, None)
    if angle is None or loss is None:
        raise FileError(
            f"{path}, line {line.number}: '{' '.join(line.words)[:60]}'; expected an angle and a loss, like 12.0 3.4."
        )
    if not -180 <= angle <= 360:
        raise FileError(f"{path}, line {line.number}: the angle {angle:g}; expected 0 to 360 degrees.")
    if abs(loss) > _MOST_DB:
        raise FileError(f"{path}, line {line.number}: a loss of {loss:g} dB; expected 0 to {_MOST_DB:g}.")
    return angle, loss


def _number(word: str) -> float | None:
    try:
        value = float(word.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _losses(path: Path, name: str, cuts: dict[str, list[tuple[int, float, float]]]) -> Cut:
    """The losses of a cut every quarter of a degree, 0 to 360 both; 0 where the beam is strongest."""
    if name not in cuts:
        raise FileError(f"{path}: has no {name} cut; expected a line {name} 360 and its rows.")
    seen: dict[float, tuple[int, float]] = {}
    for number, angle, loss in cuts[name]:
        before = seen.setdefault(angle % 360, (number, loss))
        if before[1] != loss:
            raise FileError(
                f"{path}, line {number}: the angle {angle:g} again, with another loss than in line {before[0]}."
            )
    angles = np.array(sorted(seen))
    losses = np.array([seen[angle][1] for angle in angles.tolist()])
    if losses.min() < -_SLIGHT_DB and losses.max() > _SLIGHT_DB:
        number = next(number for number, loss in seen.values() if loss < -_SLIGHT_DB)
        raise FileError(
            f"{path}, line {number}: losses of both signs in the {name} cut; expected losses, 0 and more."
        )
    losses = losses if losses.max() > -losses.min() else -losses
    every: Cut = np.interp(np.arange(1441) / PER_DEGREE, angles, losses - losses.min(), period=360)
    return every


def _beam_deg(vertical: Cut) -> float:
    """How far below the horizon the vertical cut is strongest in front: the middle of its strongest angles."""
    down = np.arange(-90 * PER_DEGREE, 90 * PER_DEGREE + 1)
    front = vertical[down % 1440]
    strongest = front <= front.min() + 1e-9
    if strongest.all():
        return 0.0
    best = down[strongest]
    runs = np.split(best, np.flatnonzero(np.diff(best) > 1) + 1)
    nearest = min(runs, key=lambda run: (np.abs(run).min(), run[0]))
    return float(nearest.mean() / PER_DEGREE)


def _upside_down(beam_deg: float, heads: dict[str, str]) -> bool:
    """Whether the file counts vertical angles upwards: its beam lies where its own tilt says, but for the sign."""
    words = f"{heads.get('ELECTRICAL_TILT', '')} {heads.get('TILT', '')}".split()
    told = next((value for value in map(_number, words) if value is not None), 0.0)
    return abs(beam_deg + told) < abs(beam_deg - told)


def _at(vertical: Cut, down_deg: Cut) -> npt.NDArray[np.float32]:
    values = np.interp(np.mod(down_deg, 360), np.arange(1441) / PER_DEGREE, vertical)
    return values.astype(np.float32)


def _gain_dbi(path: Path, heads: dict[str, str], lines: list[_Line]) -> float:
    words = heads.get("GAIN", "").replace("(", " ").replace(")", " ").split()
    found = re.fullmatch(r"([-+]?\d+(?:[.,]\d+)?)(dB[di]?)?", words[0], re.IGNORECASE) if words else None
    if found is None:
        line = next((line.number for line in lines if line.words[0].upper() == "GAIN"), None)
        where = f"{path}, line {line}" if line else f"{path}"
        raise FileError(f"{where}: expected the antenna's gain, like GAIN 15.5 dBd.")
    unit = (found[2] or (words[1] if len(words) > 1 else "dBd")).lower()
    return float(found[1].replace(",", ".")) + (0.0 if unit == "dbi" else DIPOLE_DBI)
