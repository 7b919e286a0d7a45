"""One look at the line: what a heartbeat and a speed hold."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from merata.probe import counters, ndt7, reach
from merata.probe.connect import Ways
from merata.probe.kept import Kept
from merata.probe.messages import LINE_DOWN, ON_BATTERY, UDP_SILENT
from merata.probe.when import Decision

log = logging.getLogger("merata.probe")

#: Tries to the centre; to each of the two outside.
CENTRE_TRIES, OUTSIDE_TRIES = 10, 5
#: Whether people use the line is seen by what it carries in so long, s.
WATCH_S = 2.0
#: What the line is taken to be able to before it was ever measured, Mbit/s.
SUPPOSED_MBPS = 4.0


class World(NamedTuple):
    """What a look needs of the machine; tests hand in others."""

    patience_s: float = reach.PATIENCE_S
    apart_s: float = reach.APART_S
    resolvers: tuple[reach.Address, ...] | None = None
    proc: Path = Path("/proc")
    sys: Path = Path("/sys")
    watch_s: float = WATCH_S
    run_s: float = ndt7.RUN_S


class Look(NamedTuple):
    """What was seen: the columns of a heartbeat, and the counters to subtract from the next ones."""

    values: dict[str, Any]
    counted: counters.Carried | None


def look(kept: Kept, names: reach.Names, world: World, before: counters.Carried | None, flags: int) -> Look:
    """Measure what a heartbeat holds."""
    told = kept.enrolment
    centre, silent = _centre(kept, names, world)
    outside = [_outside(target, names, world) for target in told.outside]
    outside += [reach.Tries([], 0)] * (2 - len(outside))
    servers = list(reach.resolvers()) if world.resolvers is None else list(world.resolvers)
    counted = counters.carried(kept.setting("interface"), kept.setting("snmp"), world.proc)
    received_kb, sent_kb = counters.difference_kb(counted, before)
    flags |= silent and UDP_SILENT
    flags |= (not kept.setting("interface") and _no_way_out(world)) and LINE_DOWN
    flags |= counters.on_battery(world.sys) and ON_BATTERY
    values = {
        "centre_ms": centre.median_ms(),
        "centre_lost": centre.lost,
        "outside1_ms": outside[0].median_ms(),
        "outside2_ms": outside[1].median_ms(),
        "outside_lost": sum(o.lost for o in outside) if told.outside else None,
        "dns_ms": reach.dns_ms(told.dns_name, servers, world.patience_s),
        "flags": flags,
        "clients": counters.clients(kept.setting("clients")),
        "rx_kb": received_kb,
        "tx_kb": sent_kb,
    }
    return Look(values, counted)


def _centre(kept: Kept, names: reach.Names, world: World) -> tuple[reach.Tries, bool]:
    """Echoes by UDP; where none comes, connects to where the batches go, for a firewall may let only those out."""
    echoes = reach.echoes(
        names.address(kept.enrolment.udp, world.patience_s), CENTRE_TRIES, world.patience_s, world.apart_s
    )
    if echoes.times_ms:
        return echoes, False
    where = names.address(urlsplit(kept.enrolment.https).netloc, world.patience_s)
    return reach.connects(where, CENTRE_TRIES, world.patience_s, world.apart_s), True


def _outside(target: str, names: reach.Names, world: World) -> reach.Tries:
    return reach.connects(
        names.address(target, world.patience_s), OUTSIDE_TRIES, world.patience_s, world.apart_s
    )


def _no_way_out(world: World) -> bool:
    return (world.proc / "net" / "route").exists() and not counters.default_interface(world.proc)


def used_mbps(kept: Kept, world: World) -> float | None:
    """What the line carries just now, both ways, Mbit/s; None where nobody counts."""
    which = (kept.setting("interface"), kept.setting("snmp"), world.proc)
    first, begun = counters.carried(*which), time.perf_counter()
    if first is None:
        return None
    time.sleep(world.watch_s)
    last, took = counters.carried(*which), time.perf_counter() - begun
    if last is None or last.where != first.where:
        return None
    carried = last.received - first.received + last.sent - first.sent
    return round(carried * 8 / took / 1e6, 3) if carried >= 0 else None


def in_use(kept: Kept, used: float | None, last_mbps: float | None) -> bool:
    """Whether people need the line: it carries more than a share of what it was last seen to be able to."""
    return used is not None and used > kept.setting("busy_share") * (last_mbps or SUPPOSED_MBPS)


def speed(kept: Kept, ways: Ways, world: World, decision: Decision, used: float | None) -> dict[str, Any]:
    """Measure what a speed holds: half of the bytes for each way, and what the download left over for the upload."""
    server = kept.enrolment.ndt7
    run_s = min(world.run_s, decision.run_s)
    down = _tried(ndt7.download, ways, server, decision.most_bytes // 2, run_s)
    up = _tried(ndt7.upload, ways, server, decision.most_bytes - down.bytes, run_s)
    return {
        "down_mbps": down.mbps,
        "up_mbps": up.mbps,
        "min_rtt_ms": down.min_rtt_ms,
        "down_s": round(down.seconds, 3) if down.mbps is not None else None,
        "up_s": round(up.seconds, 3) if up.mbps is not None else None,
        "used_mbps": used,
        "bytes": down.bytes + up.bytes,
        "server": (urlsplit(server).hostname or "")[:100],
        "why": decision.why,
    }


def _tried(test: Any, ways: Ways, server: str, most_bytes: int, run_s: float) -> ndt7.Way:
    try:
        way: ndt7.Way = test(ways, server, most_bytes, run_s)
    except OSError as e:
        log.info("%s failed: %s", test.__name__, e)
        return ndt7.NOTHING
    return way


def tell(values: dict[str, Any], names: list[str]) -> str:
    """Some columns for the log."""
    return ", ".join(f"{name} {values[name]}" for name in names)
