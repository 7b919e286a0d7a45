"""The rows of [[plan.decide]] as changes of offers, nodes and links, and as rules: forced, forbidden, promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from merata.errors import SettingsError
from merata.plan import rule_words as say
from merata.plan.frames import words
from merata.plan.ground import Ground
from merata.plan.instance import NONE, Instance, Rule
from merata.region.settings_rules import DecideSettings, unknown


@dataclass(frozen=True)
class Names:
    """What region.toml calls the things of an instance: one name for each, in the order of its arrays."""

    places: Sequence[str]
    """Ids of facilities and settlements, (P,)."""
    options: Sequence[str]
    """Option of each offer, (O,)."""
    nodes: Sequence[str]
    links: Sequence[str]
    villages: Sequence[str] = ()
    """Codes of all villages of the region; empty: those with a place."""

    @classmethod
    def of(
        cls,
        places: pd.DataFrame,
        offers: pd.DataFrame,
        nodes: pd.DataFrame,
        links: pd.DataFrame,
        villages: pd.DataFrame | None = None,
    ) -> Names:
        """From the tables of the supply, whose rows are those of the instance."""
        return cls(
            list(words(places["place"])),
            list(words(offers["option"])),
            list(words(nodes["node"])),
            list(words(links["link"])),
            [] if villages is None else list(words(villages["code"])),
        )


@dataclass(frozen=True)
class Change:
    """What a decision changes of some `things`: offers, nodes or links. Years are counted from 0."""

    things: str
    rows: np.ndarray
    first: int = 0
    """Not in service before; T: never."""
    last: int | None = None
    """In service by; None: it need not be."""
    paid: bool = False
    """Its capital is paid already and nothing has to be waited for: a fact, alone in its change."""
    fund: int = NONE
    """The only fund that pays for what it may pay for; NONE: any."""


@dataclass(frozen=True)
class Decision:
    """One row: `key` is 'plan.decide.N', N from 1; `notes` say where it has no effect, in English and Indonesian."""

    key: str
    kind: str
    about: say.Pair
    changes: list[Change] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    notes: list[say.Pair] = field(default_factory=list)


def decisions(
    instance: Instance,
    ground: Ground,
    names: Names,
    rows: Sequence[DecideSettings],
    stand: str = "region.toml: plan.decide: row",
) -> list[Decision]:
    """Every row, in order; `stand` says where they stand when one is wrong, before its number.

    Raises
    ------
    SettingsError
        A village, site, option or fund that is not there is named; every mistake at once.

    """
    made = [_Maker(instance, ground, names, n, row) for n, row in enumerate(rows, 1)]
    wrong = [f"{stand} {maker.number}: {text}" for maker in made for text in maker.wrong()]
    if wrong:
        raise SettingsError("\n".join(wrong))
    return [maker.decision() for maker in made]


class _Maker:
    """One row on its way."""

    def __init__(
        self, instance: Instance, ground: Ground, names: Names, number: int, row: DecideSettings
    ) -> None:
        self.instance, self.ground, self.names = instance, ground, names
        self.number, self.row = number, row
        self.end = len(instance.years)
        self.year = NONE if row.year is None else max(0, row.year - instance.years[0])
        self.option = np.array(names.options, dtype=object) == row.option
        self.places = self._places()
        self.made = Decision(f"plan.decide.{number}", row.decision, self._about())

    def wrong(self) -> list[str]:
        """What it names that is not there."""
        row, names = self.row, self.names
        known = {*names.villages, *self.ground.village.tolist()}
        checks = (
            ("village", row.village, known),
            ("site", row.site, {*names.nodes, *names.links}),
            ("fund", row.fund, set(self.instance.funds)),
        )
        return [unknown(what, name, there) for what, name, there in checks if name and name not in there]

    def decision(self) -> Decision:
        """The row as changes and rules."""
        if self.row.site:
            self._site()
        elif self.row.decision in ("forbid", "postpone"):
            self._later(self._offers(self.places))
        else:
            self._serve()
        return self.made

    def _about(self) -> say.Pair:
        row = self.row
        en, indonesian = say.subject(village=row.village, place=row.place, site=row.site, option=row.option)
        by, by_id = (f" by {row.year}", f" sampai {row.year}") if row.year else ("", "")
        fund, fund_id = (f" from {row.fund}", f" dari {row.fund}") if row.fund else ("", "")
        return say.says(
            row.decision, subject_en=en, subject_id=indonesian, by_en=by, by_id=by_id, year=row.year,
            fund_en=fund, fund_id=fund_id, reason=row.reason.strip(),
        )  # fmt: skip

    def _places(self) -> np.ndarray:
        if self.row.village:
            return np.flatnonzero(self.ground.village == self.row.village)
        if self.row.place:
            return np.flatnonzero(np.array(self.names.places, dtype=object) == self.row.place)
        return np.arange(len(self.ground.village))

    def _offers(self, places: np.ndarray) -> np.ndarray:
        """Offers of the option, if one is named, at some places."""
        there = np.isin(self.instance.place, places)
        return np.flatnonzero(there & self.option if self.row.option else there)

    def _note(self, english: str, indonesian: str) -> None:
        told = (
            f"row {self.number} of plan.decide: {english}",
            f"baris {self.number} plan.decide: {indonesian}",
        )
        self.made.notes.append(told)

    def _later(self, offers: np.ndarray) -> None:
        """Never, or not before a year."""
        if not len(offers):
            self._note("nothing like it could be planned anyway", "hal itu memang tidak dapat direncanakan")
            return
        first = self.end if self.row.decision == "forbid" else min(self.year, self.end)
        self.made.changes.append(Change("offers", offers, first))

    def _due(self) -> int:
        """By when it has to be in service, T: no year of the plan asks for it."""
        if self.year == NONE:
            return self.end - 1
        return min(self.year, self.end)

    def _site(self) -> None:
        for things, ids in (("nodes", self.names.nodes), ("links", self.names.links)):
            rows = np.flatnonzero(np.array(ids, dtype=object) == self.row.site)
            if not len(rows):
                continue
            if things == "nodes" and self.instance.root[rows].any():
                self._note(
                    "it is lit already: nothing to decide", "sudah beroperasi: tidak ada yang diputuskan"
                )
            elif self.row.decision in ("forbid", "postpone"):
                first = self.end if self.row.decision == "forbid" else min(self.year, self.end)
                self.made.changes.append(Change(things, rows, first))
            else:
                self._must(things, rows)

    def _must(self, things: str, rows: np.ndarray) -> None:
        due = self._due()
        if due >= self.end:
            self._note("only due after the planned years", "baru jatuh tempo setelah tahun-tahun rencana")
        first = due if self.row.decision == "fix" else 0
        last = due if due < self.end else None
        if self.row.paid:
            self.made.changes.append(Change(things, rows, paid=True))
        self.made.changes.append(Change(things, rows, first, last))

    def _serve(self) -> None:
        """A place is served in or by a year; a village through its lead."""
        if not len(self.places):
            self._note("nothing there is below its promise", "tidak ada yang di bawah janji di sana")
            return
        goal = self._goal()
        offers = self._offers(np.array([goal]))
        if self.row.decision == "fix":
            self._only_from(goal, offers)
        if self.row.option and len(offers) == 1:
            self._must("offers", offers)
        else:
            self._served(goal, offers)
        if self.row.fund:
            fund = self.instance.funds.index(self.row.fund)
            self.made.changes.append(Change("offers", offers, fund=fund))

    def _goal(self) -> int:
        """The place that stands for the village; where an option is named, one that has it, if any has."""
        having = self.places[[len(self._offers(np.array([p]))) > 0 for p in self.places]]
        among = having if len(having) else self.places
        return int(among[np.argmax(self.ground.lead[among])])

    def _only_from(self, goal: int, offers: np.ndarray) -> None:
        """Not before the year: the place, all of the village where that is named, or the option alone."""
        held = offers if self.row.option else np.flatnonzero(np.isin(self.instance.place, self.places))
        self.made.changes.append(Change("offers", held, self.year))

    def _served(self, goal: int, offers: np.ndarray) -> None:
        """A rule that the place is served; of several ways to the same option any will do, and nothing else."""
        due = self._due()
        if due >= self.end:
            self._note("only due after the planned years", "baru jatuh tempo setelah tahun-tahun rencana")
            return
        if not len(offers):
            self._note("no option can serve it", "tidak ada pilihan yang dapat melayaninya")
        if self.row.option:
            others = np.setdiff1d(np.flatnonzero(self.instance.place == goal), offers)
            self.made.changes.append(Change("offers", others, self.end))
        place = np.array([goal] if len(offers) else [], dtype=np.int64)
        about, about_id = self.made.about
        self.made.rules.append(
            Rule(self.made.key, about, place, np.full(len(place), due), np.ones(len(place)), 1.0, about_id)
        )
        if self.row.paid:
            self.made.changes.append(Change("offers", offers, paid=True))
