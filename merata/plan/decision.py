"""A decision for every place, the money it takes, and moves that better it without ever breaking a rule."""

from __future__ import annotations

import math

import numpy as np

from merata.plan.problem import Problem

NONE = -1


class Decision:
    """Which offer, year and fund each place gets (-1: nothing), with what is left of every budget."""

    def __init__(self, problem: Problem) -> None:
        places, years, _ = problem.shape
        self.problem = problem
        self.offer = np.full(places, NONE)
        self.year = np.full(places, years)
        self.fund = np.full(places, NONE)
        self.room = problem.budget.copy()
        self.starts = np.zeros(years, dtype=np.int64)
        self._places_of = _groups(problem.village)
        self._children_of = _groups(problem.gate)
        self._offers_of = _groups(problem.place)

    @property
    def objective(self) -> float:
        """Weighted years of service."""
        built = np.flatnonzero(self.offer != NONE)
        return math.fsum(self.problem.weight[self.offer[built]] * self.problem.value[self.year[built]])

    def copy(self) -> Decision:
        """An independent copy."""
        other = object.__new__(Decision)
        other.__dict__.update(self.__dict__)
        for name in ("offer", "year", "fund", "room", "starts"):
            setattr(other, name, getattr(self, name).copy())
        return other

    def start(self, place: int, without: bool = False) -> int:
        """Year of the first point in the place's village, the number of years for none; `without` this place."""
        around = self._places_of[int(self.problem.village[place])]
        years = self.year[around] if not without else self.year[around[around != place]]
        return int(years.min()) if len(years) else len(self.problem.years)

    def put(self, place: int, offer: int, year: int, fund: int) -> None:
        """Build `offer` at `place`, which has nothing yet; the money may then be overspent."""
        before = self.start(place)
        self.offer[place], self.year[place], self.fund[place] = offer, year, fund
        self._count(before, self.start(place))
        self._pay(offer, year, fund, -1)

    def take(self, place: int) -> None:
        """Leave `place` with nothing."""
        before = self.start(place)
        self._pay(int(self.offer[place]), int(self.year[place]), int(self.fund[place]), 1)
        self.offer[place], self.year[place], self.fund[place] = NONE, len(self.problem.years), NONE
        self._count(before, self.start(place))

    def _count(self, before: int, after: int) -> None:
        for year, change in ((before, -1), (after, 1)):
            if year < len(self.starts):
                self.starts[year] += change

    def _pay(self, offer: int, year: int, fund: int, sign: int) -> None:
        self.room[fund, year:] += sign * self.problem.opex[offer]
        self.room[fund, year] += sign * self.problem.capex[offer]

    def years_allowed(self, place: int) -> np.ndarray:
        """Which years the rules about villages (not money) allow a place that has nothing now."""
        problem = self.problem
        years = np.arange(len(problem.years))
        gate = int(problem.gate[place])
        children = self._children_of.get(place, years[:0])
        first = self.year[gate] if gate != NONE else 0
        allowed: np.ndarray = (years >= first) & (years <= self.year[children].min(initial=len(years)))
        if problem.villages_per_year:
            allowed &= self._starts_allowed(self.start(place, without=True))
        return allowed

    def _starts_allowed(self, start: int) -> np.ndarray:
        """Years in which a village that starts in `start` without it may get another point."""
        years = np.arange(len(self.starts))
        limit = self.problem.villages_per_year
        earlier = (years < start) & (self.starts < limit)
        crowded = start < len(years) and self.starts[start] > limit
        return earlier if crowded else earlier | (years >= start)

    def put_if_allowed(self, place: int, offer: int, year: int, fund: int) -> bool:
        """Build `offer` at `place`, which has nothing yet, unless a rule or the fund forbids it."""
        allowed = bool(self.years_allowed(place)[year]) and not self.missing(offer, year)[fund].any()
        if allowed:
            self.put(place, offer, year, fund)
        return allowed

    def missing(self, offer: int, year: int) -> np.ndarray:
        """Rupiah by fund and year that lack for building `offer` in `year`, everything else as it is."""
        need = np.zeros(self.room.shape[1], dtype=np.int64)
        need[year:] = self.problem.opex[offer]
        need[year] += self.problem.capex[offer]
        lacking: np.ndarray = np.maximum(need - self.room, 0) * (need > 0)
        return lacking

    def best(self, place: int) -> tuple[int, int, int] | None:
        """The best (offer, year, fund) within the rules for a place with nothing: worth most, then cheapest."""
        allowed = self.years_allowed(place)
        offers = self._offers_of.get(place)
        if offers is None or not allowed.any():
            return None
        found = []
        for offer in offers.tolist():
            spot = self._earliest(offer, allowed)
            if spot is not None:
                worth = float(self.problem.weight[offer] * self.problem.value[spot[0]])
                found.append((-worth, self.cost(offer, spot[0]), offer, *spot))
        return min(found)[2:] if found else None

    def cost(self, offer: int, year: int) -> int:
        """Rupiah over all the plan's years when built in `year`."""
        return int(self.problem.capex[offer] + self.problem.opex[offer] * (len(self.problem.years) - year))

    def _earliest(self, offer: int, allowed: np.ndarray) -> tuple[int, int] | None:
        """First allowed year with a fund that can pay, and the first such fund."""
        enough = self.room >= self.problem.opex[offer]
        # Running cost must be there in every year from the first on.
        lasting = np.logical_and.accumulate(enough[:, ::-1], axis=1)[:, ::-1]
        payable = lasting & (self.room >= self.problem.opex[offer] + self.problem.capex[offer]) & allowed
        years = np.flatnonzero(payable.any(axis=0))
        return (int(years[0]), int(np.flatnonzero(payable[:, years[0]])[0])) if len(years) else None

    def improve(self, passes: int = 20) -> None:
        """Build, bring forward and cheapen single points until no single move betters the plan."""
        order = self._order()
        for _ in range(passes):
            moves = [self._better(place) for place in order]
            if not any(moves):
                return

    def _order(self) -> list[int]:
        """Places by what a rupiah brings there, best first; then as they come."""
        problem = self.problem
        ratio = np.zeros(problem.shape[0])
        cost = np.maximum(problem.capex + problem.opex * len(problem.years), 1)
        np.maximum.at(ratio, problem.place, problem.weight / cost)
        return [int(place) for place in np.argsort(-ratio, kind="stable") if ratio[place] > 0]

    def _better(self, place: int) -> bool:
        old = (int(self.offer[place]), int(self.year[place]), int(self.fund[place]))
        built = old[0] != NONE
        if built:
            self.take(place)
        new = self.best(place)
        if new is not None and (not built or self._rank(*new[:2]) < self._rank(*old[:2])):
            self.put(place, *new)
            return True
        if built:
            self.put(place, *old)
        return False

    def _rank(self, offer: int, year: int) -> tuple[float, int]:
        return -float(self.problem.weight[offer] * self.problem.value[year]), self.cost(offer, year)


def _groups(of: np.ndarray) -> dict[int, np.ndarray]:
    """Positions by the number that stands there, in order."""
    order = np.argsort(of, kind="stable")
    keys, starts = np.unique(of[order], return_index=True)
    return dict(zip(keys.tolist(), np.split(order, starts[1:]), strict=True)) if len(of) else {}
