"""Bundles of other regions in a region's folder: taken in, taken back, and read as evidence for its plans.

`evidence/CODE.zip` is the newest bundle of each region as it came, and `evidence/taken.json` says which key signed it
and which number was seen last. That number stays when a bundle is taken back, so that an older one is known as such.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from merata.errors import FileError, MissingError
from merata.exchange import bundle, notes
from merata.exchange.bundle import About, Bundle
from merata.exchange.bundle_csv import Row
from merata.exchange.notes import PublicKey
from merata.plan import likeness
from merata.plan.evidence import AVAILABILITY, COLUMNS, CONNECT, PRICE
from merata.region.change import change
from merata.region.folder import Region
from merata.region.settings import Settings

FOLDER = "evidence"
INDEX = f"{FOLDER}/taken.json"
#: No fee or link is told so exactly that more points would not tell more.
_LEAST_SPREAD = 0.05
_LEAST_ODDS_VARIANCE = 0.02**2
_YEAR_DAYS = 365.25


@dataclass(frozen=True)
class Taken:
    """What is remembered of one region's bundles."""

    about: About
    key: str
    """The public key that signed, as a line."""
    sha256: str
    here: bool
    """Whether its bundle is used; False: it was taken back."""


def listed(folder: Path) -> dict[str, Taken]:
    """What a region remembers of others' bundles, by their code.

    Raises
    ------
    FileError
        The list can't be read.
    """
    path = folder / INDEX
    if not path.exists():
        return {}
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {code: Taken(**{**row, "about": About(**row["about"])}) for code, row in rows.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise FileError(f"{path}: can't be read ({error!s:.80}). Bring it back from a copy.") from None


def take(region: Region, data: bytes, keys: Sequence[PublicKey], file: str, today: dt.date) -> Bundle:
    """Take in a bundle: whole, or nothing is changed.

    Parameters
    ----------
    data, file
        The archive, and what it is called in errors.
    keys
        Whom to trust.
    today
        A bundle from the future is refused.

    Raises
    ------
    FileError, ProofError
        `bundle.opened` refuses it; or it is the region's own, an older one, the same again, or by another key than
        the region's last.
    """
    return take_into(
        region.path, region_code(region), region.settings.region.made_up, data, keys, file, today
    )


def take_into(
    folder: Path,
    own: str,
    made_up: bool,
    data: bytes,
    keys: Sequence[PublicKey],
    file: str,
    today: dt.date,
) -> Bundle:
    """Take in a bundle, as `take`, into any folder: of a region, or of a province that compares.

    `own` is the code of the folder's own region, whose bundles are refused; empty: it has none. `made_up`: whether
    bundles of worked examples are taken.
    """
    found = bundle.opened(data, keys, file)
    with change(folder) as staged:
        before = listed(folder)
        _check(folder, own, made_up, found, before.get(found.about.code), file, today)
        staged.file(f"{FOLDER}/{found.about.code}.zip").write_bytes(data)
        now = Taken(found.about, str(found.signer), found.sha256, here=True)
        _save(staged.file(INDEX), before | {found.about.code: now})
    return found


def _check(
    folder: Path, own: str, made_up: bool, found: Bundle, last: Taken | None, file: str, today: dt.date
) -> None:
    about = found.about
    if about.code == own:
        raise FileError(f"{file}: is this region's own bundle. It knows that already.")
    if about.made_up and not made_up:
        raise FileError(
            f"{file}: is of a worked example; nothing in it is real. A real region takes no such bundle."
        )
    if dt.date.fromisoformat(about.date) > today + dt.timedelta(days=1):
        raise FileError(
            f"{file}: says that it was packed on {about.date}, which is still to come. Ask the region."
        )
    if last is None:
        return
    if last.key != str(found.signer):
        raise FileError(
            f"{file}: {about.code} signed its last bundle with another key ({notes.public_key(last.key).name}). If "
            "the region says that it changed its key, first: "
            f"merata exchange untake {folder} {about.code} --forget"
        )
    if about.serial < last.about.serial or about.date < last.about.date:
        raise FileError(f"{file}: is older than what was taken before: {last.about}. The newest one counts.")
    if about.serial == last.about.serial and found.sha256 != last.sha256:
        raise FileError(
            f"{file}: has the number of the bundle that was taken before and is another: one number was given twice. "
            "Ask the region which is true."
        )
    if last.here and about.serial == last.about.serial:
        raise FileError(f"{file}: was taken before: nothing has changed.")


def untake(region: Region, code: str, *, forget: bool = False) -> Taken:
    """Take a region's bundle back: plans are what they were before it came.

    `forget`: its key and number are forgotten too, as if no bundle of it had ever come.

    Raises
    ------
    MissingError
        None of this region is here.
    """
    return untake_from(region.path, code, forget=forget)


def untake_from(folder: Path, code: str, *, forget: bool = False) -> Taken:
    """Take a bundle back, as `untake`, out of any folder."""
    with change(folder) as staged:
        before = listed(folder)
        if code not in before or not (before[code].here or forget):
            there = ", ".join(sorted(code for code, one in before.items() if one.here)) or "none"
            raise MissingError(f"{folder}: no bundle of {code} is taken in; there is: {there}.")
        gone = before.pop(code)
        if gone.here:
            staged.remove(f"{FOLDER}/{code}.zip")
        after = before if forget else before | {code: replace(gone, here=False)}
        _save(staged.file(INDEX), after)
    return gone


def _save(path: Path, rows: Mapping[str, Taken]) -> None:
    text = json.dumps({code: asdict(rows[code]) for code in sorted(rows)}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def region_code(region: Region) -> str:
    """The region's official code; where its settings have none, what its villages' codes begin with; or nothing."""
    own = region.settings.region.code
    return own or ".".join(min(region.tables()["villages"]["code"].astype(str), default="").split(".")[:2])


def bundles(folder: Path) -> list[Bundle]:
    """The bundles that are taken in, by code, checked once more as when they came.

    Raises
    ------
    FileError, ProofError
        A file of theirs was changed or is gone.
    """
    return [_opened(folder / FOLDER / f"{code}.zip", one) for code, one in listed(folder).items() if one.here]


def _opened(path: Path, one: Taken) -> Bundle:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise MissingError(
            f"{path}: is gone. Take the bundle in again, or take it back with `untake`."
        ) from None
    found = bundle.opened(data, [notes.public_key(one.key)], str(path))
    if found.sha256 != one.sha256:
        raise FileError(f"{path}: is not the bundle that was taken in. Take that in again.")
    return found


# As evidence


def evidence(
    region: Path,
    tables: Mapping[str, pd.DataFrame],
    settings: Settings,
    terrain: Path | None,
    date: dt.date,
) -> pd.DataFrame:
    """What the taken bundles teach plans (`merata.plan.evidence.COLUMNS`); empty where none is taken.

    `date`: what age is reckoned up to, the newest date of the region's sources.
    """
    found = bundles(region)
    if not found or tables["villages"].empty:
        return pd.DataFrame(columns=list(COLUMNS))
    ground = likeness.ground_of(gpd.GeoDataFrame(tables["villages"]), tables, settings, terrain)
    mix = likeness.mix_of(ground)
    return pd.DataFrame([row for one in found for row in figures(one, mix, date)], columns=list(COLUMNS))


def figures(found: Bundle, mix: Mapping[tuple[str, str], float], date: dt.date) -> list[Row]:
    """The figures of one bundle, as likely as their ground is like a region's mix of villages."""
    about = found.about
    age = max(0.0, (date - dt.date.fromisoformat(about.date)).days / _YEAR_DAYS)
    shared = {
        "code": about.code, "region": about.name, "made_up": about.made_up, "age_years": round(age, 3)
    }  # fmt: skip
    rows = [*_prices(found.tables["prices"], mix), *told_of(found.tables["outcomes"], mix)]
    return [{**row, **shared} for row in rows]


def told_of(outcomes: Sequence[Row], mix: Mapping[tuple[str, str], float]) -> list[Row]:
    """What outcomes tell of days to connect and of availability, by option."""
    return [*_connects(outcomes, mix), *_odds(outcomes, mix)]


def _prices(rows: Sequence[Row], mix: Mapping[tuple[str, str], float]) -> Iterable[Row]:
    told = [
        _Group(row, math.log(row["middle_idr"]), max(row["spread"], _LEAST_SPREAD), row["sites"])
        for row in rows
    ]
    return _joined(PRICE, "component", told, mix)


def _connects(rows: Sequence[Row], mix: Mapping[tuple[str, str], float]) -> Iterable[Row]:
    told = [
        _Group(row, row["days_to_connect"], max(row["days_spread"] or 0.0, 1.0), row["points"])
        for row in rows
        if row["days_to_connect"] is not None
    ]
    return _joined(CONNECT, "option", told, mix)


def _odds(rows: Sequence[Row], mix: Mapping[tuple[str, str], float]) -> Iterable[Row]:
    """Log-odds of availability; their spread by the delta method. A share of 0 or 1 is taken to be nearly so."""
    told = []
    for row in rows:
        if row["availability"] is not None and row["availability_spread"] is not None:
            share = min(max(row["availability"], 0.001), 0.999)
            spread = row["availability_spread"] / (share * (1 - share))
            spread = max(spread, math.sqrt(_LEAST_ODDS_VARIANCE * row["points"]))
            told.append(_Group(row, math.log(share / (1 - share)), spread, row["points"]))
    return _joined(AVAILABILITY, "option", told, mix)


@dataclass(frozen=True)
class _Group:
    """One row's figure: mean and standard deviation of so many points; 0 of them is a list, which counts as one."""

    row: Row
    mean: float
    spread: float
    points: int


def _joined(
    kind: str, key: str, groups: Sequence[_Group], mix: Mapping[tuple[str, str], float]
) -> Iterable[Row]:
    """One figure for each thing: the mean of its groups, each as heavy as its points and its likeness."""
    for what in sorted({group.row[key] for group in groups}):
        mine = [group for group in groups if group.row[key] == what]
        # A list says what was asked for: where contracts tell what was paid, it tells nothing more.
        mine = [group for group in mine if group.points] or mine
        like = [likeness.likeness(mix, (one.row["terrain"], one.row["remoteness"])) for one in mine]
        count = [max(one.points, 1) for one in mine]
        weight = [a * n for a, n in zip(like, count, strict=True)]
        total = sum(weight)
        mean = sum(w * one.mean for w, one in zip(weight, mine, strict=True)) / total
        variance = sum(
            w * w * one.spread**2 / n for w, one, n in zip(weight, mine, count, strict=True)
        ) / (total * total)  # fmt: skip
        within = sum(
            w * (one.spread**2 + (one.mean - mean) ** 2) for w, one in zip(weight, mine, strict=True)
        )
        yield {
            "kind": kind, "what": what, "sites": sum(one.points for one in mine), "mean": round(mean, 9),
            "variance": round(variance, 12), "spread": round(math.sqrt(within / total), 9),
            "likeness": round(total / sum(count), 9),
        }  # fmt: skip
