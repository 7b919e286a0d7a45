"""Runs the steps over a region folder, takes over what its inputs did not change, and notes what was done."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from merata import __version__
from merata.errors import MissingError
from merata.region.change import PRIVATE
from merata.region.code import hash_of_rooms
from merata.region.folder import Region
from merata.run import inputs as run_inputs
from merata.run.inputs import Inputs
from merata.run.steps import STEPS, Step

_log = logging.getLogger(__name__)

RUNS = "runs"
LATEST = "latest"

Tell = Callable[[str, str, int, int], None]
"""Told of a step: its name, what it is at, how much is done, of how much."""


@dataclass
class Done:
    """What a step did in a run."""

    name: str
    key: str
    files: list[str]
    seconds: float
    taken_from: str = ""
    """The earlier run whose answer was taken over; empty: computed in this run."""


@dataclass
class Run:
    """A run that is there."""

    folder: Path
    steps: list[Done] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Name of the run: a hash of all that its answer depends on."""
        return self.folder.name

    @property
    def report(self) -> Path:
        """The report's first page; it is there when the run went to the end."""
        return self.folder / "report" / "index.html"


def run(region: Region, *, until: str = "", tell: Tell | None = None) -> Run:
    """Run the steps up to `until`, or all; a step whose inputs did not change is taken over from an earlier run.

    The run's folder appears whole, or not at all; runs/latest then points to it.

    Raises
    ------
    MissingError
        There are no villages yet, or no step is called `until`.
    """
    steps = _up_to(until)
    inputs = run_inputs.read(region)
    keys = _keys(inputs, steps)
    final = region.path / RUNS / _id(keys)
    if (final / "run.json").exists():
        _point_latest(region.path, final.name)
        found = load(final)
        return Run(final, [Done(s.name, s.key, s.files, 0.0, final.name) for s in found.steps])
    work = region.path / PRIVATE / f"run-{os.getpid()}" / final.name
    shutil.rmtree(work.parent, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        result = Run(final, [_do(step, keys[step.name], inputs, region.path, work, tell) for step in steps])
        _note(work, inputs, result.steps)
        final.parent.mkdir(exist_ok=True)
        if not (final / "run.json").exists():
            shutil.rmtree(final, ignore_errors=True)
            work.rename(final)
    finally:
        shutil.rmtree(work.parent, ignore_errors=True)
    _point_latest(region.path, final.name)
    return result


def _up_to(until: str) -> list[Step]:
    names = [step.name for step in STEPS]
    if until and until not in names:
        raise MissingError(f"{until}: no such step. The steps are {', '.join(names)}.")
    return list(STEPS[: names.index(until) + 1] if until else STEPS)


def _keys(inputs: Inputs, steps: list[Step]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for step in steps:
        parts = [
            step.name,
            hash_of_rooms("region", step.room),
            inputs.hash_of(step.reads),
            *(keys[name] for name in step.after),
        ]
        keys[step.name] = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return keys


def _id(keys: dict[str, str]) -> str:
    return hashlib.sha256("".join(keys.values()).encode()).hexdigest()[:10]


def _do(step: Step, key: str, inputs: Inputs, region: Path, work: Path, tell: Tell | None) -> Done:
    started = time.perf_counter()
    earlier = _earlier(region, step.name, key)
    if earlier:
        run_id, files = earlier
        for name in files:
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(region / RUNS / run_id / name, work / name)
        _log.info("%s: nothing that it reads has changed since run %s", step.name, run_id)
        return Done(step.name, key, files, time.perf_counter() - started, run_id)
    _log.info("%s: %s", step.name, step.about)
    before = _files(work)
    step.do(inputs, work, lambda what, done, of: tell(step.name, what, done, of) if tell else None)
    new, seconds = sorted(_files(work) - before), time.perf_counter() - started
    _log.info("%s: done in %.1f s: %s", step.name, seconds, ", ".join(new[:6]))
    return Done(step.name, key, new, seconds)


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def is_current(region: Region, run: Run, name: str) -> bool:
    """Whether a step of a run has the answer that the region, as it is now, would be given."""
    keys = _keys(run_inputs.read(region), _up_to(name))
    return any(done.name == name and done.key == keys[name] for done in run.steps)


def _earlier(region: Path, name: str, key: str) -> tuple[str, list[str]] | None:
    """An earlier run that has this step's answer, with the step's files."""
    for path in sorted((region / RUNS).glob("*/run.json")):
        if path.parent.is_symlink():
            continue
        for done in load(path.parent).steps:
            if (
                done.name == name
                and done.key == key
                and all((path.parent / file).exists() for file in done.files)
            ):
                return path.parent.name, done.files
    return None


def _note(work: Path, inputs: Inputs, steps: list[Done]) -> None:
    note = {
        "id": work.name,
        "version": __version__,
        "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "inputs_date": inputs.date.isoformat(),
        "sources": [vars(source) for source in inputs.sources],
        "settings": inputs.settings.model_dump(mode="json"),
        "replan_of": inputs.promised.run if inputs.promised else "",
        "steps": [vars(step) for step in steps],
    }
    (work / "run.json").write_text(json.dumps(note, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def load(folder: Path) -> Run:
    """The run in a folder of runs/.

    Raises
    ------
    MissingError
        There is no finished run.
    """
    try:
        note = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MissingError(
            f"{folder}: no finished run there. `merata run {folder.parent.parent}` makes one."
        ) from None
    return Run(folder, [Done(**step) for step in note["steps"]])


def find(region: Path, name: str = LATEST) -> Run:
    """The run called `name` (its id, or the first characters of it), or the newest.

    Raises
    ------
    MissingError
        There is no such run, or several begin so.
    """
    runs = region / RUNS
    if name == LATEST:
        text = runs / f"{LATEST}.txt"
        name = text.read_text(encoding="utf-8").strip() if text.exists() else LATEST
        return load((runs / name).resolve())
    found = sorted(path.parent for path in runs.glob(f"{name}*/run.json") if not path.parent.is_symlink())
    if len(found) != 1:
        known = ", ".join(sorted(p.parent.name for p in runs.glob("*/run.json") if not p.parent.is_symlink()))
        raise MissingError(
            f"{name}: {len(found) or 'no'} runs are called so. There are: {known or 'none yet'}."
        )
    return load(found[0])


def _point_latest(region: Path, run_id: str) -> None:
    """Point runs/latest to the run: a link, or a text file with its name where there are no links (a USB stick)."""
    link, text = region / RUNS / LATEST, region / RUNS / f"{LATEST}.txt"
    part = link.with_name(f".{LATEST}-{os.getpid()}")
    try:
        part.unlink(missing_ok=True)
        part.symlink_to(run_id)
        os.replace(part, link)
        text.unlink(missing_ok=True)
    except OSError:
        text.write_text(run_id + "\n", encoding="utf-8")
