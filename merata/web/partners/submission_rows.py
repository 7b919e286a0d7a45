"""The rows of a submission that differ from what is known: one by one to be taken or left, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from merata.region.kinds import SAME_THING
from merata.web.challenges.claims import tells_of_a_person
from merata.web.models import Submission
from merata.web.programme.said import Problem, RefusedError

#: Differences that a page shows; they are sorted, most pressing first.
MOST = 500
MOST_WHY = 200
TAKE, LEAVE = "take", "leave"
NOT_IN_THEIRS = "not in theirs"


@dataclass
class Row:
    """One row of theirs, or one known row that theirs lack, with all in which the two differ."""

    number: int
    """By which the form names it."""
    differences: list[dict[str, Any]] = field(default_factory=list)

    @property
    def first(self) -> dict[str, Any]:
        """Its most pressing difference."""
        return self.differences[0]

    @property
    def is_theirs(self) -> bool:
        """Whether there is a row of theirs; else it is a known one that they lack."""
        return bool(self.first["row"])

    def out(self, takes: bool, held: bool) -> list[list[Any]]:
        """[sha256, sheet, row] of what is not used any more, where this one is taken, or left.

        Theirs, where it is left. Where it is taken: the known row that tells of the same thing, or that is not there
        by their list; but not in confidence (`held`), as it would be gone from the pages with nothing in its place.
        """
        gives_way = (*SAME_THING, NOT_IN_THEIRS)
        known = [
            [one["known_sha"], one["known_sheet"], one["known_row"]]
            for one in self.differences
            if one["known_row"] and one["known_sha"] and one["kind"] in gives_way
        ]
        if takes:
            return [] if held else known[:1]
        return [[self.first["sha"], self.first["sheet"], self.first["row"]]] if self.is_theirs else []

    def kept(self, takes: bool, why: str) -> dict[str, Any]:
        """What the record keeps of a decision; nothing that is known from others."""
        return {
            "file": self.first["file"], "sheet": self.first["sheet"], "row": self.first["row"],
            "name": self.first["name"] if self.is_theirs else "", "kinds": [one["kind"] for one in self.differences],
            "theirs": ", ".join(dict.fromkeys(one["theirs"] for one in self.differences if one["theirs"])),
            "taken": takes, "why": why,
        }  # fmt: skip


def rows_of(row: Submission) -> list[Row]:
    """The rows of a submission that are decided on one by one, most pressing first."""
    found: dict[tuple[Any, ...], Row] = {}
    outcome = row.compared.outcome if row.compared else {}
    for one in outcome.get("differences", ()):
        key = (one["sha"], one["sheet"], one["row"])
        if not one["row"]:
            key = (one["known_sha"], one["known_sheet"], one["known_row"])
        found.setdefault(key, Row(len(found) + 1)).differences.append(one)
    return list(found.values())


def decided(
    rows: Iterable[Row], given: Mapping[str, str], default: str = TAKE
) -> list[tuple[Row, bool, str]]:
    """(row, whether it is taken, why) of each, by a form's `does-N` and `why-N`.

    What is not said is as `default`; a known row that theirs lack stays, unless the form says that it goes.

    Raises
    ------
    RefusedError
        A reason tells of a person.
    """
    made = []
    for row in rows:
        does = given.get(f"does-{row.number}") or (default if row.is_theirs else LEAVE)
        why = given.get(f"why-{row.number}", "").replace("\0", "").strip()[:MOST_WHY]
        if tells_of_a_person(why):
            raise RefusedError([Problem("challenge_person", at=f"why-{row.number}")])
        made.append((row, does == TAKE, why))
    return made
