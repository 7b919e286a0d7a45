"""What submissions of the survey say, as rows that a region takes in: reports, devices, electricity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from merata.region import survey
from merata.region.findings import Finding
from merata.region.survey import SIGNALS, Place
from merata.region.survey_read import Submission

WHO = "survei"
FAR_M = 5000.0
"""A place that lies so far from its village's border is told."""
_M_PER_DEGREE = 111_320.0
#: How the internet feels -> service level. A feeling promises no more than `working`.
LEVELS = {"video": "working", "browse": "basic", "slow": "none"}
_SIGNAL_WORDS = {name: name.replace("_", " ") for name in SIGNALS}
_WORKS = {"no": "putus hari itu", "no_link": "tidak ada internet di tempat ini"}
_PASSWORD = {choice.name: choice.label[0].lower() for choice in survey.CHOICES["password"]}
_DEVICES = ("households_with_smartphone", "households_with_computer", "shared_devices")
_ELECTRICITY = ("electricity", "hours_per_day")
#: Columns of a region's tables -> header words that say them in a file.
HEADERS = {
    "village_code": "village code", "households_with_smartphone": "households with smartphone",
    "households_with_computer": "households with computer", "shared_devices": "shared devices",
    "hours_per_day": "hours per day", "as_of": "as of",
}  # fmt: skip


@dataclass(frozen=True)
class Surveyed:
    """Rows for a region's tables, with header words that it reads; empty tables are not there."""

    tables: dict[str, pd.DataFrame]
    findings: list[Finding]
    used: int
    """Submissions that say something of a place of the region, the newest of each."""


def rows(submissions: Sequence[Submission], tables: dict[str, pd.DataFrame]) -> Surveyed:
    """The rows of submissions, in a region with these tables; of each place the newest counts.

    Parameters
    ----------
    submissions
        Of `survey_read.read`: oldest first.
    tables
        The region's villages, facilities, sites, devices and electricity. What the survey does not say of a village's
        devices and electricity is filled in from the last two, for a row replaces an earlier one whole.
    """
    places = survey.places(tables["villages"], tables["facilities"])
    operators = survey.operators(tables["sites"])
    found: list[Finding] = []
    newest: dict[str, Submission] = {}
    for one in submissions:
        if (wrong := _wrong(one, places, tables["villages"])) is None:
            newest[one.get("facility")] = one
        else:
            found.append(wrong)
    found += _elsewhere(newest, places, tables["villages"])
    chosen = [
        (places[name], one) for name, one in sorted(newest.items(), key=lambda pair: (pair[1].day, pair[0]))
    ]
    made = {
        "reports": _reports(chosen, operators),
        "devices": _whole(_devices(chosen), tables["devices"], _DEVICES),
        "electricity": _whole(_electricity(chosen), tables["electricity"], _ELECTRICITY),
    }
    some = {name: frame.rename(columns=HEADERS) for name, frame in made.items() if len(frame)}
    return Surveyed(some, found, len(newest))


def _wrong(one: Submission, places: dict[str, Place], villages: pd.DataFrame) -> Finding | None:
    where, village = one.get("facility"), one.get("village")
    if where in places and places[where].village == village:
        return None
    known = village in set(villages["code"].astype(str))
    name = one.instance[:8]
    what = (
        f"submission {name}: '{where}' is no place of village {village}"
        if known
        else f"submission {name}: '{village}' is no village of this region"
    )
    return Finding(
        "error", "survey", what, "left out",
        "Make the form again with `merata survey form`: the region has changed since it was made.",
    )  # fmt: skip


def _elsewhere(
    newest: dict[str, Submission], places: dict[str, Place], villages: pd.DataFrame
) -> list[Finding]:
    """Submissions that say of another place than where they were filled in."""
    border = dict(zip(villages["code"].astype(str), villages["geometry"], strict=True))
    made = []
    for name, one in sorted(newest.items()):
        if one.lonlat is None:
            continue
        off_m = shapely.distance(shapely.Point(one.lonlat), border[places[name].village]) * _M_PER_DEGREE
        if off_m > FAR_M:
            what = f"submission {one.instance[:8]}: filled in {off_m / 1000:.0f} km from village {places[name].village}"
            made.append(Finding("question", "survey", what, "taken as it is", "Ask who was there."))
    return made


def _reports(chosen: list[tuple[Place, Submission]], operators: dict[str, str]) -> pd.DataFrame:
    made = []
    for place, one in chosen:
        level = "none" if one.get("works") == "no_link" else LEVELS.get(one.get("feels"), "")
        heard = {op: said for name, op in operators.items() if (said := one.get(name)) in SIGNALS}
        signal = min(heard.values(), key=SIGNALS.index, default="")
        if level or signal:
            made.append(
                (
                    place.village,
                    place.name,
                    _SIGNAL_WORDS.get(signal, ""),
                    level,
                    WHO,
                    _note(one, heard),
                    one.day,
                )
            )
    names = ["village_code", "place", "signal", "level", "who", "note", "as_of"]
    return pd.DataFrame(made, columns=names)


def _note(one: Submission, heard: dict[str, str]) -> str:
    """What the columns of `reports` have no room for. Nobody's own words: the form asks for none."""
    parts = [_WORKS.get(one.get("works"), "")]
    parts.append(f"kata sandi: {_PASSWORD[said]}" if (said := one.get("password")) in _PASSWORD else "")
    parts += [f"{op}: {_SIGNAL_WORDS[said]}" for op, said in sorted(heard.items()) if op]
    return "; ".join(part for part in parts if part)


def _devices(chosen: list[tuple[Place, Submission]]) -> pd.DataFrame:
    """Of each village what its office said last."""
    made = {}
    for place, one in chosen:
        said = [_number(one.get(name), 10**7) for name in _DEVICES]
        if place.kind == "village office" and not np.isnan(said).all():
            made[place.village] = (place.village, *said, one.day)
    return pd.DataFrame(made.values(), columns=["village_code", *_DEVICES, "as_of"])


def _electricity(chosen: list[tuple[Place, Submission]]) -> pd.DataFrame:
    """Of each village what its office said last, else what was said last."""
    made: dict[str, tuple[bool, tuple[object, ...]]] = {}
    sources = [choice.name for choice in survey.CHOICES["power"]]
    for place, one in chosen:
        source, hours = one.get("power"), _number(one.get("power_hours"), 24)
        office = place.kind == "village office"
        had = made.get(place.village)
        if (source in sources or not np.isnan(hours)) and (office or had is None or not had[0]):
            said = source if source in sources else None
            made[place.village] = office, (place.village, said, hours, one.day)
    return pd.DataFrame([row for _, row in made.values()], columns=["village_code", *_ELECTRICITY, "as_of"])


def _number(text: str, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        return np.nan
    return value if 0 <= value <= most else np.nan


def _whole(said: pd.DataFrame, had: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Rows with what they lack filled in from what the region has; whole numbers whole."""
    before = had.drop_duplicates("village_code").set_index("village_code")
    for name in columns:
        told = said["village_code"].map(before[name].astype(object))
        filled = said[name].astype(object).where(said[name].notna(), told)
        said[name] = filled if name == "electricity" else pd.to_numeric(filled, errors="coerce")
        if name in _DEVICES:
            said[name] = said[name].round().astype("Int64")
    return said
