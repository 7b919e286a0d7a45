"""What the bench of faults shares: a made-up region, processes that can be killed, promises that must be kept."""

from __future__ import annotations

import importlib
import json
import os
import random
import resource
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
for _room in ("tools", "tests/assure", "tests/exchange", "tests/probe", "tests/web"):
    sys.path.append(str(PROJECT / _room))

#: Imported once; every command is a fork, so that a kill hits its work and not its imports.
_ROOMS = """\
    merata.cli.main merata.run.engine merata.run.steps merata.run.check merata.run.radio merata.radio.coverage
    merata.access.assess merata.access.files merata.plan.solve merata.plan.supply_files merata.publish.publish
    merata.backup.pack merata.backup.unpack merata.exchange.verify merata.exchange.log merata.assure.score
    merata.assure.compact merata.assure.receive merata.region.build merata.region.folder merata.probe.store
    django psycopg arrivals writer
"""


class LostError(AssertionError):
    """Something that was acknowledged is gone, or something half done can be seen."""


class NotHereError(Exception):
    """This machine can't make this fault; it says why."""


def promised(kept: bool, what: str) -> None:
    """Raise LostError where a promise was not kept."""
    if not kept:
        raise LostError(what)


def warm() -> None:
    """Import what the commands need."""
    for name in _ROOMS.split():
        importlib.import_module(name)


class Child:
    """A fork of this process that does something, with what it prints in files; killed with all that it started."""

    def __init__(
        self,
        do: Callable[[], object],
        place: Path,
        *,
        env: Mapping[str, str] | None = None,
        limits: Mapping[int, int] | None = None,
    ) -> None:
        self.out, self.err = place / f"out-{time.monotonic_ns()}", place / f"err-{time.monotonic_ns()}"
        self.pid = os.fork()
        if not self.pid:
            _be_child(do, self.out, self.err, env or {}, limits or {})
        self.code: int | None = None

    def wait(self, seconds: float = 240) -> int:
        """Its exit code, as a shell has it; LostError when it does not end."""
        until = time.monotonic() + seconds
        while not self.gone():
            if time.monotonic() > until:
                os.killpg(self.pid, signal.SIGKILL)
                raise LostError(f"it did not end in {seconds:.0f} s")
            time.sleep(0.005)
        assert self.code is not None
        return self.code

    def kill(self) -> bool:
        """SIGKILL to it and all that it started; whether it was still at work."""
        if self.gone():
            return False
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            os.kill(self.pid, signal.SIGKILL)
        return self.wait() == -signal.SIGKILL

    def gone(self) -> bool:
        """Whether it has ended."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if pid else None
        return self.code is not None

    def lines(self) -> list[str]:
        """Whole lines that it printed so far."""
        text = self.out.read_text(encoding="utf-8", errors="replace") if self.out.exists() else ""
        return text.split("\n")[:-1]

    def trouble(self) -> str:
        """The end of what it said went wrong."""
        return (
            self.err.read_text(encoding="utf-8", errors="replace").strip()[-700:] if self.err.exists() else ""
        )


def _be_child(
    do: Callable[[], object], out: Path, err: Path, env: Mapping[str, str], limits: Mapping[int, int]
) -> None:
    code = 70
    try:
        os.setsid()
        for descriptor, path in ((1, out), (2, err)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), descriptor)
        os.environ.update({"COLUMNS": "200", **env})
        for which, most in limits.items():
            resource.setrlimit(which, (most, resource.RLIM_INFINITY))
        do()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException as error:
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    finally:
        sys.stdout.flush()
        os._exit(code)


def merata(place: Path, *words: object, **how: object) -> Child:
    """A command of Merata in a process of its own."""

    def do() -> None:
        from merata.cli.main import main

        sys.argv = ["merata", *map(str, words)]
        main()

    return Child(do, place, **how)  # type: ignore[arg-type]


def done(place: Path, *words: object, code: int = 0, **how: object) -> Child:
    """A command that has ended with this exit code; LostError when it ended otherwise."""
    child = merata(place, *words, **how)
    found = child.wait()
    promised(found == code, f"merata {words[0]} ended with {found}, not {code}: {child.trouble()}")
    return child


def answer(place: Path, do: Callable[[], object]) -> Any:
    """What a function says, called in a process of its own: threads of libraries would not outlive a fork."""
    child = Child(lambda: print(json.dumps(do())), place)
    promised(child.wait() == 0, child.trouble())
    return json.loads(child.lines()[-1])


@dataclass
class World:
    """The place of the bench, and the region that every fault begins with a copy of."""

    place: Path
    dice: random.Random
    took: dict[str, float] = field(default_factory=dict)
    _number: int = 0

    @property
    def region(self) -> Path:
        """The region as it is before any fault; nobody changes it."""
        return self.place / "region"

    def make(self) -> None:
        """Make the region, its site and its measurements, and run it once."""
        child = Child(lambda: _make(self.region, self.place), self.place)
        promised(child.wait() == 0, f"the region could not be made: {child.trouble()}")
        done(self.place, "run", self.region)

    def fresh(self) -> Path:
        """A copy of the region that a fault may change, in a folder of its own."""
        self._number += 1
        folder = self.place / f"fault-{self._number}"
        folder.mkdir()
        shutil.copy(self.place / "leaves.jsonl", folder)
        return Path(shutil.copytree(self.region, folder / "region", symlinks=True))

    def swept(self) -> None:
        """Take the copies away."""
        for folder in self.place.glob("fault-*"):
            shutil.rmtree(folder, ignore_errors=True)

    def measured(self, name: str, place: Path, *words: object, **how: object) -> None:
        """Run a command to its end, to know how long it takes."""
        began = time.monotonic()
        done(place, *words, **how)
        self.took[name] = time.monotonic() - began

    def killed(self, name: str, place: Path, *words: object, **how: object) -> bool:
        """Run a command and kill it at a random instant of the time that it takes; whether it was still at work."""
        if name not in self.took:
            copy = self.fresh()
            for path in place.iterdir():
                if path.is_file():
                    shutil.copy(path, copy.parent)
            self.measured(name, copy.parent, *(_there(word, place, copy.parent) for word in words), **how)
        child = merata(place, *words, **how)
        time.sleep(self.dice.uniform(0, self.took[name]))
        return child.kill()


def _there(word: object, place: Path, other: Path) -> object:
    """A path below one folder as it is below another."""
    if isinstance(word, Path) and word.is_relative_to(place):
        return other / word.relative_to(place)
    return word


def _make(folder: Path, beside: Path) -> None:
    import freeze

    from merata.example import messages
    from merata.example.year import year

    freeze.region_of(folder, beside)
    shutil.rmtree(folder / "measurements")
    messages.write(folder / "measurements", year(8, 1, first="2026-01"))
    (beside / "leaves.jsonl").write_text("")
    _terrain(beside / "DEM.tif")
    from merata.region.folder import Region

    promised(
        not Region(folder).add([beside / "DEM.tif"], date="2025-01-01").refused, "the terrain was not taken"
    )


def _terrain(path: Path) -> None:
    """Hills that nobody has seen."""
    import numpy as np
    import rasterio
    from rasterio.transform import from_origin

    east, north = np.meshgrid(np.linspace(0, 9, 120), np.linspace(0, 5, 50))
    heights = (60 + 40 * np.sin(east) * np.cos(north)).astype("float32")
    shape = {
        "driver": "GTiff",
        "width": 120,
        "height": 50,
        "count": 1,
        "dtype": "float32",
        "crs": "EPSG:4326",
    }
    with rasterio.open(path, "w", transform=from_origin(116.9, 0.2, 0.005, 0.006), **shape) as out:
        out.write(heights, 1)


def kept(region: Path, *below: str) -> dict[str, bytes]:
    """Every file below some folders, but locks, by its path."""
    found = {}
    for name in below:
        for path in sorted((region / name).rglob("*")):
            if path.is_file() and path.name != "lock":
                found[path.relative_to(region).as_posix()] = path.read_bytes()
    return found


def port() -> int:
    """A port that is free now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def until(what: Callable[[], bool], seconds: float, why: str) -> None:
    """Wait for something; LostError when it does not come."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            raise LostError(why)
        time.sleep(0.02)
