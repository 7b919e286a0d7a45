"""The board of a model contest: its files, what is sent in, and what of a score is told.

A board that told every score would be learned by heart: who sends in often enough finds the held-out values out of
the scores alone. So a team's score changes only when a prediction is better than its best by more than chance would
make it (the Ladder, without a parameter: Blum and Hardt 2015, Proc. ICML 37), and only so many may be sent in.
"""

from __future__ import annotations

import csv
import fcntl
import hashlib
import io
import json
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from merata.assure.model_contest import ABOUT, APART_KM, BLOCK_KM, FEATURES, Contest
from merata.assure.model_contest_files import FOLDER, NAME, Standing, about
from merata.assure.model_contest_score import TARGETS, Floats, calibration, log_score, losses
from merata.errors import FileError, InputError

_SECRET = "secret"  # noqa: S105 — a folder
#: What a team may send in: so many a day, and so many in all.
A_DAY, IN_ALL = 3, 30
_MOST_BYTES = 5_000_000
_TEAM = 60


@dataclass(frozen=True)
class Answered:
    """What a team is told of what it sent in."""

    counted: bool
    """Whether it was better than the team's best by more than chance, so that it counts."""
    standing: Standing
    left_today: int
    left: int


def open_contest(folder: Path, name: str, contest: Contest, seed: bytes, until: str, day: str) -> Path:
    """Write a new contest into a region's folder; its place. The public part says by a hash what is held out.

    Raises
    ------
    InputError
        The name can't be a folder's, or there is such a contest.

    """
    if not NAME.fullmatch(name):
        raise InputError(f"'{name}': a contest's name has small letters, digits and dashes, at most 40.")
    place = folder / FOLDER / name
    if place.exists():
        raise InputError(f"{place}: there is such a contest already. Choose another name.")
    secret = place / _SECRET
    secret.mkdir(parents=True, mode=0o700)
    (secret / "seed").write_bytes(seed)
    (secret / "answers.csv").write_text(contest.answers.to_csv(index=False, lineterminator="\n"))
    (secret / "teams.json").write_text("{}")
    for part in ("train", "ask"):
        getattr(contest, part).to_csv(place / f"{part}.csv", index=False, lineterminator="\n")
    _write(place / "board.json", [])
    _write(place / "contest.json", _about(name, contest, secret, until, day))
    _settle(place, "Merata", contest.baseline, day)
    return place


def _about(name: str, contest: Contest, secret: Path, until: str, day: str) -> dict[str, Any]:
    target = TARGETS[contest.target]
    return {
        "name": name,
        "target": target.name,
        "about": target.about,
        "level": contest.level if target.name == "level" else None,
        "columns": ["id", *target.columns],
        "score": target.score,
        "unit": target.unit,
        "opened": day,
        "until": until,
        "train": len(contest.train),
        "ask": len(contest.ask),
        "squares": int(contest.answers["block"].nunique()),
        "square_km": BLOCK_KM,
        "apart_km": APART_KM,
        "left_out": contest.apart,
        "a_day": A_DAY,
        "in_all": IN_ALL,
        "features": {column: ABOUT[column] for column in FEATURES},
        # Whoever gets the answers when the contest is over can tell that they were not chosen afterwards.
        "answers_sha256": _sealed(secret),
    }


def _sealed(secret: Path) -> str:
    """Hash of the seed and the answers: of the answers alone it could be found by trying."""
    return hashlib.sha256((secret / "seed").read_bytes() + (secret / "answers.csv").read_bytes()).hexdigest()


def submit(folder: Path, name: str, team: str, content: bytes, day: str) -> Answered:
    """Score what a team sent in.

    Parameters
    ----------
    folder, name
        The region's folder, and the contest.
    team
        Who sent it: an organisation, never a person.
    content
        CSV with the columns that contest.json names.
    day
        ISO date, for the limits.

    Raises
    ------
    FileError
        The file is not as it must be; names row and column. It does not count against the limits.
    InputError
        The contest is over, or the team has sent in all that it may.

    """
    said = about(folder, name)
    place, team = folder / FOLDER / name, _team(team)
    if day > said["until"]:
        raise InputError(f"{name}: the contest was open until {said['until']}.")
    predicted = _read(content, said["columns"], place / "ask.csv")
    with _alone(place):
        return _settle(place, team, predicted, day)


def _settle(place: Path, team: str, predicted: pd.DataFrame, day: str) -> Answered:
    """Count it, and write down what comes of it. Merata's own is scored once, with no limit to it."""
    said = json.loads((place / "contest.json").read_text(encoding="utf-8"))
    known = json.loads((place / _SECRET / "teams.json").read_text(encoding="utf-8"))
    own = known.setdefault(team, {"sent": [], "best": None, "standing": None})
    _allowed(own["sent"], day)
    answers = pd.read_csv(place / _SECRET / "answers.csv")
    values = predicted.set_index("id").loc[answers["id"], said["columns"][1:]].to_numpy(float)
    measured = answers["measured"].to_numpy(float)
    found = losses(said["target"], values, measured)
    counted = _better(found, own["best"], answers["block"].to_numpy())
    own["sent"].append(day)
    if counted:
        own["best"] = found.tolist()
        own["standing"] = {
            "score": _told(found),
            "counted_on": day,
            "more": _more(said["target"], values, measured),
        }
    standing = Standing(team, sent=len(own["sent"]), **own["standing"])
    rows = [Standing(name, sent=len(row["sent"]), **row["standing"]) for name, row in known.items()]
    _write(place / _SECRET / "teams.json", known)
    _write(place / "board.json", [asdict(row) for row in sorted(rows, key=lambda row: (row.score, row.team))])
    today = own["sent"].count(day)
    return Answered(counted, standing, A_DAY - today, IN_ALL - len(own["sent"]))


def _better(found: Floats, best: list[float] | None, blocks: Any) -> bool:
    """Whether losses are lower than the best so far by more than the standard error of the difference.

    The squares are the sample, not the places: those in one square are alike.
    """
    if best is None:
        return True
    gain = np.array(best) - found
    by = pd.Series(gain).groupby(blocks)
    # Of the mean over places, by squares of unequal size: a ratio's (Cochran 1977, Sampling Techniques, section 6.4).
    apart = by.sum() - gain.mean() * by.size()
    squares = len(apart)
    error = math.sqrt(float((apart**2).sum()) * squares / max(1, squares - 1)) / len(gain)
    # A change in one square alone is as large as its error: probing square by square tells nothing.
    return bool(gain.mean() > error * (1 + 1e-9))


def _allowed(sent: list[str], day: str) -> None:
    if len(sent) >= IN_ALL:
        raise InputError(f"All {IN_ALL} predictions that a team may send in were sent in.")
    if sent.count(day) >= A_DAY:
        raise InputError(f"A team may send in {A_DAY} predictions a day. Come back tomorrow.")


def _told(found: Floats) -> float:
    """The score, no finer than the number of places says anything: to a power of ten below its inverse."""
    return round(float(found.mean()), max(1, math.ceil(math.log10(len(found)))))


def _more(target: str, values: Floats, measured: Floats) -> dict[str, float]:
    more = {name: round(share, 2) for name, share in calibration(target, values, measured).items()}
    return more | ({"log": round(log_score(values, measured), 2)} if target == "level" else {})


def close(folder: Path, name: str, day: str) -> Path:
    """After its last day: publish what was held out, with the seed that contest.json's hash was made with.

    Raises
    ------
    InputError
        It is still open.

    """
    said, place = about(folder, name), folder / FOLDER / name
    if day <= said["until"]:
        raise InputError(
            f"{name}: is open until {said['until']}. What is held out is published when it is over."
        )
    answers = (place / _SECRET / "answers.csv").read_text(encoding="utf-8")
    (place / "answers.csv").write_text(answers, encoding="utf-8")
    _write(place / "contest.json", said | {"seed": (place / _SECRET / "seed").read_bytes().hex()})
    return place / "answers.csv"


def _read(content: bytes, columns: list[str], ask: Path) -> pd.DataFrame:
    """The predictions, checked: every place once, every number possible. Nothing in it is run or kept."""
    if len(content) > _MOST_BYTES:
        raise FileError(f"The file is larger than {_MOST_BYTES / 1e6:g} MB.")
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileError(f"The file is no CSV in UTF-8 ({error!s:.80}).") from None
    head = [cell.strip() for cell in rows[0]] if rows else []
    if sorted(head) != sorted(columns):
        raise FileError(
            f"Row 1: expected the columns {', '.join(columns)}, and no others; found {', '.join(head)[:200]}."
        )
    wanted = set(pd.read_csv(ask, usecols=["id"])["id"].tolist())
    found: dict[int, list[float]] = {}
    for number, row in enumerate(rows[1:], start=2):
        if row and any(cell.strip() for cell in row):
            id_, values = _row(number, row, head, columns, wanted)
            if id_ in found:
                raise FileError(f"Row {number}, column id: {id_} stands in an earlier row too.")
            found[id_] = values
    if missing := sorted(wanted - set(found)):
        raise FileError(f"{len(missing)} places of ask.csv are missing, the first is id {missing[0]}.")
    return pd.DataFrame([[id_, *values] for id_, values in found.items()], columns=columns)


def _row(
    number: int, row: list[str], head: list[str], columns: list[str], wanted: set[int]
) -> tuple[int, list[float]]:
    if len(row) != len(head):
        raise FileError(f"Row {number}: has {len(row)} cells, the first row has {len(head)}.")
    cells = dict(zip(head, (cell.strip() for cell in row), strict=True))
    if not re.fullmatch(r"[0-9]{1,9}", cells["id"]) or int(cells["id"]) not in wanted:
        raise FileError(f"Row {number}, column id: {_shown(cells['id'])} is no id of ask.csv.")
    values = [_number(number, name, cells[name]) for name in columns[1:]]
    for one, two, name in zip(values, values[1:], columns[2:], strict=False):
        if two < one:
            raise FileError(f"Row {number}, column {name}: {two:g} is below the quantile before it, {one:g}.")
    return int(cells["id"]), values


def _number(row: int, column: str, text: str) -> float:
    low, high = (0.0, 1.0) if column == "p" else (-200.0, 0.0)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise FileError(f"Row {row}, column {column}: {_shown(text)} is no number from {low:g} to {high:g}.")
    return value


def _shown(text: str) -> str:
    """The beginning of a cell in quotes, without what a screen would not show."""
    return "'" + "".join(letter if letter.isprintable() else "?" for letter in text[:40]) + "'"


def _team(team: str) -> str:
    team = " ".join(team.split())
    if not 0 < len(team) <= _TEAM or not team.isprintable():
        raise InputError(f"A team's name has 1 to {_TEAM} characters.")
    if team.casefold() == "merata":
        raise InputError("Merata is the name of the model that all are compared with. Choose another.")
    return team


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """One at a time: two that come at once are counted one after the other."""
    with (place / _SECRET / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, content: Any) -> None:
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    beside.replace(path)
