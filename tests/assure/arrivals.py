"""Made-up probes whose true times are known, and what arrives from them: for the tests of measurements."""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

from merata.assure import decode, spool
from merata.assure.spool import Record
from merata.probe import wire
from merata.probe.messages import Message

BEGAN_MS = 1_790_000_000_000
EVERY_MS = 300_000


def key_of(probe: int) -> bytes | None:
    return bytes([probe % 251]) * 32 if probe < 1_000_000 else None


def heartbeat(number: int, boot: int = 1, up_ms: int = 0, wall_s: int = 0, **values: object) -> Message:
    said = {
        "centre_ms": 31.2, "centre_lost": 0, "outside1_ms": 20.5, "outside2_ms": None,
        "outside_lost": 5, "dns_ms": 12.0, "flags": 0, "clients": number % 9, "rx_kb": number * 7, "tx_kb": number,
    }  # fmt: skip
    return Message(number, boot, up_ms, wall_s, "heartbeat", {**said, **values})


def speed(number: int, boot: int = 1, up_ms: int = 0, wall_s: int = 0) -> Message:
    said = {
        "down_mbps": 7.25, "up_mbps": None, "min_rtt_ms": 40.0, "down_s": 10.0, "up_s": None, "used_mbps": 0.5,
        "bytes": 9_000_000, "server": "ndt.example", "why": "schedule",
    }  # fmt: skip
    return Message(number, boot, up_ms, wall_s, "speed", said)


def event(number: int, boot: int = 1, up_ms: int = 0, wall_s: int = 0) -> Message:
    return Message(number, boot, up_ms, wall_s, "event", {"event": "start", "text": "the probe began"})


def sending(probe: int, boot: int = 1, up_ms: int = 0, wall_s: int = 0, waiting: int = 1) -> wire.Sending:
    return wire.Sending(probe, boot, up_ms, wall_s, waiting, 1)


def beat(probe: int, message: Message, age_ms: int = 0) -> wire.Beat:
    return wire.Beat(sending(probe, message.boot, message.up_ms + age_ms, message.wall_s), message)


def batch(
    probe: int, messages: list[Message], up_ms: int, boot: int = 1, wall_s: int = 0
) -> tuple[bytes, str]:
    key = key_of(probe)
    assert key
    head = sending(probe, boot, up_ms, wall_s, len(messages))
    return wire.pack_batch(wire.Batch(head, messages[0].number, messages), key)


def record_of_beat(probe: int, message: Message, received_ms: int, age_ms: int = 0) -> Record:
    return Record(spool.HEARTBEAT, probe, received_ms, decode.heartbeat_body(beat(probe, message, age_ms)))


def record_of_batch(
    probe: int, messages: list[Message], received_ms: int, up_ms: int, boot: int = 1
) -> Record:
    return Record(spool.BATCH, probe, received_ms, batch(probe, messages, up_ms, boot)[0])


class Run(NamedTuple):
    """A run of a made-up probe's clock."""

    boot: int
    began_ms: int
    numbers: range
    wall_wrong_s: int
    anchored: bool

    def message(self, number: int) -> Message:
        since_ms = (number - self.numbers.start) * EVERY_MS + 20_000
        wall_s = (self.began_ms + since_ms) // 1000 + self.wall_wrong_s
        return heartbeat(number, self.boot, since_ms, max(wall_s, 0))

    def true_ms(self, number: int) -> int:
        return self.began_ms + self.message(number).up_ms


def runs_of(seed: int, count: int = 5) -> list[Run]:
    """Runs of one probe, off for a while between them; their wall clocks are right, or wrong by up to a year."""
    dice = random.Random(seed)
    runs, at_ms, number = [], BEGAN_MS, 1
    for i in range(count):
        size = dice.randint(1, 60)
        wrong_s = dice.choice([0, 0, -366 * 86400, dice.randint(-10_000, 10_000)])
        anchored = i == count - 1 or dice.random() < 0.5
        runs.append(Run(100 + i, at_ms, range(number, number + size), wrong_s, anchored))
        at_ms += size * EVERY_MS + 20_000 + dice.randint(60_000, 7_200_000)
        number += size
    return runs


def deliveries(runs: list[Run], probe: int, seed: int) -> list[Record]:
    """What arrives of them, each message at least once: by itself from anchored runs, all else in batches later.

    The way takes from 20 ms to half a second.
    """
    dice = random.Random(seed)
    found, waiting = [], []
    for run in runs:
        for number in run.numbers:
            message = run.message(number)
            if not run.anchored:
                waiting.append(message)
                continue
            received_ms = run.true_ms(number) + dice.randint(20, 500)
            if dice.random() < 0.8 or number == run.numbers[-1]:
                found.append(record_of_beat(probe, message, received_ms))
                if dice.random() < 0.1:  # not answered: it comes again
                    waiting.append(message)
            else:
                waiting.append(message)
            if waiting and dice.random() < 0.1:
                found.append(
                    record_of_batch(probe, waiting[:500], received_ms + 40, message.up_ms + 10, run.boot)
                )
                waiting = waiting[500:]
        end = run.message(run.numbers[-1]).up_ms
        while waiting and run.anchored:
            received_ms = run.began_ms + end + 1000 + dice.randint(20, 500)
            found.append(record_of_batch(probe, waiting[:500], received_ms, end + 1000, run.boot))
            waiting = waiting[500:]
    return found


def into_spool(measurements: Path, records: list[Record], name: str = "") -> None:
    """As a receiver does that ends then."""
    opened = spool.Spool(measurements, name)
    opened.append(records)
    opened.close()
