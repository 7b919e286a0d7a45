"""The sections [plan.fair] and [[plan.decide]] of region.toml: what every plan has to keep, none of it needed."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from typing import Literal

from pydantic import Field, field_validator, model_validator

from merata.region._section import Section

Decided = Literal["force", "forbid", "fix", "postpone", "promised"]

#: Words of `order` that say how badly a place is off; all others are kinds of places.
NEEDS = ("unserved", "weak")
KINDS = (
    "village office", "district office", "school", "health post", "market", "small-business centre", "creative hub",
    "worship", "other", "people",
)  # fmt: skip


class FairSettings(Section):
    """What every plan has to keep for the sake of fairness. Only what some option can reach counts."""

    count: Literal["villages", "people"] = Field(
        "villages", description="What shares are counted in; of villages or people below their promise"
    )
    floor: dict[str, float] = Field(
        default_factory=dict,
        description="Least share of each district that is served by the end of a year, {2027 = 0.3}",
    )
    each_year: int = Field(
        0,
        ge=0,
        description="Villages that each district gets every year, as far as it has them; what came early counts for later; 0: no such rule",
    )
    worst_first: int = Field(
        0,
        ge=0,
        description="So many districts, those worst off now, never fall behind the region's share served by a whole village (of people: by more than their largest place); 0: no such rule",
    )
    spread: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Largest difference between the shares served of any two districts in the last year: the cap on inequality",
    )
    longest_wait_years: int | None = Field(
        None,
        ge=0,
        description="Every village is served at most so many years after the wait begins; 0: in that very year",
    )
    wait_from: Literal["plan", "known"] = Field(
        "plan",
        description="Where the wait begins: the plan's first year, or the year since which the village is known to be unserved; who has waited too long already is served as soon as can be",
    )
    order: list[str] = Field(
        default_factory=list,
        description="Who goes first: `unserved` and `weak`, and kinds of places such as `village office`, `school`, `health post`, `people`; all that can be had for one goes before any for the next",
    )

    @field_validator("floor")
    @classmethod
    def _floor(cls, floor: dict[str, float]) -> dict[str, float]:
        for year, share in floor.items():
            if not (year.isdigit() and 2000 <= int(year) <= 2100):
                raise ValueError(f"'{year}' is not a year")
            if not 0 <= share <= 1:
                raise ValueError(f"the share of {year} is {share:g}; expected 0 to 1, like 0.3")
        return dict(sorted(floor.items()))

    @field_validator("order")
    @classmethod
    def _order(cls, order: list[str]) -> list[str]:
        unknown = sorted(set(order) - {*NEEDS, *KINDS})
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: expected {', '.join((*NEEDS, *KINDS))}")
        twice = sorted({word for word in order if order.count(word) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)}: stands twice")
        return order


class DecideSettings(Section):
    """A decision that is taken already: about a village, a place, a site, an option, or an option at one of these."""

    decision: Decided = Field(
        description="`force`: served or built, by `year` if given; `forbid`: never; `fix`: in exactly `year`; `postpone`: not before `year`; `promised`: by `year` at the latest"
    )
    reason: str = Field(min_length=1, description="Why, in words; explanations quote it")
    village: str = Field("", description="Code of the village; it counts as served when its office is")
    place: str = Field("", description="Id of the facility or settlement")
    site: str = Field("", description="Id of the site or link of the network")
    option: str = Field("", description="Option, like `leo`; alone: everywhere")
    year: int | None = Field(None, ge=2000, le=2100, description="Year of the decision")
    fund: str = Field("", description="With `fix`: the fund that pays for it")
    paid: bool = Field(
        False, description="With `promised`: what it takes to build is paid already, running costs are not"
    )

    @model_validator(mode="after")
    def _whole(self) -> DecideSettings:
        self._check_subject()
        if self.year is None and self.decision in ("fix", "postpone", "promised"):
            raise ValueError(f"{self.decision} needs a year")
        if self.year is not None and self.decision == "forbid":
            raise ValueError("forbid takes no year; `postpone` forbids until a year")
        if self.fund and self.decision != "fix":
            raise ValueError(f"a fund goes with fix, not with {self.decision}")
        if self.paid and (self.decision != "promised" or not (self.site or (self.place and self.option))):
            raise ValueError("paid goes with promised, and with a site or a place with its option")
        if not self.reason.strip():
            raise ValueError("the reason is empty; say in a few words why")
        return self

    def _check_subject(self) -> None:
        if not (self.village or self.place or self.site or self.option):
            raise ValueError("says nothing about what: name a village, place, site or option")
        if sum(map(bool, (self.village, self.place, self.site))) > 1:
            raise ValueError("names several things; name one of village, place and site in each row")
        if self.site and (self.option or self.fund):
            raise ValueError("a site goes with no option or fund; those belong to a village or place")
        alone = self.option and not (self.village or self.place)
        if alone and self.decision not in ("forbid", "postpone"):
            raise ValueError(
                f"{self.decision} of an option needs a village or place; alone it can be forbidden"
            )

    @property
    def subject(self) -> str:
        """What it is about, in English: 'village 64.02.01.2001, option leo'."""
        names = ("village", "place", "site", "option")
        return ", ".join(f"{name} {getattr(self, name)}" for name in names if getattr(self, name))


def contradictions(rows: Sequence[DecideSettings]) -> Iterator[str]:
    """What two rows say against each other about the same thing, each pair named by its numbers, from 1."""
    for (n, a), (k, b) in combinations(enumerate(rows, 1), 2):
        why = _clash(a, b) or _clash(b, a)
        if why:
            yield (
                f"rows {n} and {k} of plan.decide contradict each other about {_narrower(a, b).subject}: {why} "
                f"(row {n}: {a.decision}, {a.reason!r}; row {k}: {b.decision}, {b.reason!r}); drop or change one"
            )


def _narrower(a: DecideSettings, b: DecideSettings) -> DecideSettings:
    return b if _within(b, a) else a


def _within(inner: DecideSettings, outer: DecideSettings) -> bool:
    """Whether all that `inner` is about is a part of what `outer` is about, as far as their words say."""
    names = ("village", "place", "site", "option")
    return all(getattr(outer, n) in ("", getattr(inner, n)) for n in names)


def _clash(a: DecideSettings, b: DecideSettings) -> str:
    """Why what `a` asks for is not to be had under `b`; '' when it is."""
    wants = a.decision in ("force", "fix", "promised")
    if wants and b.decision == "forbid" and _within(a, b):
        return "the one asks for it, the other forbids it"
    early = wants and b.decision == "postpone" and _within(a, b)
    if early and a.year is not None and b.year is not None and a.year < b.year:
        return f"the one asks for {a.year}, the other postpones it to {b.year}"
    same = _within(a, b) and _within(b, a)
    if same and a.decision == b.decision == "fix" and (a.year, a.fund) != (b.year, b.fund):
        return f"the one fixes {a.year} {a.fund}".rstrip() + f", the other {b.year} {b.fund}".rstrip()
    if (
        same
        and a.decision in ("force", "promised")
        and b.decision == "fix"
        and (a.year or 9999) < (b.year or 0)
    ):
        return f"the one asks for it by {a.year}, the other fixes {b.year}"
    return ""


def outside(fair: FairSettings, rows: Sequence[DecideSettings], first: int, last: int) -> Iterator[str]:
    """Years that lie where the plan can't heed them."""
    for year in fair.floor:
        if not first <= int(year) <= last:
            yield f"fair.floor: {year} is not among the planned years {first} to {last}"
    for n, row in enumerate(rows, 1):
        if row.year is None:
            continue
        if row.decision == "fix" and not first <= row.year <= last:
            yield f"row {n} of plan.decide fixes {row.year}; planned are {first} to {last}"
        if row.decision == "force" and row.year < first:
            yield f"row {n} of plan.decide forces it by {row.year}, before the first planned year {first}"


def unknown(what: str, name: str, there: Collection[str]) -> str:
    """That a decision names something that is not there, and what it may have meant."""
    near = difflib.get_close_matches(name, sorted(there), 3, 0.6)
    hint = f"; did you mean {' or '.join(near)}?" if near else f"; there are {len(there)}"
    return f"no {what} {name!r} in the plan{hint}"
