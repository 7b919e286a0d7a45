"""Check `merata.radio.p1812` against a folder of reference profiles and results: the worst difference by term."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from merata.errors import FileError, InputError, MissingError
from merata.radio import p1812

#: Most that a term may differ, in its own unit.
LIMIT = 0.01

_POLARIZATION = "pol"
#: Row of a result -> parameter of `basic_transmission_loss`, and what holds where it is missing (None: it may not be).
_INPUTS: dict[str, tuple[str, float | None]] = {
    "f (GHz)": ("frequency_ghz", None),
    "p (%)": ("time_percent", None),
    "pL (%)": ("location_percent", 50.0),
    "sigmaL (dB)": ("location_sigma_db", 0.0),
    "phi_t (deg)": ("tx_lat", None),
    "phi_r (deg)": ("rx_lat", None),
    "lam_t (deg)": ("tx_lon", None),
    "lam_r (deg)": ("rx_lon", None),
    "htg (m)": ("tx_height_m", None),
    "hrg (m)": ("rx_height_m", None),
    "DN": ("delta_n", None),
    "N0": ("n0", None),
    "dct (km)": ("tx_coast_km", 500.0),
    "dcr (km)": ("rx_coast_km", 500.0),
}
#: Rows that say what the field strength is scaled by, or repeat the profile: nothing to check.
_ASIDE = ("Ptx (kW)", "Gtx (dBi)", "Grx (dBi)", "R2 (m)", "Rn-1 (m)", "Ep (dBuV/m) w.r.t. Ptx", _POLARIZATION)


@dataclass(frozen=True)
class Difference:
    """The worst difference of one term over all cases."""

    term: str
    """Its key in `PathLoss.terms`."""
    label: str
    """Its name in the results, with its unit."""
    equation: str
    worst: float
    """Largest absolute difference, in the term's own unit."""
    case: str
    """Name of the result file where it is."""
    expected: float
    found: float
    cases: int
    """How many results have this term."""


@dataclass(frozen=True)
class Validation:
    """What a folder of reference results says."""

    cases: int
    """How many results were compared."""
    differences: tuple[Difference, ...]
    """One for each term that the results have, in the order of `p1812.TERMS`."""
    unknown: tuple[str, ...]
    """Rows of the results that nothing was compared with, in order of the alphabet."""

    @property
    def worst(self) -> float:
        """The largest difference of all."""
        return max((d.worst for d in self.differences), default=math.inf)

    def passed(self, limit: float = LIMIT) -> bool:
        """Whether every term of every case lies within `limit` of its unit."""
        return self.worst <= limit


def validate(folder: Path) -> Validation:
    """Compare every result of `folder` with this project's own calculation.

    `folder` holds `profiles/NAME.csv` and `results/NAME_K.csv`, as the reference implementation of the Recommendation
    writes them: a result's first rows are its inputs, the rest its terms by equation number.

    Raises
    ------
    MissingError
        There are no results in the folder.
    FileError
        A file can't be read, or a profile is missing; names the file, the row and what was expected.

    """
    results = sorted((folder / "results").glob("*.csv"))
    if not results:
        raise MissingError(
            f"{folder} has no results/*.csv; expected profiles/NAME.csv and results/NAME_1.csv."
        )
    worst: dict[str, Difference] = {}
    unknown: set[str] = set()
    for file in results:
        rows = _read_rows(file)
        loss = _loss_of(file, rows)
        compared, odd = _compare(file, rows, loss)
        unknown |= odd
        for found in compared:
            worst[found.term] = _worse(worst.get(found.term), found)
    ordered = tuple(worst[term.name] for term in p1812.TERMS if term.name in worst)
    return Validation(len(results), ordered, tuple(sorted(unknown)))


def _worse(before: Difference | None, now: Difference) -> Difference:
    if before is None:
        return now
    kept = now if now.worst > before.worst else before
    return Difference(**{**vars(kept), "cases": before.cases + 1})


def _compare(
    file: Path, rows: dict[tuple[str, str], float], loss: p1812.PathLoss
) -> tuple[list[Difference], set[str]]:
    known = {(term.label, term.equation): term for term in p1812.TERMS if term.label}
    compared, unknown = [], set()
    for (label, equation), expected in rows.items():
        term = known.get((label, equation))
        if term is None:
            unknown.add(f"{label}, {equation}".strip(", "))
            continue
        found = _found(loss, term.name, expected)
        compared.append(
            Difference(term.name, label, equation, _apart(found, expected), file.name, expected, found, 1)
        )
    if "Lb" not in {difference.term for difference in compared}:
        raise FileError(f"{file}: no row 'Lb (dB),Eq (69)'; expected the final loss.")
    aside = {*_INPUTS, *_ASIDE}
    return compared, {row for row in unknown if row not in aside}


def _found(loss: p1812.PathLoss, term: str, expected: float) -> float:
    """Our value of `term`. L_bd is written before (61) by some versions of the reference and after it by others."""
    found = loss.terms[term]
    if term == "Lbd" and _apart(loss.terms["Lbd_43"], expected) < _apart(found, expected):
        return loss.terms["Lbd_43"]
    return found


def _apart(found: float, expected: float) -> float:
    """How far two numbers are apart; a number and no number are infinitely far."""
    if found == expected or (math.isnan(found) and math.isnan(expected)):
        return 0.0
    apart = abs(found - expected)
    return math.inf if math.isnan(apart) else apart


def _loss_of(file: Path, rows: dict[tuple[str, str], float]) -> p1812.PathLoss:
    inputs = {label: value for (label, _), value in rows.items() if label in {*_INPUTS, _POLARIZATION}}
    numbers = {}
    for label, (name, default) in _INPUTS.items():
        value = inputs.get(label, default)
        if value is None:
            raise FileError(f"{file}: no row {label!r}; expected this input of the calculation.")
        numbers[name] = value
    if inputs.get(_POLARIZATION) not in (1.0, 2.0):
        raise FileError(
            f"{file}: row 'pol' is {inputs.get(_POLARIZATION)}; expected 1 (horizontal) or 2 (vertical)."
        )
    polarization: p1812.Polarization = "horizontal" if inputs[_POLARIZATION] == 1.0 else "vertical"
    profile = file.parent.parent / "profiles" / (file.stem.rpartition("_")[0] + ".csv")
    points = _read_profile(profile, file)
    try:
        return p1812.basic_transmission_loss(*points, polarization=polarization, name="", **numbers)
    except InputError as error:
        raise FileError(f"{file} with {profile.name}: {error}") from error


def _read_rows(file: Path) -> dict[tuple[str, str], float]:
    """(label, equation) -> value of each row of a result; rows without a value are headings."""
    rows: dict[tuple[str, str], float] = {}
    for number, cells in enumerate(csv.reader(_text(file).splitlines()), 1):
        if len(cells) < 4 or not cells[3].strip() or cells[0].startswith("#"):
            continue
        try:
            rows[cells[0].strip(), cells[1].strip()] = float(cells[3])
        except ValueError:
            raise FileError(f"{file}, row {number}: {cells[3]!r} is not a number.") from None
    return rows


def _read_profile(profile: Path, result: Path) -> list[np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Distance, height, clutter and zone of a profile's points."""
    if not profile.is_file():
        raise FileError(f"{result}: its profile {profile} is missing.")
    points = list(_points(profile))
    if not points:
        raise FileError(f"{profile}: no points after a row {{Begin of Profile}}.")
    return list(np.array(points, np.float64).T)


def _points(profile: Path) -> Iterator[tuple[float, float, float, float]]:
    begun = False
    for number, line in enumerate(_text(profile).splitlines(), 1):
        cells = [cell.strip() for cell in line.split(",")]
        if cells[0].lower() == "{begin of profile}":
            begun = True
        elif begun and cells[0].startswith(("{", "#")):
            return
        elif begun and cells[0] and not cells[0].startswith("Number of Points"):
            yield _point(cells, f"{profile}, row {number}")


def _point(cells: list[str], place: str) -> tuple[float, float, float, float]:
    """Distance, height, clutter (none: 0), zone (none: inland) of a row: the third cell is a code that nothing uses."""
    clutter = cells[3] if len(cells) > 3 and cells[3] else "0"
    zone = cells[4] if len(cells) > 4 and cells[4] else "4"
    try:
        return float(cells[0]), float(cells[1]), float(clutter), float(zone)
    except (ValueError, IndexError):
        raise FileError(
            f"{place}: {','.join(cells)!r}; expected distance in km, height in m, cover code, clutter in m, zone."
        ) from None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise FileError(f"{file} can't be read: {error.strerror}.") from error
