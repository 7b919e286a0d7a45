"""Villages that are alike in everything that counts, taken together: a search need not try them in every order.

Where little is known many villages are alike, and an integer programme drowns in their order. So one village stands for
all of its kind, its columns count how many of them do something, and the k-th that happens at one of their places goes
to the k-th village. That is exact: the k-th earliest office goes to the k-th village, and so does the k-th earliest of
every other place, so nothing comes before its office.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from merata.plan.columns import Columns, any_of, columns, open_villages
from merata.plan.instance import NONE, Instance, Things
from merata.plan.instance import Solution as Plan
from merata.plan.programme import Floor


@dataclass(frozen=True)
class Alike:
    """An instance in which one village stands for all that are alike, and who they are."""

    whole: Instance
    small: Instance
    copies: np.ndarray
    """How many places each place of `small` stands for, (p,)."""
    places: list[np.ndarray]
    """For each place of `small`: those of `whole` that it stands for, in order of their villages."""
    offers: list[np.ndarray]
    """For each offer of `small`: those of `whole`, likewise; offers that can never start are in none."""

    def shrunk(self, floor: Floor) -> Floor:
        """What a floor asks, in terms of `small`."""
        first = [places[0] for places in self.places]
        share = None if floor.share is None else floor.share[[offers[0] for offers in self.offers]]
        return dataclasses.replace(floor, worth=floor.worth[first], share=share)

    def worth(self, worth: np.ndarray) -> np.ndarray:
        """Worths of the places of `whole`, (P, T), as those of `small`."""
        result: np.ndarray = worth[[places[0] for places in self.places]]
        return result

    def counts(self, plan: Plan) -> tuple[np.ndarray, np.ndarray]:
        """How many of each offer of `small` start, and serve, in each year of a plan for `whole`, (o, T) twice."""
        years = len(self.whole.years)
        of_small = np.full(len(self.whole.place), len(self.offers))
        for n, offers in enumerate(self.offers):
            of_small[offers] = n
        found = np.zeros((2, len(self.offers) + 1, years), dtype=np.int64)
        np.add.at(found[0], of_small, plan.offer_start[:, None] == np.arange(years))
        np.add.at(found[1], of_small, plan.serving(years))
        return found[0, :-1], found[1, :-1]

    def plan(self, single: Plan, starts: np.ndarray, serves: np.ndarray) -> Plan:
        """The plan for `whole` that counts stand for, (o, T) twice; `single`: the same read as if all were single."""
        result = Plan.nothing(self.whole)
        result.node_start, result.link_start = single.node_start, single.link_start
        alone = self.copies[self.small.place] == 1
        own = np.array([offers[0] for offers in self.offers], dtype=np.int64)[alone]
        result.offer_start[own], result.offer_end[own] = single.offer_start[alone], single.offer_end[alone]
        of_place: dict[int, list[int]] = {}
        for n in np.flatnonzero(~alone).tolist():
            of_place.setdefault(int(self.small.place[n]), []).append(n)
        for place, kinds in of_place.items():
            state = np.full(int(self.copies[place]), NONE)
            for t in range(len(self.whole.years)):
                self._year(result, kinds, state, starts, serves, t)
        return result

    def without(self, at: Columns, worthless: np.ndarray) -> Instance:
        """`whole` without things all whose decisions are worthless, of the columns `at` of `small`, (count,) bool."""
        never = len(self.whole.years)

        def gone(family: np.ndarray) -> np.ndarray:
            return ~any_of(family, ~worthless)

        def less(things: Things, out: np.ndarray) -> Things:
            return dataclasses.replace(things, first=np.where(out & ~things.must, never, things.first))

        offers = np.zeros(len(self.whole.place), dtype=bool)
        for n in np.flatnonzero(gone(at.starts) | (gone(at.serves) & ~self.small.lasting)).tolist():
            offers[self.offers[n]] = True
        return dataclasses.replace(
            self.whole,
            nodes=less(self.whole.nodes, gone(at.lit) & ~self.whole.root),
            links=less(self.whole.links, gone(at.way) & gone(at.extra)),
            offers=less(self.whole.offers, offers),
        )

    def _year(
        self, plan: Plan, own: list[int], state: np.ndarray, starts: np.ndarray, serves: np.ndarray, t: int
    ) -> None:
        """What changes at the places of a kind in a year; `state`: which of `own` serves each of them."""
        wanted = {n: self._wanted(n, starts, serves, t) for n in own}
        left: list[int] = []
        for n in own:
            serving = np.flatnonzero(state == n)
            for k in serving[wanted[n] :].tolist():
                left.append(k)
                plan.offer_end[self.offers[n][k]] = t
                state[k] = NONE
        # What gave way is served anew first: served stays served.
        fresh = [k for k in np.flatnonzero(state == NONE).tolist() if k not in set(left)]
        waiting = [*sorted(left), *fresh]
        for n in own:
            missing = wanted[n] - int((state == n).sum())
            for k in [waiting.pop(0) for _ in range(min(missing, len(waiting)))]:
                state[k] = n
                plan.offer_start[self.offers[n][k]] = t
                plan.offer_end[self.offers[n][k]] = len(self.whole.years)

    def _wanted(self, n: int, starts: np.ndarray, serves: np.ndarray, t: int) -> int:
        return int(starts[n, : t + 1].sum()) if self.small.lasting[n] else int(serves[n, t])


def alike(instance: Instance, floors: Sequence[Floor] = ()) -> Alike:
    """The instance with villages that are alike taken together, also in what `floors` ask of them."""
    groups: dict[object, list[np.ndarray]] = {}
    able = (columns(instance).starts != NONE).any(axis=1)
    single = _single(instance, able)
    offers_of = [own[able[own]] for own in _by(instance.place, len(instance.village))]
    in_rules = _in_rules(instance)
    for village, places in enumerate(_by(instance.village, int(instance.village.max(initial=NONE)) + 1)):
        if len(places):
            key: object = (
                village if single[places].any() else _signature(instance, places, offers_of, in_rules, floors)
            )
            groups.setdefault(key, []).append(places)
    kinds = [np.stack(members) for members in groups.values()]
    firsts = [kind[0] for kind in kinds]
    kept = np.concatenate([*firsts, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    order = np.argsort(kept, kind="stable")
    of_first = {int(kind[0, k]): kind[:, k] for kind in kinds for k in range(kind.shape[1])}
    members = [of_first[int(p)] for p in kept[order]]
    offers = _offers(offers_of, members)
    return Alike(
        instance,
        _smaller(instance, kept[order], np.array([o[0] for o in offers], dtype=np.int64)),
        np.array([len(p) for p in members], dtype=np.int64),
        members,
        offers,
    )


def _by(of: np.ndarray, count: int) -> list[np.ndarray]:
    order = np.argsort(of, kind="stable")
    return np.split(order, np.searchsorted(of[order], np.arange(1, count))) if count else []


def _single(instance: Instance, able: np.ndarray) -> np.ndarray:
    """Places whose villages stand for themselves alone: they hang on the network, or start with any of their places."""
    result = np.zeros(len(instance.village), dtype=bool)
    result[instance.place[((instance.node != NONE) & able) | instance.offers.must]] = True
    if (instance.villages_per_year != NONE).any():
        result |= np.isin(instance.village, open_villages(instance))
    outside = (instance.gate != NONE) & (instance.village[instance.gate] != instance.village)
    result |= outside
    result[instance.gate[outside]] = True
    return result


def _in_rules(instance: Instance) -> dict[int, list[tuple[int, int, float]]]:
    """What each place counts in each rule: (rule, year, coefficient)."""
    found: dict[int, list[tuple[int, int, float]]] = {}
    for n, rule in enumerate(instance.rules):
        for place, year, value in zip(
            rule.place.tolist(), rule.year.tolist(), rule.coefficient.tolist(), strict=True
        ):
            found.setdefault(place, []).append((n, year, float(value)))
    return found


def _signature(
    instance: Instance,
    places: np.ndarray,
    offers_of: list[np.ndarray],
    in_rules: dict[int, list[tuple[int, int, float]]],
    floors: Sequence[Floor],
) -> object:
    position = {int(place): n for n, place in enumerate(places)}
    tier = instance.tier if len(instance.tier) else np.zeros(len(instance.village), dtype=np.int64)
    return tuple(
        (
            instance.worth[place].tobytes(),
            position.get(int(instance.gate[place]), NONE),
            int(tier[place]),
            tuple(sorted(in_rules.get(int(place), []))),
            tuple(_offer(instance, int(offer)) for offer in offers_of[place]),
            tuple(floor.worth[place].tobytes() for floor in floors),
            tuple(floor.share[offers_of[place]].tobytes() for floor in floors if floor.share is not None),
        )
        for place in places
    )


def _offer(instance: Instance, n: int) -> tuple[object, ...]:
    own = tuple(getattr(instance.offers, f.name)[n].tobytes() for f in dataclasses.fields(Things))
    rest = (instance.share[n], instance.lasting[n], instance.reuse[n], instance.pool[n])
    return (*own, *(value.item() for value in rest))


def _offers(offers_of: list[np.ndarray], places: list[np.ndarray]) -> list[np.ndarray]:
    """For each kept offer, in the order of the whole's: those that it stands for."""
    found = [np.stack([offers_of[p] for p in same], axis=1) for same in places if len(offers_of[same[0]])]
    rows = [row for block in found for row in block]
    return sorted(rows, key=lambda row: int(row[0]))


def _smaller(instance: Instance, places: np.ndarray, offers: np.ndarray) -> Instance:
    """The instance of these places and offers alone."""
    at = np.full(len(instance.village) + 1, NONE)
    at[places] = np.arange(len(places))
    rules = []
    for rule in instance.rules:
        kept = at[rule.place] != NONE
        rules.append(
            dataclasses.replace(
                rule, place=at[rule.place[kept]], year=rule.year[kept], coefficient=rule.coefficient[kept]
            )
        )
    things = dataclasses.replace(
        instance.offers,
        **{f.name: getattr(instance.offers, f.name)[offers] for f in dataclasses.fields(Things)},
    )
    return dataclasses.replace(
        instance,
        worth=instance.worth[places],
        village=instance.village[places],
        gate=at[instance.gate[places]],
        offers=things,
        place=at[instance.place[offers]],
        **{
            name: getattr(instance, name)[offers]
            for name in ("node", "share", "lasting", "mbps", "reuse", "pool")
        },
        rules=rules,
        tier=instance.tier[places] if len(instance.tier) else instance.tier,
    )
