"""The probe at work: look, keep, tell the centre, measure the speed when it is time; again and again."""

from __future__ import annotations

import logging
import sqlite3
from random import Random
from typing import Any

from merata.probe import RELEASE, counters, measure, reach, when, wire
from merata.probe.clock import Clock, Jumps
from merata.probe.connect import Ways
from merata.probe.deliver import KNOCK_S, Courier, Result, knock
from merata.probe.errors import ProbeError
from merata.probe.kept import Kept
from merata.probe.messages import CLOCK_JUMPED, STARTED, Message, check
from merata.probe.store import Row, Store

log = logging.getLogger("merata.probe")

#: Time between heartbeats, s; each is early or late by up to so much, drawn anew.
PERIOD_S, JITTER_S = 300, 15
#: The first one after a start comes within so long, so that a regency whose power comes back is not one great knock.
SOON_S = 60
#: What waits longer than this is brought to the centre without being asked for, s.
HOLD_S = 6 * 3600


class Probe:
    """One probe over its folder, its clock and what it may ask of the machine."""

    def __init__(self, kept: Kept, clock: Clock, world: measure.World | None = None) -> None:
        self.kept, self.clock = kept, clock
        self.world = world or measure.World()
        try:
            self.store = Store(kept.folder, kept.stores, kept.begin_store, kept.setting("store_mb"))
        except (sqlite3.Error, OSError) as e:
            raise ProbeError("no_store", folder=kept.folder, why=e) from None
        self.random = Random(f"{kept.enrolment.probe}:{clock.boot}:{clock.up_ms()}")  # noqa: S311
        self.ways = Ways(kept.setting("ca_file"))
        self.names = reach.Names(self.store.state("names", {}))
        self.jumps = Jumps(clock)
        self._flags = 0

    def courier(self) -> Courier:
        """Who takes batches to the centre."""
        return Courier(self.store, self.ways, self.kept.enrolment.https, self.kept.key, self.random)

    # Messages

    def put(self, kind: str, values: dict[str, Any], at: tuple[int, int] | None = None) -> Message | None:
        """Keep a message, measured now or at (up_ms, wall_s): with its number, or None while there is no room."""
        up_ms, wall_s = at or (self.clock.up_ms(), self.clock.wall_s())
        check(Message(1, self.clock.boot, up_ms, wall_s, kind, values))
        number = self.store.put(Row(self.clock.boot, up_ms, wall_s, kind, values))
        if self.store.renewed:
            why, self.store.renewed = self.store.renewed, ""
            self.event("store_new", f"the store was begun anew: {why}")
        if self.store.unreadable:
            count, self.store.unreadable = self.store.unreadable, 0
            self.event("store_damaged", f"{count} messages can't be read any more")
        return None if number is None else Message(number, self.clock.boot, up_ms, wall_s, kind, values)

    def event(self, kind: str, text: str) -> None:
        """Keep an event."""
        log.info("%s: %s", kind, text)
        plain = "".join(c if c.isprintable() else " " for c in text)
        self.put("event", {"event": kind, "text": plain[:200]})

    def sending(self) -> wire.Sending:
        """Who delivers, and what the clocks say now."""
        return wire.Sending(
            self.kept.enrolment.probe, self.clock.boot, self.clock.up_ms(), self.clock.wall_s(),
            self.store.waiting(), RELEASE,
        )  # fmt: skip

    # One round

    def round(self) -> dict[str, Any]:
        """Look at the line, keep it, tell the centre, measure the speed when it is time. What `status` shows."""
        try:
            return self._round()
        except sqlite3.OperationalError as e:  # the disk is full or gone: again next time
            log.warning("the store: %s", e)
        except sqlite3.DatabaseError as e:
            self.store.renew(str(e))
        return {}

    def _round(self) -> dict[str, Any]:
        at = self.clock.up_ms(), self.clock.wall_s()
        if by := self.jumps.jumped_s():
            self._flags |= CLOCK_JUMPED
            self.event("clock_jumped", f"the wall clock jumped by {by} s")
        seen = measure.look(self.kept, self.names, self.world, self._counted(), self._flags)
        beat = self.put("heartbeat", seen.values, at)
        self._flags = 0
        answer = self._knock(beat)
        result = self._deliver(answer)
        receipt = result.receipt if result else None
        said = receipt or answer if answer and answer.flags & wire.UNKNOWN else answer or receipt
        self._remember(seen, at, said, result)
        self._speed(bool(said and said.flags & wire.TEST_WANTED))
        return seen.values

    def _counted(self) -> counters.Carried | None:
        kept = self.store.state("counted")
        return counters.Carried(*kept) if kept else None

    def _knock(self, beat: Message | None) -> wire.Answer | None:
        if beat is None:
            return None
        datagram = wire.pack_beat(wire.Beat(self.sending(), beat), self.kept.key)
        where = self.names.address(self.kept.enrolment.udp, 0.0)
        answer = knock(datagram, self.kept.key, beat.number, where, min(KNOCK_S, self.world.patience_s))
        if answer and not answer.flags & (wire.UNKNOWN | wire.REVOKED | wire.NOT_KEPT):
            self.store.drop([beat.number])
        return answer

    def _deliver(self, answer: wire.Answer | None) -> Result | None:
        if answer and answer.flags & wire.REVOKED:
            return None
        if answer and answer.flags & wire.UNKNOWN:
            answer = None  # anybody can say so: as if nothing had come
        courier = self.courier()
        if answer and answer.flags & wire.BACKLOG_WANTED:
            courier.forgive()
        elif answer and not self._held_long():
            return None
        if not courier.due(self.clock.boot, self.clock.up_ms()) or not self.store.waiting():
            return None
        result = courier.visit(self.sending)
        if result.refused:
            number, why = next(iter(result.refused.items()))
            self.event("refused", f"{len(result.refused)} messages, {number} first: {why}")
        return result

    def _held_long(self) -> bool:
        """Whether the oldest message waits for long: of another boot counts as long, for nobody knows."""
        oldest = self.store.oldest(1)
        return bool(oldest) and (
            oldest[0].boot != self.clock.boot or self.clock.up_ms() - oldest[0].up_ms > HOLD_S * 1000
        )

    def _remember(
        self,
        seen: measure.Look,
        at: tuple[int, int],
        said: wire.Answer | wire.Receipt | None,
        result: Result | None,
    ) -> None:
        """What the next round, the next start and `status` need."""
        facts: dict[str, Any] = {
            "last": [self.clock.boot, *at],
            "look": seen.values,
            "names": self.names.known,
        }
        if seen.counted:
            before = self._counted()
            if before and before.where != seen.counted.where:
                self.event("target_changed", "what is counted is another interface or router")
            facts["counted"] = seen.counted
        if said and said.flags & wire.UNKNOWN:
            facts["problem"] = "unknown"  # unsigned: shown, and nothing is done about it
        elif said:
            facts["problem"] = "revoked" if said.flags & wire.REVOKED else ""
            facts["newest"] = said.newest
            facts["answered"] = [self.clock.boot, self.clock.up_ms(), self.clock.wall_s()]
            facts["centre"] = [self.clock.boot, self.clock.up_ms(), said.centre_ms]
        if result:
            facts["trouble"] = result.trouble
        self.store.remember(**facts)

    # Speeds

    def true_s(self) -> tuple[float, bool]:
        """The time, s since 1970, and whether the centre told it in this run of the machine."""
        boot, up_ms, centre_ms = self.store.state("centre", (None, 0, 0))
        if boot == self.clock.boot:
            return (centre_ms + self.clock.up_ms() - up_ms) / 1000, True
        return float(self.clock.wall_s()), False

    def _speed(self, asked: bool) -> None:
        told = self.kept.enrolment
        if not told.ndt7:
            return
        now_s, sure = self.true_s()
        day, minute = divmod(int(now_s / 60) + told.utc_offset_min, when.DAY_MIN)
        account = when.today(self.store.state("account", {}), day, sure)
        quiet, budget = self.kept.quiet_hours(), self.kept.budget_bytes()
        plan = when.slots(told.probe, day, quiet, told.busy_hours)
        if when.decide(plan, account, minute, budget, False, quiet) is None and not asked:
            return
        used = measure.used_mbps(self.kept, self.world)
        in_use = measure.in_use(self.kept, used, self.store.state("down_mbps"))
        decision = when.decide(plan, account, minute, budget, in_use, quiet)
        if asked:
            left = budget - account["spent"]
            decision = when.Decision(-1, left // 2, "asked", 10.0) if left >= 2 * when.LEAST_BYTES else None
        if decision:
            self._test(decision, account, used)

    def _test(self, decision: when.Decision, account: dict[str, Any], used: float | None) -> None:
        done = [*account["done"], decision.slot] if decision.slot >= 0 else account["done"]
        # Spent before it is spent: a power cut in the middle of a test must not give the bytes back.
        self.store.remember(
            account={**account, "spent": account["spent"] + decision.most_bytes, "done": done}
        )
        if not decision.most_bytes:
            return
        values = measure.speed(self.kept, self.ways, self.world, decision, used)
        self.store.remember(
            account={**account, "spent": account["spent"] + values["bytes"], "done": done},
            speed=values, down_mbps=values["down_mbps"] or self.store.state("down_mbps"),
        )  # fmt: skip
        self.put("speed", values)

    # On and on

    def run(self, period_s: float = PERIOD_S) -> None:
        """Heartbeats until told to stop. When each comes is the probe's own, so that many never come together."""
        self._flags |= STARTED
        self.event("start", f"release {RELEASE}")
        phase = Random(self.kept.enrolment.probe).uniform(0, period_s)  # noqa: S311
        share = period_s / PERIOD_S
        go_on = self.clock.wait(self.random.uniform(0, SOON_S * share))
        while go_on:
            self.round()
            now = self.clock.up_ms() / 1000
            beats = int((now - phase) // period_s) + 1
            due = phase + beats * period_s + self.random.uniform(-JITTER_S, JITTER_S) * share
            if due - now < period_s / 10:
                due += period_s
            go_on = self.clock.wait(due - now)
        self.event("stop", "told to end")
