"""How each point stands now: heard, silent for a while, dark, or unknown; and which of them fell silent together.

Only what is known at once: a silent probe may be a dead link, a power cut or a dead probe. What it was is said when the
probe is heard again, by its own count; what counts for the contract is reckoned later, from all it kept (`outages`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from merata.assure import heard
from merata.assure.enough import CENTRE_SHARE, PERIOD_S, WIDE_POINTS, WIDE_S
from merata.assure.heard import Ear, Word
from merata.probe import reach
from merata.probe.messages import ON_BATTERY

UP, SILENT, DARK, UNKNOWN = "up", "silent", "dark", "unknown"
STATES = (UP, SILENT, DARK, UNKNOWN)


class Rule(NamedTuple):
    """How long is long."""

    dark_s: float
    """A point that nobody heard for so long is dark."""
    calm_s: float
    """One that goes dark again so soon after it came back is still the same outage."""

    @property
    def silent_s(self) -> float:
        """So long is silent: longer than from one heartbeat to the next; and so long is heard for long enough."""
        return self.dark_s / 2

    @property
    def unheard_s(self) -> float:
        """So long without any probe says that the centre may be cut off: before the first point would be dark."""
        return 0.75 * self.dark_s


class Watched(NamedTuple):
    """A point that is in service, and by what it is heard."""

    point: str
    provider: str
    district: str
    probe: int = 0
    """0: none."""
    routers: tuple[int, ...] = ()
    """As the centre's checks number them."""


#: By what points may be grouped, the group of a point; empty: it is in none.
GROUPS: dict[str, Callable[[Watched], str]] = {
    "all": lambda point: "*",
    "provider": lambda point: point.provider,
    "district": lambda point: point.district,
    "both": lambda point: f"{point.provider}\n{point.district}" if point.provider and point.district else "",
}


class Seen(NamedTuple):
    """What was heard of a point."""

    heard_s: float
    """When last, s since 1970."""
    quiet_s: float
    """For how long nobody heard it although somebody listened."""
    word: Word | None
    """The newest of its probe."""
    routers: int
    """How many routers of it are looked at."""
    listening_s: float = 0.0
    """Since when a receiver has been listening without a break, s since 1970."""


class Stands(NamedTuple):
    """How a point stands."""

    state: str
    since_s: float
    """Since when; of a dark or silent one, when it was last heard."""
    back_s: float | None = None
    """Dark, but heard again since then: not for long enough yet."""


class Fell(NamedTuple):
    """Points that went dark together."""

    by: str
    """A key of `GROUPS`; empty: a point by itself."""
    name: str
    points: tuple[str, ...]


def seen(points: Sequence[Watched], ears: list[Ear], now_s: float) -> dict[str, Seen]:
    """What was heard of each point, by whoever listens now; one that nobody can have heard is not in it."""
    probes, routers = heard.newest(ears, heard.RECEIVER), heard.newest(ears, heard.CHECKS)
    by_probe = heard.listening_since(ears, heard.RECEIVER, now_s)
    by_check = heard.listening_since(ears, heard.CHECKS, now_s)
    found = {}
    for point in points:
        word = probes.get(point.probe) if by_probe is not None else None
        said = [(by_probe, word)] if word else []
        if by_check is not None:
            said += [(by_check, routers[number]) for number in point.routers if number in routers]
        if said:
            times = [(since or 0, one.received_ms / 1000) for since, one in said if one]
            quiet_s = min(now_s - max(both) for both in times)
            found[point.point] = Seen(
                max(at for _, at in times), quiet_s, word, len(said) - bool(word), by_probe or 0
            )
    return found


def stands(one: Seen | None, was: Stands | None, rule: Rule, now_s: float) -> Stands:
    """How a point stands, by what was heard of it and how it stood before."""
    if was and was.state == DARK:
        return _after_dark(one, was, rule, now_s)
    unknown = was if was and was.state == UNKNOWN else Stands(UNKNOWN, now_s)
    if one is None:
        return unknown
    if one.quiet_s >= rule.dark_s:
        return Stands(DARK, one.heard_s)
    # Nobody has listened for long: what was not known before is known once it is heard.
    if one.heard_s <= (was.since_s if was and was.state == UNKNOWN else now_s - rule.silent_s) and (
        was is None or was.state == UNKNOWN
    ):
        return unknown
    if one.quiet_s < rule.silent_s:
        return was if was and was.state == UP else Stands(UP, one.heard_s)
    return Stands(SILENT, one.heard_s)


def _after_dark(one: Seen | None, was: Stands, rule: Rule, now_s: float) -> Stands:
    if one is None or one.heard_s <= was.since_s + 0.001 or one.quiet_s >= rule.silent_s:
        return was._replace(back_s=None)
    back_s = was.back_s if was.back_s is not None else one.heard_s
    # Heard once is not back: a link that comes and goes is one outage, and one alert.
    return Stands(UP, back_s) if now_s - back_s >= rule.silent_s else was._replace(back_s=back_s)


def fallen(
    points: Sequence[Watched],
    now: Mapping[str, Stands],
    was: Mapping[str, Stands],
    excused: Collection[str] = (),
) -> list[Fell]:
    """Who went dark since `was`, those that fell together as one; in it those of the group that are silent so far.

    Parameters
    ----------
    points
        All that are watched.
    now, was
        Point -> how it stands, and stood before.
    excused
        Points of which planned work was told: they are nobody's news.
    """
    before = {code for code, one in was.items() if one.state == DARK}
    quiet = {
        code: one.since_s for code, one in now.items() if one.state in (SILENT, DARK) and code not in excused
    }
    new = [code for code in quiet if now[code].state == DARK and code not in before]
    if not new:
        return []
    groups = grouped(points, quiet)
    fell: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code in new:
        fell[groups.get(code, ("", code))].append(code)
    for code, key in groups.items():
        if key in fell and code not in before and code not in new:
            fell[key].append(code)
    return [Fell(by, name, tuple(sorted(codes))) for (by, name), codes in sorted(fell.items())]


def grouped(points: Sequence[Watched], quiet: Mapping[str, float]) -> dict[str, tuple[str, str]]:
    """Point -> the group most of which fell silent with it; those that fell alone are not in it.

    The group with the most of them counts; of several with as many, the smallest.
    """
    import numpy as np

    from merata.assure.wide import together

    mine = [point for point in points if point.point in quiet]
    start = np.array([quiet[point.point] for point in mine])
    found: list[tuple[int, int, str, str, list[str]]] = []
    for by, group_of in GROUPS.items():
        size = Counter(group_of(point) for point in points)
        number = {name: at for at, name in enumerate(size)}
        names = [group_of(point) for point in mine]
        code = np.array([number[name] if name else -1 for name in names], int)
        hit = together(start, np.arange(len(mine)), code, np.array(list(size.values())))
        hits = defaultdict(list)
        for at in np.flatnonzero(hit):
            hits[names[at]].append(mine[at].point)
        found += [(-len(some), size[name], by, name, some) for name, some in hits.items()]
    groups: dict[str, tuple[str, str]] = {}
    for _, _, by, name, codes in sorted(found):
        left = [code for code in codes if code not in groups]
        if len(left) >= WIDE_POINTS:
            groups |= dict.fromkeys(left, (by, name))
    return groups


def suspects_centre(now: Mapping[str, Stands], was: Mapping[str, Stands]) -> bool:
    """Whether so many fell silent at once that it may be the centre that hears nobody."""
    before = {code for code, one in was.items() if one.state == DARK}
    judged = [one.state for code, one in now.items() if one.state != UNKNOWN and code not in before]
    quiet = sum(state != UP for state in judged)
    return quiet >= WIDE_POINTS and quiet >= CENTRE_SHARE * len(judged)


def unheard_since(
    points: Sequence[Watched], seen: Mapping[str, Seen], was: Mapping[str, Stands], rule: Rule, now_s: float
) -> float | None:
    """When the last probe was heard, where none is any more, though they have nothing in common but the centre.

    They fell silent within minutes of each other, and are of several providers: that the world can't reach the centre
    is likelier than that all links failed; but not where most said last that their mains power is off. Those that were
    dark before say nothing.
    """
    told = [
        (point.provider, seen[point.point].listening_s, seen[point.point].word)
        for point in points
        if point.point in seen and (point.point not in was or was[point.point].state != DARK)
    ]
    said = [(provider, since_s, word.received_ms / 1000) for provider, since_s, word in told if word]
    if len(said) < WIDE_POINTS or len({provider for provider, _, _ in said if provider}) < 2:
        return None
    if 2 * sum(on_battery(word) for _, _, word in told) > len(said):
        return None
    first, last = (find(at for _, _, at in said) for find in (min, max))
    quiet_s = now_s - max(last, *(since_s for _, since_s, _ in said))
    return last if quiet_s >= rule.unheard_s and last - first <= WIDE_S else None


def reaches_outside(targets: Sequence[str], patience_s: float = 3.0) -> bool:
    """Whether the centre itself reaches any place outside (host:port); without any to try it is believed to."""
    names = reach.Names()
    return not targets or any(
        reach.connects(names.address(target, patience_s), 2, patience_s).times_ms for target in targets
    )


def why_silent(before: Word | None, after: Word | None, silent_s: float) -> str:
    """What a probe's own count says of a time in which it was not heard, as far as that goes.

    Returns
    -------
    str
        centre: it went on looking, and mostly saw the outside without the centre; link: it went on looking; power: its
        machine was started anew; probe: neither; unknown: nothing tells.
    """
    if before is None or after is None or after.number <= before.number:
        return "unknown"
    looks = after.number - before.number - 1
    if (after.missed - before.missed) % (heard.MOST_MISSED + 1) > looks / 2:
        return "centre"
    if after.boot != before.boot:
        # A start is a message too.
        return "link" if looks > after.up_ms / 1000 / PERIOD_S + 2 else "power"
    return "link" if looks >= max(1, silent_s / PERIOD_S / 2) else "probe"


def on_battery(word: Word | None) -> bool:
    """Whether the last that a probe said was that its mains power is off."""
    return word is not None and bool(word.flags & ON_BATTERY)
