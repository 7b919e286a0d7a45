"""The rules of [plan.fair] as rows that every plan has to keep, and the order in which places go first.

Only places that some offer can reach in these years count, so no rule is impossible because a district has nothing
left that could be served. A share is what is served of what is in need and in reach.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from merata.plan import rule_words as say
from merata.plan.ground import Ground
from merata.plan.instance import Rule
from merata.region.settings_rules import NEEDS, FairSettings

KEY = "plan.fair."
_SLIP = 1e-9


def fair_rules(ground: Ground, fair: FairSettings) -> list[Rule]:
    """Every rule that [plan.fair] asks for, in order of setting, year and district; none asked for: none."""
    parts = (_floor, _each_year, _worst_first, _spread, _longest_wait)
    return [rule for part in parts for rule in part(ground, fair)]


def tiers(ground: Ground, order: list[str]) -> np.ndarray:
    """The tier of each place, from 0 without holes, (P,); empty when no order is asked for.

    What stands first in `order` decides first: ["unserved", "school"] puts all unserved before all others, and among
    either the schools first. What is not named comes last.
    """
    if not order:
        return np.zeros(0, dtype=np.int64)
    needs = [word for word in order if word in NEEDS]
    kinds = [word for word in order if word not in NEEDS]
    state = np.where(ground.unserved, *NEEDS)
    by_need, by_kind = _rank(state, needs), _rank(ground.kind, kinds)
    first, second = (by_need, by_kind) if order[0] in NEEDS else (by_kind, by_need)
    result: np.ndarray = np.unique(first * (len(order) + 1) + second, return_inverse=True)[1].astype(np.int64)
    return result


def _rank(words: np.ndarray, named: list[str]) -> np.ndarray:
    rank = {word: n for n, word in enumerate(named)}
    return np.array([rank.get(word, len(named)) for word in words.tolist()], dtype=np.int64)


def by_district(ground: Ground, weight: np.ndarray, year: int) -> dict[str, np.ndarray]:
    """Places that count in a year, by district that has any, in order of name."""
    counts = np.flatnonzero((weight > 0) & (ground.need_from <= year))
    code, names = pd.factorize(ground.district[counts], sort=True)
    order = np.argsort(code, kind="stable")
    parts = np.split(counts[order], np.searchsorted(code[order], np.arange(1, len(names))))
    return dict(zip(names.tolist(), parts, strict=True)) if len(names) else {}


def _row(
    key: str, about: say.Pair, parts: list[tuple[np.ndarray, np.ndarray]], year: int, least: float
) -> Rule:
    """A rule over (places, coefficients) of one year."""
    place = np.concatenate([places for places, _ in parts])
    value = np.concatenate([values for _, values in parts])
    return Rule(KEY + key, about[0], place, np.full(len(place), year), value, least, about[1])


def _floor(ground: Ground, fair: FairSettings) -> Iterator[Rule]:
    weight = ground.weight(fair.count)
    for name, share in fair.floor.items():
        year = ground.years.index(int(name))
        for district, places in by_district(ground, weight, year).items():
            whole = float(weight[places].sum())
            least = math.ceil(share * whole - _SLIP) if fair.count == "villages" else share * whole
            if least <= 0:
                continue
            about = say.says(
                "floor", year=name, share=say.percent(share), district=say.district(district),
                least=say.amount(least), all=say.amount(whole),
                unit_en=say.UNITS[fair.count][0], unit_id=say.UNITS[fair.count][1],
            )  # fmt: skip
            yield _row(f"floor.{name}", about, [(places, weight[places])], year, least)


def _each_year(ground: Ground, fair: FairSettings) -> Iterator[Rule]:
    """Counted up over the years: a district that got more early may wait later."""
    weight = ground.weight("villages")
    asked: dict[str, int] = {}
    for year in range(len(ground.years) if fair.each_year else 0):
        for district, places in by_district(ground, weight, year).items():
            possible = int((ground.earliest[places] <= year).sum())
            least = min(asked.get(district, 0) + fair.each_year, possible)
            asked[district] = least
            about = say.says(
                "each_year", year=ground.years[year], district=say.district(district), least=least,
                all=len(places), each=fair.each_year,
            )  # fmt: skip
            if least:
                yield _row("each_year", about, [(places, weight[places])], year, float(least))


def _worst_first(ground: Ground, fair: FairSettings) -> Iterator[Rule]:
    """Not behind by a whole village: a district's lower quota (Balinski and Young 1982, "Fair Representation").

    Lower quotas can always be kept when villages come one at a time (Jefferson's method does), so the rule alone
    never brings a plan to a halt. Of people, a district may be behind by its largest place.
    """
    weight = ground.weight(fair.count)
    for year in range(len(ground.years) if fair.worst_first else 0):
        districts = by_district(ground, weight, year)
        worst = [name for name in ground.worst[fair.count] if name in districts][: fair.worst_first]
        if len(districts) < 2:
            continue
        everyone = np.concatenate(list(districts.values()))
        total = float(weight[everyone].sum())
        for district in worst:
            places = districts[district]
            part = float(weight[places].sum()) / total
            value = weight[everyone] * (np.isin(everyone, places) - part)
            slack = 1 - 1 / total if fair.count == "villages" else float(weight[places].max())
            about = say.says(
                "worst_first", year=ground.years[year], district=say.district(district), k=len(worst)
            )
            yield _row("worst_first", about, [(everyone, value)], year, -slack)


def _spread(ground: Ground, fair: FairSettings) -> Iterator[Rule]:
    if fair.spread is None or fair.spread >= 1:
        return
    weight = ground.weight(fair.count)
    year = len(ground.years) - 1
    districts = by_district(ground, weight, year)
    part = {name: weight[places] / weight[places].sum() for name, places in districts.items()}
    for behind, places in districts.items():
        for ahead, others in districts.items():
            if behind == ahead:
                continue
            about = say.says(
                "spread", year=ground.years[year], share=say.percent(fair.spread),
                behind=say.district(behind), ahead=say.district(ahead),
            )  # fmt: skip
            parts = [(places, part[behind]), (others, -part[ahead])]
            yield _row("spread", about, parts, year, -fair.spread)


def _longest_wait(ground: Ground, fair: FairSettings) -> Iterator[Rule]:
    if fair.longest_wait_years is None:
        return
    due = due_years(ground, fair.longest_wait_years, known=fair.wait_from == "known")
    for p in np.flatnonzero(due < len(ground.years)).tolist():
        year = int(due[p])
        about = say.says(
            "longest_wait", village=ground.village[p], district=say.district(ground.district[p]),
            year=ground.years[year], wait=fair.longest_wait_years, wait_en=say.years(fair.longest_wait_years),
        )  # fmt: skip
        yield _row("longest_wait_years", about, [(np.array([p]), np.ones(1))], year, 1.0)


def due_years(ground: Ground, wait_years: int, known: bool) -> np.ndarray:
    """The year by which each lead has to be served, T: none or not a lead, (P,).

    The wait begins in the plan's first year or when the place falls into need; with `known`, when it became known.
    Who has waited since before the plan is served in time where that can be, else as soon as it can be.
    """
    years = len(ground.years)
    begin = ground.need_from.copy()
    waited = known & (ground.since < ground.years[0]) & (ground.need_from == 0)
    begin[waited] = (ground.since[waited] - ground.years[0]).astype(np.int64)
    due = begin + wait_years
    due[waited] = np.maximum(due[waited], ground.earliest[waited])
    result: np.ndarray = np.where((ground.weight("villages") > 0) & (due < years), due, years)
    return result
