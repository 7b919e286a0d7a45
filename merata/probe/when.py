"""When a speed is measured and what it may cost: some times a day, one at the busy hour, within the budget."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple, Sequence

#: Tests a day.
TESTS = 4
DAY_MIN = 24 * 60
#: A test that could not be made within so long is left out, so that tests never pile up.
LATE_MIN = 120
#: At the busy hour people may be on the line until its end; then a short test is better than never knowing. No test is
#: due for the first time so late in a day.
LAST_CHANCE_MIN = 30
#: Below this a test says nothing, bytes for both ways.
LEAST_BYTES = 200_000
#: A short test takes so much of its share, and so long.
SHORT_SHARE, SHORT_S = 8, 3.0

Spans = Sequence[Sequence[int]]


class Slot(NamedTuple):
    """A test of a day: the minute from which it is due, the one at which it is too late, whether at the busy hour."""

    minute: int
    until: int
    busy: bool


class Decision(NamedTuple):
    """What to do now about a slot."""

    slot: int
    #: Bytes for both ways; 0: leave it out for good.
    most_bytes: int
    why: str
    run_s: float


def in_spans(minute: int, spans: Spans) -> bool:
    """Whether a minute of the day is within spans of hours; a span may go over midnight."""
    hour = minute / 60
    return any(a <= hour < b if a <= b else hour >= a or hour < b for a, b in spans)


def slots(seed: int, day: int, quiet: Spans, busy: Spans) -> list[Slot]:
    """The tests of a day, other ones for each probe and day: one in the busy hours, the others spread over the rest."""
    random = Random(f"{seed}:{day}")  # noqa: S311
    free = [m for m in range(DAY_MIN - LAST_CHANCE_MIN) if not in_spans(m, quiet)]
    crowded = [m for m in free if in_spans(m, busy)]
    calm = [m for m in free if not in_spans(m, busy)] or free
    out = []
    if crowded:
        at = random.choice(crowded[: max(1, len(crowded) * 3 // 4)])
        # Busy hours may stand apart: until the end of the stretch that `at` is in.
        end = next((m for m in range(at, DAY_MIN) if not in_spans(m, busy) or in_spans(m, quiet)), DAY_MIN)
        out.append(Slot(at, end, True))
    others = TESTS - len(out)
    for i in range(others if calm else 0):
        part = calm[len(calm) * i // others : len(calm) * (i + 1) // others] or calm
        at = random.choice(part)
        out.append(Slot(at, at + LATE_MIN, False))
    return sorted(out)


def today(kept: dict[str, Any], day: int, sure: bool) -> dict[str, Any]:
    """The account of the day: bytes spent and slots done. A clock that is not sure never opens a day again."""
    if kept.get("day") == day or (not sure and kept.get("day", -1) > day):
        return dict(kept)
    return {"day": day, "spent": 0, "done": []}


def decide(
    plan: Sequence[Slot], account: dict[str, Any], minute: int, budget_bytes: int, in_use: bool, quiet: Spans
) -> Decision | None:
    """What to do at a minute of the day: None when nothing is due or people need the line just now."""
    done = set(account["done"])
    due = [i for i, slot in enumerate(plan) if i not in done and slot.minute <= minute]
    if not due:
        return None
    at = due[0]
    slot, left = plan[at], len(plan) - len(done)
    share = max(0, budget_bytes - account["spent"]) // max(1, left)
    if minute >= slot.until or share < LEAST_BYTES:
        return Decision(at, 0, "", 0.0)
    if in_spans(minute, quiet):
        return None
    if not in_use:
        return Decision(at, share, "schedule", 10.0)
    if slot.busy and minute >= slot.until - LAST_CHANCE_MIN and share // SHORT_SHARE >= LEAST_BYTES // 4:
        return Decision(at, share // SHORT_SHARE, "busy", SHORT_S)
    return None
