"""What the level at a place is believed to be: chances of the four levels, from the model, reports and measurements.

The belief about a place is four chances, one for each level, that add up to 1. It is made in three steps.

1. **The model, else the assumption.** Where a coverage map says something, the chance that a level is reached is
   that of `merata.radio.chance`: from the least of what power, download and upload rate have over the level's needs
   (`merata.radio.margin`), corrected by what was measured, and how far it may be off. It is never
   below 2 % or above 98 %, because the list of sites may have gaps; no site in reach counts as 2 %. Else the setting
   `unserved_share` is the chance that there is nothing; else the place has the promised level and none above it.
2. **The newest report** about the place. A fresh report is right in 85 of 100 cases, and when wrong it is any of
   the others alike: the belief is multiplied by 0.85 on the levels that fit it and by 0.05 on the others (Bayes),
   both raised to the power 1/2 ^ (age / half-life). So a report counts half after its half-life and the belief goes
   back to step 1. What a report says about the signal fits: very strong: working or good; strong: basic or working;
   weak and no signal: none. A note that the place has been served since makes it a report of `basic`, since then. A
   report about a village speaks for all its places; one that names a place speaks for that; one whose place is not
   known speaks for the village, half. A report that carries its year in `who` ('ministry 2021') is of July of that
   year when that is older than its file. A report without a date is taken to be one half-life old.
3. **Measurements** within 3 km of the place; a measurement without a position, and every one where the place itself
   has none, counts for its village. Each gives the highest level whose rates and latency it meets; one with signal
   only, the level whose signal it meets; 2G alone is `none`, 3G alone `basic` at best. A row counts as its tests, at
   most 20, aged like a report. The belief of steps 1 and 2 counts as two tests (the mean of a Dirichlet posterior).

Each chance has an uncertainty of its own, the ± of "78 % ± 9", a standard deviation. The model's is what the
correction of the coverage map leaves open. An assumption counts as two tests, so that of p is sqrt(p (1 - p) / 3). A
report carries it on as it carries on the chance (to first order). Measurements shrink it to their part of the belief
and add their own sampling error. The measured signal corrects the map as well (step 1); as steps 1 and 2 count as two
tests, it is hardly counted twice.

The level now is the highest that is reached with a chance above one half; a place is `below` when its chance of being
below the promise is one half or more. So the two never contradict each other. How it is known is the strongest step
that had something to say; `made up` when all rows of that step are.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from merata.access.columns import MADE_UP, Bools, Floats, Ranks, Words, dates, words, years_before
from merata.access.measured import Counts
from merata.access.named import by_name, folded, names
from merata.radio.against import Heard
from merata.radio.chance import chance_served
from merata.region.settings import Settings
from merata.region.tables import LEVELS

#: How often a fresh report is right.
RELIABLE = 0.85
#: The model is never surer than this, either way.
SUREST = 0.98
#: Tests that the belief before measurements counts as.
PRIOR_TESTS = 2.0
#: Tests, weighted by age, from which on a place counts as measured.
ENOUGH_TESTS = 0.5
#: So far below the signal of `basic` there is still a signal to be strengthened, dB.
STRENGTHEN_DB = 10.0

#: Signal -> lowest and highest rank of the levels that fit it.
FITS = {"very strong": (2, 3), "strong": (1, 2), "weak": (0, 0), "no signal": (0, 0)}
_SERVED = re.compile(
    r"(?i)\b(?:served since|now served|sudah (?:terlayani|dilayani|ada sinyal|tersambung|terhubung))"
)
_YEAR = re.compile(r"\b(20\d\d)\b")


@dataclass
class Belief:
    """What is believed about n places."""

    chances: Floats
    """(n, 4): chance of each level."""
    spread: Floats
    """(n, 4): standard uncertainty of the chance that each level is reached (`at_least`)."""
    known_by: Words
    some_signal: Bools
    """There is a signal, however weak."""
    text: Words
    """What it rests on, strongest first."""

    def of(self, part: slice) -> Belief:
        """The belief about some of the places."""
        return Belief(*(column[part] for column in vars(self).values()))

    @property
    def level(self) -> Ranks:
        """The highest rank reached with a chance above one half."""
        return np.asarray((self.at_least[:, 1:] > 0.5).sum(axis=1), np.int64)

    @property
    def at_least(self) -> Floats:
        """(n, 4): chance that each level is reached."""
        return _at_least(self.chances)

    def chance_below(self, promised: Ranks) -> Floats:
        """The chance that the promised rank is not reached."""
        chance: Floats = 1.0 - self.at_least[np.arange(len(promised)), promised]
        return np.where(promised == 0, 0.0, chance)

    def uncertainty(self, promised: Ranks) -> Floats:
        """The standard uncertainty of `chance_below`; where it is 0 or 1 there is none."""
        return np.where(promised == 0, 0.0, self.spread[np.arange(len(promised)), promised])


def prior(heard: Heard, promised: Ranks, on_map: Bools, settings: Settings, sites_made_up: bool) -> Belief:
    """Step 1 for places: the model where `on_map`, else the assumption. `promised` are ranks of levels."""
    rsrp_dbm = heard.power_dbm
    modelled, uncertainty = _modelled(heard)
    assumed = _assumed(promised, settings.defaults.unserved_share)
    chances = np.where(on_map[:, None], modelled, assumed)
    spread = np.where(on_map[:, None], uncertainty, _of_few(_at_least(assumed), PRIOR_TESTS))
    known_by = np.where(on_map, MADE_UP if sites_made_up else "modelled", "assumed").astype(object)
    basic_dbm = settings.levels["basic"].signal_dbm
    with np.errstate(invalid="ignore"):
        some = on_map & (rsrp_dbm >= basic_dbm - STRENGTHEN_DB)
    return Belief(chances, spread, known_by, some, _prior_text(heard, promised, on_map, settings))


def _modelled(heard: Heard) -> tuple[Floats, Floats]:
    """Chance of each level, and the uncertainty of the chance that each is reached."""
    least = np.ones((len(heard.power_dbm), len(LEVELS)))
    spread = np.zeros_like(least)
    for rank in range(1, len(LEVELS)):
        margin_db = heard.margins_db[:, rank]
        chance, uncertainty = chance_served(margin_db, 0.0, heard.spread_db, heard.correction_sigma_db)
        least[:, rank] = np.clip(np.nan_to_num(chance, nan=0.0), 1 - SUREST, SUREST)
        spread[:, rank] = np.nan_to_num(uncertainty, nan=0.0)
    least = np.minimum.accumulate(least, axis=1)
    return np.asarray(-np.diff(least, axis=1, append=0.0), np.float64), spread


def _at_least(chances: Floats) -> Floats:
    return np.asarray(np.clip(chances[:, ::-1].cumsum(axis=1)[:, ::-1], 0.0, 1.0), np.float64)


def _of_few(chance: Floats, tests: float | Floats) -> Floats:
    """Standard deviation of a chance that rests on so many tests (of a Beta distribution)."""
    return np.asarray(np.sqrt(chance * (1 - chance) / (tests + 1)), np.float64)


def _assumed(promised: Ranks, unserved_share: float) -> Floats:
    # All of it on `none`: an office must not seem better served than the people around it, who were promised less.
    chances = np.zeros((len(promised), len(LEVELS)))
    chances[:, 0] = unserved_share
    chances[np.arange(len(promised)), promised] += 1 - unserved_share
    return chances


def _prior_text(heard: Heard, promised: Ranks, on_map: Bools, settings: Settings) -> Words:
    share = settings.defaults.unserved_share
    nothing = f"assumed: {share:.0%} of places that nothing is said of are unserved"
    here = np.arange(len(promised))
    limit = heard.limits[here, promised]
    short = np.where(heard.margins_db[here, promised] < 0, limit, 0)
    slow = np.array(["", ", too slow a download", ", too slow an upload"])[short]
    told = [
        "modelled: no site in reach" if np.isnan(dbm) else f"modelled: {dbm:.0f} dBm{more}"
        for dbm, more in zip(heard.power_dbm, slow, strict=True)
    ]
    return np.where(on_map, np.array(told, dtype=object), nothing)


def with_reports(
    belief: Belief, places: pd.DataFrame, reports: pd.DataFrame, settings: Settings, today: dt.date
) -> Belief:
    """Step 2: the belief with the newest report about each place. `places` has village_code, name and kind or ''."""
    rows = _sayings(reports, settings.defaults.report_half_life_years, today)
    chosen = _newest_for(places, rows)
    if chosen.empty:
        return belief
    at = chosen["place"].to_numpy()
    ranks = np.arange(len(LEVELS))
    low, high = chosen["low"].to_numpy()[:, None], chosen["high"].to_numpy()[:, None]
    wrong = (1 - RELIABLE) / (len(LEVELS) - 1)
    likely = (
        np.where((ranks >= low) & (ranks <= high), RELIABLE, wrong) ** chosen["weight"].to_numpy()[:, None]
    )
    chances = belief.chances.copy()
    chances[at] = chances[at] * likely
    chances[at] /= chances[at].sum(axis=1, keepdims=True)
    spread = belief.spread.copy()
    spread[at] = _carried(belief.spread[at], _at_least(belief.chances[at]), _at_least(chances[at]))
    known_by, some, text = belief.known_by.copy(), belief.some_signal.copy(), belief.text.copy()
    known_by[at] = np.where(chosen["made_up"], MADE_UP, "reported")
    some[at] = chosen["some_signal"].to_numpy()
    text[at] = _also(chosen["text"].to_numpy(dtype=object), belief, at)
    return Belief(chances, spread, known_by, some, text)


def _carried(spread: Floats, before: Floats, after: Floats) -> Floats:
    """The uncertainty of chances that Bayes' rule took from `before` to `after`.

    The odds are multiplied by the same number whatever the chance was: d after / d before = after (1 - after) /
    (before (1 - before)). No chance is less sure than one that is nothing but a toss.
    """
    was, now = before * (1 - before), after * (1 - after)
    slope = np.divide(now, was, out=np.zeros_like(now), where=was > 1e-12)
    return np.asarray(np.minimum(spread * slope, np.sqrt(now)), np.float64)


def _sayings(reports: pd.DataFrame, half_life_years: float, today: dt.date) -> pd.DataFrame:
    """Reports that say something: village_code, place, low, high, weight, day, some_signal, made_up, text, id."""
    level, signal = words(reports["level"]), words(reports["signal"])
    note, who = words(reports["note"]), words(reports["who"])
    served = np.array([bool(_SERVED.search(text)) for text in note], dtype=bool)
    fits = [_fits(lvl, sig, srv) for lvl, sig, srv in zip(level, signal, served, strict=True)]
    day = dates(reports["source_date"])
    told = pd.Series([_year(n if s else w) for n, w, s in zip(note, who, served, strict=True)], reports.index)
    older = pd.to_datetime(told, format="%Y-%m-%d", errors="coerce")
    day = older.where(older.notna() & (day.isna() | (older < day)), day)
    age = np.nan_to_num(years_before(day, today), nan=half_life_years)
    said = ["served since" if s else lvl or sig for lvl, sig, s in zip(level, signal, served, strict=True)]
    when = [f", {d.year}" if pd.notna(d) else "" for d in day]
    source = words(reports["source"])
    rows = pd.DataFrame(
        {
            "id": words(reports["id"]),
            "village_code": words(reports["village_code"]),
            "where": [folded(place) for place in words(reports["place"])],
            "low": [low for low, _ in fits],
            "high": [high for _, high in fits],
            "weight": 0.5 ** (age / half_life_years),
            "day": day.fillna(pd.Timestamp(0)).to_numpy(),
            "some_signal": (signal != "no signal") & ((signal != "") | (level != "none")) | served,
            "made_up": words(reports["known_by"]) == MADE_UP,
            "text": [f"reported: {t} ({s}{w})" for t, s, w in zip(said, source, when, strict=True)],
        }
    )
    return rows[rows["low"] >= 0]


def _fits(level: str, signal: str, served: bool) -> tuple[int, int]:
    """Lowest and highest rank that a report fits; -1 where it says nothing."""
    if served:
        return 1, 1
    if level:
        return LEVELS.index(level), LEVELS.index(level)
    return FITS.get(signal, (-1, -1))


def _year(text: str) -> str | None:
    found = _YEAR.search(text)
    return f"{found[1]}-07-01" if found else None


def _newest_for(places: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """One report a place, with `place` its position: the newest that speaks for it."""
    pairs = by_name(places).merge(rows, on="village_code")
    pairs["named"] = names(pairs)
    # A place that nobody knows says something of the village as a whole, but less.
    found = set(pairs.loc[pairs["named"], "id"])
    pairs["stray"] = (pairs["where"] != "") & ~pairs["id"].isin(found)
    pairs = pairs[(pairs["where"] == "") | pairs["named"] | pairs["stray"]].copy()
    pairs["weight"] = pairs["weight"] * np.where(pairs["stray"], 0.5, 1.0)
    pairs = pairs.sort_values(
        ["place", "stray", "day", "named", "low", "id"],
        ascending=[True, True, False, False, True, True],
        kind="stable",
    )
    return pairs.drop_duplicates("place")


def with_measurements(belief: Belief, counts: Counts) -> Belief:
    """Step 3: the belief with the measurements counted at each place (`merata.access.measured`)."""
    total = counts.by_level.sum(axis=1)
    chances = (PRIOR_TESTS * belief.chances + counts.by_level) / (PRIOR_TESTS + total)[:, None]
    own = (total / (PRIOR_TESTS + total))[:, None]
    sampled = _of_few(_at_least(chances), np.maximum(total, 1.0)[:, None] - 1.0)
    spread = np.hypot((1 - own) * belief.spread, own * sampled)
    measured = total >= ENOUGH_TESTS
    known_by = np.where(measured, np.where(counts.made_up, MADE_UP, "measured"), belief.known_by)
    some = np.where(measured, counts.some_signal, belief.some_signal)
    text = np.where(measured, _also(counts.text, belief, np.arange(len(total))), belief.text)
    return Belief(chances, spread, known_by.astype(object), some.astype(bool), text.astype(object))


def _also(text: Words, belief: Belief, at: Ranks) -> Words:
    """The new words before those of what was believed; a mere assumption goes once something is known."""
    old = np.where(belief.known_by[at] == "assumed", "", "; " + belief.text[at])
    return np.asarray(text + old, dtype=object)


def believe(
    places: gpd.GeoDataFrame,
    heard: Heard,
    counts: Counts,
    on_map: Bools,
    tables: Mapping[str, pd.DataFrame],
    settings: Settings,
    today: dt.date,
) -> Belief:
    """All three steps. `places` has village_code, name, kind and promised."""
    promised = ranks_of(places["promised"])
    sites_made_up = bool(len(tables["sites"])) and bool((words(tables["sites"]["known_by"]) == MADE_UP).all())
    belief = prior(heard, promised, on_map, settings, sites_made_up)
    belief = with_reports(belief, places, tables["reports"], settings, today)
    return with_measurements(belief, counts)


def ranks_of(levels: pd.Series) -> Ranks:
    """Levels as ranks, 0 for none to 3 for good."""
    order = {level: rank for rank, level in enumerate(LEVELS)}
    return np.array([order[level] for level in levels], dtype=np.int64)
