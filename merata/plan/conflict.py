"""Rules that no plan can keep together: the smallest set of them, by name, and what would free it.

First a look without solving (`plain_conflicts`), then a search that asks whether a plan exists under some of the rules.
A set is made irreducible by a deletion filter (J. Chinneck and E. Dravnieks, ORSA Journal on Computing 3, 1991), then
as small as can be by hitting sets (A. Ignatiev, A. Previti, M. Liffiton and J. Marques-Silva, "Smallest MUS extraction
with minimal hitting set dualization", CP 2015).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from merata.plan import rule_words as say
from merata.plan.instance import NONE, Instance, Rule
from merata.plan.plain import impossible
from merata.plan.ruled import MONEY, PAYS, VILLAGES, Ruled

Feasible = Callable[[Instance], bool | None]
"""Whether any plan keeps all conditions of an instance; None: not known (no time left)."""
Possible = Callable[[Collection[str]], bool | None]
"""The same for the rules of some keys, all others left out."""

#: How often the amount of money, or of villages a year, is halved to see how much would do.
_HALVINGS = 6


@dataclass(frozen=True)
class Conflict:
    """Rules that can't be kept together; without any one of them they could, as far as is known.

    keys: of the rules, () when not even a plan without any rule exists. asks, frees: for each key what it asks and
    what would free it, in English and Indonesian. smallest: proven that no fewer rules conflict. plain: found
    without solving.
    """

    keys: tuple[str, ...]
    asks: tuple[say.Pair, ...]
    frees: tuple[say.Pair, ...]
    smallest: bool
    plain: bool

    def told(self, language: str) -> str:
        """The conflict in the language, 'en' or 'id', one line for each rule."""
        k = 0 if language == "en" else 1
        if not self.keys:
            return say.NO_PLAN[k]
        head = say.HEADS["one" if len(self.keys) == 1 else "several"][k].format(number=len(self.keys))
        lines = [
            f"- {key}: {asks[k]}. {say.FREE[k]}: {frees[k]}."
            for key, asks, frees in zip(self.keys, self.asks, self.frees, strict=True)
        ]
        return "\n".join([head, *lines])


def plain_conflicts(problem: Ruled, feasible: Feasible | None = None) -> list[Conflict]:
    """Conflicts that can be seen without solving, none of them sharing a rule; usually there are none.

    `feasible`, where given, is asked only how much money or how many villages a year would do.
    """
    left = list(problem.keys)
    found: list[Conflict] = []
    while impossible(_only(problem, left)):
        keys = irreducible(left, lambda kept: not impossible(_only(problem, kept)))
        instance = _bare(problem, keys, _looks_possible)
        found.append(_conflict(problem, keys, instance, feasible, (len(keys) <= 1, True)))
        left = [key for key in left if key not in keys]
        if not keys:
            break
    return found


def conflict(problem: Ruled, feasible: Feasible, calls: int = 60) -> Conflict | None:
    """The smallest set of rules that no plan keeps together, or None when there is a plan, or none is known to lack.

    `feasible` is asked at most about `calls` times for the irreducible set, as often again for the smallest one, for
    the single rows that matter, and for how much would free it. What it answers None to is taken as feasible, so
    every set that is named is proven to conflict.
    """
    looks = impossible(problem.instance())
    if not looks and feasible(problem.instance()) is not False:
        return None
    start = irreducible(problem.keys, lambda kept: _looks_possible(_only(problem, kept))) if looks else None
    keys, smallest = smallest_conflict(
        problem.keys, lambda kept: feasible(_only(problem, kept)), calls, start
    )
    plain = impossible(_only(problem, keys))
    instance = _bare(problem, keys, _looks_possible if plain else feasible, calls)
    return _conflict(problem, keys, instance, feasible, (smallest, plain))


def _looks_possible(instance: Instance) -> bool:
    return not impossible(instance)


def _only(problem: Ruled, keys: Collection[str]) -> Instance:
    """The instance under the rules of these keys alone."""
    return problem.instance(without=[key for key in problem.keys if key not in keys])


def smallest_conflict(
    keys: Sequence[str], possible: Possible, calls: int, start: Sequence[str] | None = None
) -> tuple[list[str], bool]:
    """The smallest set of `keys` that is not possible, in their order, and whether that is proven.

    All of `keys`, or of `start` where some are known to be impossible, have to be impossible together. After so many
    calls of `possible` for either part of the search the best so far is taken.
    """
    asked = _Counted(possible, calls)
    found = irreducible(keys if start is None else start, asked)
    if asked.short:
        return found, False
    return _fewer(keys, found, _Counted(possible, calls))


class _Counted:
    """Asks so many times, then answers None; remembers what was answered."""

    def __init__(self, possible: Possible, calls: int) -> None:
        self._possible, self._left = possible, calls
        self._known: dict[frozenset[str], bool | None] = {}
        self.short = False
        """Whether any answer was not known."""

    def __call__(self, keys: Collection[str]) -> bool | None:
        these = frozenset(keys)
        if these not in self._known:
            if self._left <= 0:
                self.short = True
                return None
            self._left -= 1
            self._known[these] = self._possible(keys)
        answer = self._known[these]
        self.short |= answer is None
        return answer


def irreducible(keys: Sequence[str], possible: Possible) -> list[str]:
    """Some of `keys` that are impossible together, and possible without any one of them; parts are dropped at once."""
    kept = list(keys)
    parts = [list(keys)] if keys else []
    while parts:
        part = parts.pop()
        rest = [key for key in kept if key not in part]
        if possible(rest) is False:
            kept = rest
        elif len(part) > 1:
            half = len(part) // 2
            parts += [part[half:], part[:half]]
    return kept


def _fewer(keys: Sequence[str], found: list[str], possible: _Counted) -> tuple[list[str], bool]:
    """The smallest set, by hitting what has to be dropped to make each possible set whole again."""
    dropped: list[list[str]] = []
    while True:
        least = _hitting(keys, dropped)
        if len(least) >= len(found):
            return found, True
        answer = possible(least)
        if answer is None:
            return found, False
        if answer is False:
            return least, True
        inside = list(least)
        for key in keys:
            if key not in inside and possible([*inside, key]) is True:
                inside.append(key)
        dropped.append([key for key in keys if key not in inside])


def _hitting(keys: Sequence[str], sets: list[list[str]]) -> list[str]:
    """The fewest keys that hit every set; of several such, rather early ones."""
    if not sets:
        return []
    hits = np.array([[key in one for key in keys] for one in sets], dtype=float)
    weight = 1 + np.arange(len(keys)) / (2 * len(keys) ** 2)
    solved = milp(
        weight,
        constraints=LinearConstraint(hits, lb=1),
        integrality=np.ones(len(keys), dtype=np.int64),
        bounds=Bounds(0, 1),
    )
    if solved.x is None:
        raise RuntimeError("the fewest rules that hit every set were not found: this is a mistake of Merata")
    return [key for key, taken in zip(keys, (np.asarray(solved.x) > 0.5).tolist(), strict=True) if taken]


def _conflict(
    problem: Ruled, keys: list[str], instance: Instance, feasible: Feasible | None, sure: tuple[bool, bool]
) -> Conflict:
    """The words for some keys; `instance` is that of `_bare`, `sure` says whether smallest and plain."""
    asks = [_asks(problem, key, instance.rules) for key in keys]
    frees = [_frees(problem, key, instance, feasible) for key in keys]
    return Conflict(tuple(keys), tuple(asks), tuple(frees), *sure)


def _bare(problem: Ruled, keys: list[str], feasible: Feasible, calls: int = 10_000) -> Instance:
    """The instance under conflicting keys alone, with few of their rows: only those that conflict as well."""
    instance = _only(problem, keys)
    numbers = [str(n) for n in range(len(instance.rules))]

    def with_rows(kept: Collection[str]) -> Instance:
        return replace(instance, rules=[instance.rules[int(n)] for n in kept])

    return with_rows(irreducible(numbers, _Counted(lambda kept: feasible(with_rows(kept)), calls)))


def _asks(problem: Ruled, key: str, rows: list[Rule]) -> say.Pair:
    decided = {decision.key: decision.about for decision in problem.decided}
    if key in decided:
        return decided[key]
    told = [(rule.about, rule.about_id or rule.about) for rule in rows if rule.key == key]
    if told:
        return "; ".join(en for en, _ in told), "; ".join(indonesian for _, indonesian in told)
    limits = problem.base.villages_per_year
    most = ", ".join(str(n) for n in np.unique(limits[limits != NONE]).tolist())
    return say.says(_word(problem, key), most=most) if key in (MONEY, PAYS, VILLAGES) else (key, key)


def _word(problem: Ruled, key: str) -> str:
    """Under which word `rule_words` speaks of a key."""
    kinds = {decision.key: decision.kind for decision in problem.decided}
    setting = next((known for known in say.WORD_OF if key == known or key.startswith(known + ".")), key)
    return kinds.get(key, say.WORD_OF.get(setting, key))


def _frees(problem: Ruled, key: str, instance: Instance, feasible: Feasible | None) -> say.Pair:
    english, indonesian = say.FREES.get(_word(problem, key), say.FREES["other"])
    if feasible and key == MONEY and (more := _more_money(instance, feasible)):
        by = say.percent(more)
        return (
            f"{english}; {by} more in every year would do",
            f"{indonesian}; {by} lebih banyak tiap tahun cukup",
        )
    if feasible and key == VILLAGES and (most := _more_villages(instance, feasible)):
        return f"{english}; {most} would do", f"{indonesian}; {most} cukup"
    return english, indonesian


def _more_money(instance: Instance, feasible: Feasible) -> float:
    """By which share all money has to grow for the rules to be kept, to a few per cent above; 0: not found."""

    def possible(times: float) -> bool:
        money = np.ceil(instance.money * times).astype(np.int64)
        return feasible(replace(instance, money=money)) is True

    high = 1.0
    for _ in range(_HALVINGS):
        low, high = high, high * 2
        if possible(high):
            break
    else:
        return 0.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if possible(middle) else (middle, high)
    return float(np.ceil((high - 1) * 1000) / 1000)


def _more_villages(instance: Instance, feasible: Feasible) -> int:
    """The least limit of villages in every year that would do; 0: none does."""
    limits = instance.villages_per_year

    def possible(most: int) -> bool:
        more = np.where(limits == NONE, NONE, np.maximum(limits, most))
        return feasible(replace(instance, villages_per_year=more)) is True

    low, high = int(limits[limits != NONE].min()), len(np.unique(instance.village))
    if not possible(high):
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if possible(middle) else (middle, high)
    return high
