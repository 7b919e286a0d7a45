"""The life of a service point: which step may follow which, who may do it and what it needs, declared once.

Forms and the API go through `step` and `record`, spreadsheets and changes of many points through `change_many`.
"""

from __future__ import annotations

import copy
import datetime as dt
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from merata.web.changes import NotValidError, facts, keep, keep_many
from merata.web.models import Change, Commitment, Photograph, ServicePoint, User
from merata.web.programme.said import Choice, Key, Problem, RefusedError
from merata.web.rights import reach

_OFFICES = ("province", "regency")
_TEST = ("tested_on", "test_down_mbps", "test_up_mbps", "test_latency_ms")
_STANDING = ("equipment", "power", "in_building")
LEAST_PHOTOGRAPHS = 2


@dataclass(frozen=True)
class Step:
    """One step: the states that it may follow, the roles that may do it, what it needs and what its form asks for."""

    after: tuple[str, ...]
    roles: tuple[str, ...]
    needs: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()


#: State -> the step that leads to it. A point begins as proposed, by the plan or by hand.
STEPS: dict[str, Step] = {
    "verified": Step(("proposed",), _OFFICES, asks=("power", "in_building", "due")),
    "contracted": Step(
        ("verified",),
        _OFFICES,
        ("provider", "contract", "own contract"),
        ("provider", "contract", "fee_idr_per_month", "due"),
    ),
    "installed": Step(("contracted",), (*_OFFICES, "provider"), asks=(*_STANDING, *_TEST, "due")),
    "accepted": Step(("installed",), _OFFICES, ("contract", "test", "rates", "photographs"), (*_TEST, "due")),
    "in service": Step(("accepted", "suspended"), (*_OFFICES, "village")),
    "suspended": Step(("in service",), (*_OFFICES, "village"), asks=("due",)),
    "replaced": Step(
        ("installed", "accepted", "in service", "suspended"), _OFFICES, ("new point",), ("replaced_by",)
    ),
    "ended": Step(
        ("proposed", "verified", "contracted", "installed", "accepted", "in service", "suspended"), _OFFICES
    ),
}

#: Role -> fields that it may change without a step. What a step asks for may be changed with it.
FIELDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        _OFFICES,
        (
            "place", "kind", "option", "provider", "contract", "contract_from", "commitment", "fee_idr_per_month",
            "due",
            *_STANDING, *_TEST, "note",
        ),
    ),
    "provider": (*_STANDING, *_TEST, "note"),
}  # fmt: skip
#: While a point stands in one of these, its provider's test is still looked at and may be corrected.
TESTING = ("contracted", "installed")
#: State of a point -> whose turn it is to go on.
TURNS = {
    "proposed": "office",
    "verified": "office",
    "contracted": "provider",
    "installed": "office",
    "accepted": "village",
    "suspended": "provider",
}
#: Role -> whose turn is its own.
OWN_TURN = {"province": "office", "regency": "office", "provider": "provider", "village": "village"}


def waiting_for(points: Iterable[ServicePoint], role: str) -> list[ServicePoint]:
    """The points whose next step is the turn of an account of a role."""
    own = OWN_TURN.get(role)
    return [point for point in points if own and turn(point) == own]


def possible(point: ServicePoint, by: User) -> list[str]:
    """The states that an account may bring a point to now."""
    return [to for to, one in STEPS.items() if point.state in one.after and by.role in one.roles]


def fields_of(point: ServicePoint, by: User) -> tuple[str, ...]:
    """The fields of a point that an account may change without a step."""
    own = FIELDS.get(by.role, ())
    if by.role == "provider" and point.state not in TESTING:
        return tuple(name for name in own if name not in _TEST)
    return own


def turn(point: ServicePoint) -> str:
    """Whose turn it is: office, provider or village; '' where nothing is to be done."""
    if point.state == "installed" and _test(point):
        return "provider"
    return TURNS.get(point.state, "")


def problems(
    point: ServicePoint, to: str, by: User | None, on: dt.date, given: Mapping[str, Any]
) -> list[Problem]:
    """What keeps a point from a step on a day, with the facts given beside it; empty when nothing does."""
    one = STEPS.get(to)
    if one is None or point.state not in one.after:
        follow = tuple(
            Choice("point_state", name) for name, after in STEPS.items() if point.state in after.after
        )
        facts = {
            "now": Choice("point_state", point.state),
            "to": Choice("point_state", to),
            "may": follow or "–",
        }
        return [Problem("step_not_after", facts, "to")]
    if by is not None and by.role not in one.roles:
        who = tuple(Choice("role", role) for role in one.roles)
        return [Problem("step_not_yours", {"to": Choice("point_state", to), "who": who}, "to")]
    then = copy.copy(point)
    _set(then, given)
    found = [_day(point, on), *(NEEDS[need](then) for need in one.needs)]
    return [problem for problem in found if problem]


@transaction.atomic
def step(
    point: ServicePoint,
    to: str,
    by: User | None,
    on: dt.date | None = None,
    *,
    why: str = "",
    way: str = "form",
    batch: str = "",
    **given: Any,
) -> Change | None:
    """Bring a point to a state on a day (today), with the facts that the step asks for.

    A commitment that the point fulfils follows: on the way, then kept, or late where its year went by. What is
    changed together has one batch.

    Raises
    ------
    RefusedError
        The step does not follow the point's state, is another's to do, or lacks something: `problems` says what.
    """
    there = _locked(point, by)
    _go(there, to, by, on, given)
    batch = batch or (new_batch() if there.commitment_id else "")
    change = keep(there, by, why=why, way=way, batch=batch)
    _follow([there], by, why, way, batch)
    point.refresh_from_db()
    return change


@transaction.atomic
def record(
    point: ServicePoint,
    by: User,
    values: Mapping[str, Any],
    *,
    why: str = "",
    way: str = "form",
    batch: str = "",
) -> Change | None:
    """Change fields of a point that go without a step.

    Raises
    ------
    RefusedError
        A field is not this account's to change.
    """
    there = _locked(point, by)
    _write(there, by, values)
    change = keep(there, by, why=why, way=way, batch=batch)
    point.refresh_from_db()
    return change


@dataclass(frozen=True)
class Wanted:
    """What is to become of a point: fields with their new values, and the step to a state ('': none) on a day."""

    point: ServicePoint
    values: Mapping[str, Any]
    to: str = ""
    on: dt.date | None = None


@transaction.atomic
def change_many(wanted: Sequence[Wanted], by: User, *, why: str, way: str, batch: str) -> None:
    """Record and step many points, all of them or none, with a handful of queries; each point has one note of it.

    Raises
    ------
    RefusedError
        As `step` and `record`, or a field holds what it may not.
    """
    held = _held([one.point for one in wanted], by)
    before = {key: facts(there) for key, there in held.items()}
    for one in wanted:
        asked = STEPS[one.to].asks if one.to in STEPS else ()
        there = held[one.point.pk]
        if alone := {name: value for name, value in one.values.items() if name not in asked}:
            _write(there, by, alone)
        if one.to:
            given = {name: value for name, value in one.values.items() if name in asked}
            _go(there, one.to, by, one.on, given)
    try:
        keep_many(((there, before[key]) for key, there in held.items()), by, why=why, way=way, batch=batch)
    except NotValidError as error:
        facts_of_it = {"code": str(error.row), "what": " ".join(error.messages)}
        raise RefusedError([Problem("row_not_valid", facts_of_it)]) from None
    _follow([held[one.point.pk] for one in wanted if one.to], by, why, way, batch)


def new_batch() -> str:
    """The mark of what is changed in one go."""
    return secrets.token_hex(8)


def _locked(point: ServicePoint, by: User | None) -> ServicePoint:
    """The point as it stands now, held until the transaction ends; refused where the account does not reach it."""
    rows = ServicePoint.objects.select_for_update().filter(pk=point.pk)
    # A set with joins can't be held: whether it is reached is asked apart.
    if by is not None and not reach(by, ServicePoint.objects.filter(pk=point.pk)).exists():
        raise RefusedError([Problem("step_out_of_reach", {"code": point.code})])
    return rows.get()


def _held(points: Sequence[ServicePoint], by: User) -> dict[int, ServicePoint]:
    """The same for many points, with what their steps look at: number of the row -> row."""
    keys = [point.pk for point in points]
    reached = set(reach(by, ServicePoint.objects.filter(pk__in=keys)).values_list("pk", flat=True))
    if out := [Problem("step_out_of_reach", {"code": p.code}) for p in points if p.pk not in reached]:
        raise RefusedError(out)
    rows = ServicePoint.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    held = {row.pk: row for row in rows.prefetch_related("contract", "commitment")}
    shown = Photograph.objects.filter(point__in=keys).values_list("point").annotate(Count("pk"))
    counts = dict(shown.order_by())
    for key, row in held.items():
        row.photograph_count = counts.get(key, 0)  # type: ignore[attr-defined]
    return held


def _go(there: ServicePoint, to: str, by: User | None, on: dt.date | None, given: Mapping[str, Any]) -> None:
    """Let a point that is held take a step; refused where something keeps it from that."""
    on = on or timezone.localdate()
    asked = STEPS[to].asks if to in STEPS else ()
    if wrong := problems(there, to, by, on, given) + _foreign(given, asked):
        raise RefusedError(wrong)
    _set(there, {"due": None, **given})
    there.state, there.since = to, on


def _write(there: ServicePoint, by: User, values: Mapping[str, Any]) -> None:
    """Set fields of a point that is held; refused where they are not the account's or do not fit."""
    changing = {name: value for name, value in values.items() if getattr(there, name) != value}
    if wrong := _foreign(changing, fields_of(there, by)):
        raise RefusedError(wrong)
    _set(there, changing)
    if wrong := [found for found in (_own_contract(there), _own_promise(there)) if found]:
        raise RefusedError(wrong)


def _foreign(given: Mapping[str, Any], own: tuple[str, ...]) -> list[Problem]:
    return [
        Problem("field_not_yours", {"field": Key(f"f_{name}")}, name) for name in given if name not in own
    ]


def _set(point: ServicePoint, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(point, name, value)


def _day(point: ServicePoint, on: dt.date) -> Problem | None:
    if on > timezone.localdate():
        return Problem("step_in_future", {"on": on.isoformat()}, "on")
    if on < point.since:
        return Problem("step_before", {"on": on.isoformat(), "since": point.since.isoformat()}, "on")
    return None


def _provider(point: ServicePoint) -> Problem | None:
    return None if point.provider_id else Problem("need_provider", at="provider")


def _contract(point: ServicePoint) -> Problem | None:
    return None if point.contract_id else Problem("need_contract", at="contract")


def _own_contract(point: ServicePoint) -> Problem | None:
    if point.contract is None or point.contract.provider_id == point.provider_id:
        return None
    return Problem("need_own_contract", {"number": point.contract.number}, "contract")


def _own_promise(point: ServicePoint) -> Problem | None:
    if point.commitment is None or point.commitment.village_code == point.village_code:
        return None
    return Problem("need_own_promise", at="commitment")


def _test(point: ServicePoint) -> Problem | None:
    lacking = tuple(Key(f"f_{name}") for name in _TEST if getattr(point, name) is None)
    return Problem("need_test", {"what": lacking}, str(lacking[0])[2:]) if lacking else None


def _rates(point: ServicePoint) -> Problem | None:
    contract, down, up = point.contract, point.test_down_mbps, point.test_up_mbps
    if contract is None or down is None or up is None:
        return None  # said by what lacks
    if down >= contract.down_mbps and up >= contract.up_mbps:
        return None
    asked = {"asked_down": float(contract.down_mbps), "asked_up": float(contract.up_mbps)}
    at = "test_down_mbps" if down < contract.down_mbps else "test_up_mbps"
    return Problem("need_rates", {"down": float(down), "up": float(up), **asked}, at)


def _photographs(point: ServicePoint) -> Problem | None:
    count = getattr(point, "photograph_count", None)
    count = point.photographs.count() if count is None else count
    if count >= LEAST_PHOTOGRAPHS:
        return None
    return Problem("need_photographs", {"least": LEAST_PHOTOGRAPHS, "count": count})


def _new_point(point: ServicePoint) -> Problem | None:
    new = point.replaced_by
    if new is None:
        return Problem("need_new_point", at="replaced_by")
    if new.pk == point.pk or new.village_code != point.village_code:
        return Problem("need_other_point", {"code": new.code}, "replaced_by")
    return None


NEEDS: dict[str, Callable[[ServicePoint], Problem | None]] = {
    "provider": _provider,
    "contract": _contract,
    "own contract": _own_contract,
    "test": _test,
    "rates": _rates,
    "photographs": _photographs,
    "new point": _new_point,
}


def _follow(points: Sequence[ServicePoint], by: User | None, why: str, way: str, batch: str) -> None:
    """Let the commitments that points fulfil follow their steps."""
    keys = {point.commitment_id for point in points if point.commitment_id}
    if not keys:
        return
    rows = Commitment.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    promises = {row.pk: row for row in rows}
    before = {key: facts(row) for key, row in promises.items()}
    for point in points:
        if point.commitment_id:
            promise = promises[point.commitment_id]
            promise.state = promise_after(promise, point)
    keep_many(((row, before[key]) for key, row in promises.items()), by, why=why, way=way, batch=batch)


def promise_after(promise: Commitment, point: ServicePoint) -> str:
    """The state of a commitment once a point that fulfils it came into its state."""
    if promise.state in ("kept", "late", "changed"):
        return promise.state
    if point.state == "in service":
        return "kept" if point.since.year <= promise.year else "late"
    if point.state in ("contracted", "installed", "accepted"):
        return "on the way"
    return promise.state
