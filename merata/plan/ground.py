"""What the rules of a plan rest on: who is in need where, since when, and from when on something could serve them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from merata.plan.columns import reach
from merata.plan.frames import flags, numbers, words
from merata.plan.instance import NONE, Instance

_FULL = 1 - 1e-9


@dataclass(frozen=True)
class Ground:
    """Facts by place (P of them); T years, counted from 0.

    A village counts as served when its *lead* is: its office where that is below its promise, else those of its
    people who are most, else its first place. Only places that some offer can reach count at all.
    """

    years: list[int]
    district: np.ndarray
    village: np.ndarray
    """Codes of villages, (P,) text."""
    kind: np.ndarray
    unserved: np.ndarray
    """Whether it has nothing at all now, (P,) bool."""
    people: np.ndarray
    """People below their promise whom service there brings to it, (P,); 0 for facilities."""
    lead: np.ndarray
    """Whether it stands for its village, (P,) bool."""
    earliest: np.ndarray
    """First year in which it could be served, T: never, (P,)."""
    need_from: np.ndarray
    """First year in which it is in need: later than 0 where a contract ends, (P,)."""
    since: np.ndarray
    """Calendar year since which it is known to be below its promise; NaN: not known, (P,)."""
    worst: dict[str, list[str]]
    """Districts from the worst off, by what is counted: villages, people."""

    @property
    def reachable(self) -> np.ndarray:
        """Whether some offer can reach it in these years, (P,) bool."""
        result: np.ndarray = self.earliest < len(self.years)
        return result

    def weight(self, count: str) -> np.ndarray:
        """What each place counts, (P,): 1 for a lead, or its people; 0 where nothing reaches it."""
        own = self.lead.astype(float) if count == "villages" else self.people
        result: np.ndarray = np.where(self.reachable, own, 0.0)
        return result

    def districts(self) -> list[str]:
        """Names of districts with any place, in order of name."""
        return sorted(set(self.district.tolist()))


def ground(instance: Instance, places: pd.DataFrame, villages: pd.DataFrame | None = None) -> Ground:
    """The facts of an instance without rules.

    Parameters
    ----------
    instance : its places are the rows of `places`.
    places : village_code, kind, access_now, people_below; district, is_office and since (calendar year), where known.
    villages : all villages of the region with code, district, people (like Access.villages): gives the districts that
        `places` lacks, and which districts are worst off. Without it those are worst off that have most in need.

    """
    code = words(places["village_code"])
    district = _districts(places, villages, code)
    people = np.nan_to_num(numbers(places["people_below"]))
    first = earliest(instance)
    need_from = _need_from(instance.worth)
    office = (
        flags(places["is_office"]) if "is_office" in places else words(places["kind"]) == "village office"
    )
    lead = _leads(code, first >= len(instance.years), need_from, office, people)
    every = places.get("since")
    return Ground(
        years=list(instance.years),
        district=district,
        village=code,
        kind=words(places["kind"]),
        unserved=words(places["access_now"]) == "none",
        people=people,
        lead=lead,
        earliest=first,
        need_from=need_from,
        since=np.full(len(code), np.nan) if every is None else numbers(every),
        worst={
            "villages": _worst(district, lead.astype(float), villages, None),
            "people": _worst(district, people, villages, "people"),
        },
    )


def earliest(instance: Instance, paid: bool = False) -> np.ndarray:
    """First year in which any offer could serve each place, T: never, (P,); its gate could be served no later.

    `paid`: only through offers that the funds can pay for as far as their ceilings and first amounts go.
    """
    years = len(instance.years)
    offers = instance.offers
    lit = np.append(reach(instance), 0)
    first = np.maximum(np.maximum(offers.first, offers.lead), lit[instance.node])
    good = (first <= np.minimum(offers.last, years - 1)) & (instance.share > 0)
    if paid:
        first = np.maximum(first, _payable_from(instance))
        good &= first <= np.minimum(offers.last, years - 1)
    result = np.full(len(instance.village), years)
    np.minimum.at(result, instance.place[good], first[good])
    gated = instance.gate != NONE
    result[gated] = np.maximum(result[gated], result[instance.gate[gated]])
    return result


def _payable_from(instance: Instance) -> np.ndarray:
    """First year in which the money so far covers an offer's own cost, T: never, (O,)."""
    years = len(instance.years)
    offers = instance.offers
    room = (
        np.stack([room_of(instance, c) for c in range(len(instance.ceiling))])
        if len(instance.ceiling)
        else None
    )
    result = np.full(len(offers), years)
    for t in reversed(range(years)):
        paid = t - offers.lead
        may = paid >= 0
        if room is not None:
            # Reused capital may be spared, so only the rest is certain.
            capital = offers.capital[np.arange(len(offers)), np.maximum(paid, 0)]
            sure = np.where(instance.pool == NONE, capital, np.maximum(0, capital - instance.reuse))
            may &= sure <= room[offers.capital_class, np.maximum(paid, 0)]
            may &= offers.running[:, t] <= room[offers.running_class, t]
        result[may] = t
    return result


def room_of(instance: Instance, payment_class: int) -> np.ndarray:
    """The most rupiah that a class can be paid by the end of each year, were it alone, (T,); 0: nobody may pay."""
    share = instance.ceiling[payment_class]
    if share.sum() < _FULL:
        return np.zeros(len(instance.years))
    result: np.ndarray = np.cumsum(instance.money[share > 0].sum(axis=0)).astype(float)
    return result


def _districts(places: pd.DataFrame, villages: pd.DataFrame | None, code: np.ndarray) -> np.ndarray:
    if "district" in places:
        return words(places["district"])
    if villages is None:
        return np.full(len(code), "", dtype=object)
    of = dict(zip(words(villages["code"]), words(villages["district"]), strict=True))
    return np.array([of.get(c, "") for c in code], dtype=object)


def _need_from(worth: np.ndarray) -> np.ndarray:
    counts = worth > 0
    result: np.ndarray = np.where(counts.any(axis=1), counts.argmax(axis=1), 0)
    return result


def _leads(
    code: np.ndarray, never: np.ndarray, need_from: np.ndarray, office: np.ndarray, people: np.ndarray
) -> np.ndarray:
    order = np.lexsort((np.arange(len(code)), -people, ~office, need_from, never))
    lead = np.zeros(len(code), dtype=bool)
    seen: set[str] = set()
    for p in order.tolist():
        lead[p] = code[p] not in seen
        seen.add(code[p])
    return lead


def _worst(
    district: np.ndarray, need: np.ndarray, villages: pd.DataFrame | None, size: str | None
) -> list[str]:
    """Districts by the share of their villages or people in need, the largest first; then by number, then by name."""
    inside = pd.Series(need).groupby(district).sum()
    names = [str(name) for name in inside.index]
    whole = dict.fromkeys(names, 1.0)
    if villages is not None:
        sizes = np.ones(len(villages)) if size is None else np.nan_to_num(numbers(villages[size]))
        whole = {
            str(k): float(v) for k, v in pd.Series(sizes).groupby(words(villages["district"])).sum().items()
        }
    share = {
        name: float(inside[name]) / max(whole.get(name, 0.0), float(inside[name]), 1e-9) for name in names
    }
    return sorted(names, key=lambda name: (-share[name], -float(inside[name]), name))
