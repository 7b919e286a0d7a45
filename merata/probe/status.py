"""What somebody at the machine wants to know: does it run, does it reach the centre, how is the link."""

from __future__ import annotations

from typing import Any, Iterator

from merata.probe import RELEASE
from merata.probe.clock import Clock
from merata.probe.kept import Kept
from merata.probe.probe import PERIOD_S
from merata.probe.sentences import ago, say
from merata.probe.store import look


def lines(kept: Kept, clock: Clock, language: str) -> Iterator[str]:
    """The status, a sentence a line. Nothing is changed, and a probe that runs is not disturbed."""
    told, facts = kept.enrolment, look(kept.folder)
    yield say(language, "status_probe", probe=told.probe, release=RELEASE, centre=told.https)
    if "damage" in facts:
        yield say(language, "status_damage", why=facts["damage"])
        return
    if "last" not in facts:
        yield say(language, "status_never")
        return
    since_s = _since(facts["last"], clock)
    yield say(language, "status_last", ago=ago(language, since_s))
    if since_s > 3 * PERIOD_S:
        yield say(language, "status_stopped")
    if facts.get("answered"):
        yield say(language, "status_answered", ago=ago(language, _since(facts["answered"], clock)))
    else:
        yield say(language, "status_unanswered")
    yield from _link(facts["look"], language)
    yield from _speeds(kept, facts, language)
    yield say(language, "status_waiting", count=facts["waiting"])
    yield from _troubles(kept, facts, language)


def _since(at: Any, clock: Clock) -> float:
    """Seconds since (boot, up_ms, wall_s): by the clock that goes on where the machine ran through."""
    boot, up_ms, wall_s = at
    return (clock.up_ms() - up_ms) / 1000 if boot == clock.boot else float(clock.wall_s() - wall_s)


def _number(language: str, unit: str, value: float | None) -> str:
    return say(language, "nothing") if value is None else say(language, unit, value=f"{value:g}")


def _link(seen: dict[str, Any], language: str) -> Iterator[str]:
    yield say(
        language,
        "status_link",
        centre=_number(language, "ms", seen["centre_ms"]),
        outside=_number(language, "ms", seen["outside1_ms"]),
        dns=_number(language, "ms", seen["dns_ms"]),
        lost=seen["centre_lost"],
    )


def _speeds(kept: Kept, facts: dict[str, Any], language: str) -> Iterator[str]:
    if speed := facts.get("speed"):
        down, up = (_number(language, "mbps", speed[way]) for way in ("down_mbps", "up_mbps"))
        yield say(language, "status_speed", down=down, up=up)
    if account := facts.get("account"):
        budget = f"{kept.budget_bytes() / 1e6:.0f}"
        yield say(language, "status_budget", spent=f"{account['spent'] / 1e6:.1f}", budget=budget)


def _troubles(kept: Kept, facts: dict[str, Any], language: str) -> Iterator[str]:
    if facts.get("trouble"):
        yield say(language, "status_trouble", why=facts["trouble"])
    if facts.get("problem"):
        yield say(language, "status_" + facts["problem"])
    if facts.get("newest", 0) > RELEASE:
        yield say(language, "status_newer", newest=facts["newest"], centre=kept.enrolment.https)
