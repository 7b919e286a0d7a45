"""`merata watch`: the centre itself looks at routers that have an address."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from merata.cli import screen
from merata.cli.options import Folder, Json

if TYPE_CHECKING:
    from merata.assure.checks import Watcher


def watch(
    folder: Folder,
    once: Annotated[
        bool, typer.Option("--once", help="Look at each router once, say what is seen, keep nothing")
    ] = False,
    name: Annotated[
        str, typer.Option(help="Name of its spool; each needs its own, where several run")
    ] = "checks",
    json: Json = False,
) -> None:
    """Look at the routers of measurements/routers.csv every five minutes, by ping, HTTP or SNMP. Ctrl-C ends it."""
    from merata.assure.checks import Watcher
    from merata.region.folder import Region

    region = Region(folder).path
    if once:
        _said(region, json)
        return
    watcher = Watcher(region, name=name)
    screen.say(f"Looking at {len(watcher.routers)} routers every five minutes (Ctrl-C ends it)")
    asyncio.run(_run(watcher))


async def _run(watcher: Watcher) -> None:
    task = asyncio.current_task()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)  # type: ignore[union-attr]
    try:
        await watcher.run()
    except asyncio.CancelledError:
        counted = ", ".join(f"{what}: {count}" for what, count in sorted(watcher.counts.items()))
        screen.say(counted or "Nothing was looked at yet")


def _said(region: Path, json: bool) -> None:
    from merata.assure.checks import once

    found = asyncio.run(once(region))
    if json:
        screen.say_json([{"point": router.point, "address": router.host, **row} for router, row in found])
        return
    for router, row in found:
        told = ", ".join(
            f"{name} {value:.4g}"
            for name, value in row.items()
            if name not in ("how", "ok") and value is not None
        )
        screen.say(
            f"{router.point} {router.host} {router.how}: {'answers' if row['ok'] else 'silent'} {told}".rstrip()
        )
