"""Messages as columns, as they travel in a batch, and back: the rows that are right, and what is wrong with others."""

from __future__ import annotations

from itertools import accumulate
from typing import Any, NamedTuple, Sequence

from merata.probe.messages import COMMON, KINDS, U32, Message, WireError, check, whole


class Rows(NamedTuple):
    """Rows that are right; of the others number -> what is wrong."""

    good: list[Message]
    wrong: dict[int, str]


def columns(messages: Sequence[Message]) -> dict[str, dict[str, list[Any]]]:
    """Kind -> column -> values; `WireError` where a message is not right."""
    out = {}
    for kind, fields in KINDS.items():
        rows = [check(m) for m in messages if m.kind == kind]
        if rows:
            out[kind] = {name: _differences([getattr(m, name) for m in rows]) for name in COMMON}
            out[kind].update({f.name: [m.values[f.name] for m in rows] for f in fields})
    return out


def _differences(values: list[int]) -> list[int]:
    """The first value, then each one's difference to the one before: they repeat, and so hardly weigh."""
    return values[:1] + [b - a for a, b in zip(values, values[1:])]


def all_rows(tables: dict[str, Any]) -> Rows:
    """Rows of all kinds, in the order of their numbers; `WireError` where not even the numbers can be read.

    One that is wrong takes no other with it.
    """
    good: list[Message] = []
    wrong: dict[int, str] = {}
    seen: dict[int, int] = {}
    for kind, table in tables.items():
        numbers = _numbers(kind, table)
        for number in numbers:
            seen[number] = seen.get(number, 0) + 1
        mine = _rows(kind, table, numbers)
        good += mine.good
        wrong.update(mine.wrong)
    twice = {number: "number: stands twice in the batch" for number, times in seen.items() if times > 1}
    if twice:
        good = [m for m in good if m.number not in twice]
        wrong.update(twice)
    good.sort(key=_number)
    return Rows(good, wrong)


def _number(message: Message) -> int:
    return message.number


def _numbers(kind: str, table: Any) -> list[int]:
    """The numbers of a kind's rows: without them nobody can say which row is meant."""
    told = table.get("number") if isinstance(table, dict) else None
    if not isinstance(told, list) or not told or not all(type(d) is int for d in told):
        raise WireError(f"{kind!r:.40}: the numbers of its rows can't be read")
    return [whole("number", number, U32) for number in accumulate(told)]


def _rows(kind: str, table: dict[str, Any], numbers: list[int]) -> Rows:
    fields = KINDS.get(kind)
    if fields is None:
        return Rows([], dict.fromkeys(numbers, f"kind: {kind!r:.40} is none that is known"))
    names = [f.name for f in fields]
    wanted = [*COMMON, *names]
    if set(table) != set(wanted):
        return Rows([], dict.fromkeys(numbers, f"{kind}: the columns must be {', '.join(wanted)}"))
    if not all(isinstance(c, list) and len(c) == len(numbers) for c in table.values()):
        return Rows([], dict.fromkeys(numbers, f"{kind}: the columns must be lists of one length"))
    common = [numbers, *(_sums(table[name]) for name in COMMON if name != "number")]
    made = [
        Message(n, boot, up, wall, kind, dict(zip(names, row)))
        for n, boot, up, wall, row in zip(*common, zip(*(table[name] for name in names)))
    ]
    try:
        return Rows([check(m) for m in made], {})
    except WireError:
        return _told_apart(made)


def _sums(differences: list[Any]) -> list[Any]:
    """Values of a column of differences; None from the first on that is no whole number."""
    bad = next((at for at, d in enumerate(differences) if type(d) is not int), len(differences))
    return [*accumulate(differences[:bad]), *[None] * (len(differences) - bad)]


def _told_apart(messages: list[Message]) -> Rows:
    good, wrong = [], {}
    for message in messages:
        try:
            good.append(check(message))
        except WireError as e:  # noqa: PERF203
            wrong[message.number] = str(e)
    return Rows(good, wrong)
