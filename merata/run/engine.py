"""Runs the steps over a region folder, takes over what its inputs did not change, and notes what was done."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from merata import __version__
from merata.errors import FileError, MissingError
from merata.plan.stop import HAND
from merata.region.change import PRIVATE
from merata.region.code import hash_of_rooms
from merata.region.damage import RUN, sound
from merata.region.folder import Region
from merata.region.sources import hash_file
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
    stopped_by: str = ""
    """What ended it before its time: 'clock' or 'hand'; empty: nothing did."""
    sha256: dict[str, str] = field(default_factory=dict)
    """Of each file: one that something else damaged is not taken for an answer."""


@dataclass
class Run:
    """A run that is there."""

    folder: Path
    steps: list[Done] = field(default_factory=list)
    latest: str = ""
    """The run that runs/latest pointed to when this one was made; empty: not asked."""

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

    The run's folder appears whole, or not at all; runs/latest then points to it, unless it points to one that went
    further. What somebody stopped by hand (see `merata.plan.stop`) depends on the moment as well: it and what follows
    from it have other names than what the inputs alone determine, so that no later run takes them over.

    Raises
    ------
    MissingError
        There are no villages yet, or no step is called `until`.
    StoppedError
        It was stopped by hand before there was anything to go on with.
    """
    steps = _up_to(until)
    inputs = run_inputs.read(region)
    keys = _keys(inputs, steps)
    final = region.path / RUNS / _id(keys)
    if _there(final):
        there = [replace(done, seconds=0.0, taken_from=final.name) for done in load(final).steps]
        return _latest(region.path, Run(final, there))
    made = region.path / PRIVATE / f"run-{os.getpid()}"
    shutil.rmtree(made, ignore_errors=True)
    try:
        work, done = _all_done(steps, inputs, keys, made, tell)
        final = region.path / RUNS / work.name
        _note(work, inputs, done)
        final.parent.mkdir(exist_ok=True)
        if not _there(final):
            shutil.rmtree(final, ignore_errors=True)
            work.rename(final)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return _latest(region.path, Run(final, done))


def _all_done(
    steps: list[Step], inputs: Inputs, keys: dict[str, str], made: Path, tell: Tell | None
) -> tuple[Path, list[Done]]:
    """The folder in `made`, named as the run, that holds the files of all steps; and what they did."""
    work = made / _id(keys)
    work.mkdir(parents=True)
    result: list[Done] = []
    for step in steps:
        result.append(_do(step, keys[step.name], inputs, work, tell))
        if result[-1].stopped_by == HAND:
            keys = _keys(inputs, steps, {done.name: done.key for done in result})
            work = work.rename(made / _id(keys))
    return work, result


def _up_to(until: str) -> list[Step]:
    names = [step.name for step in STEPS]
    if until and until not in names:
        raise MissingError(f"{until}: no such step. The steps are {', '.join(names)}.")
    return list(STEPS[: names.index(until) + 1] if until else STEPS)


def _keys(inputs: Inputs, steps: list[Step], known: Mapping[str, str] | None = None) -> dict[str, str]:
    """A hash of all that each step's answer depends on; `known`: of the first steps."""
    keys = dict(known or {})
    for step in steps[len(keys) :]:
        parts = [
            step.name,
            hash_of_rooms("region", step.room),
            inputs.hash_of(step.reads),
            *(keys[name] for name in step.after),
        ]
        keys[step.name] = _hash(*parts)
    return keys


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _id(keys: dict[str, str]) -> str:
    return hashlib.sha256("".join(keys.values()).encode()).hexdigest()[:10]


def _do(step: Step, key: str, inputs: Inputs, work: Path, tell: Tell | None) -> Done:
    started, region = time.perf_counter(), inputs.folder
    earlier = _earlier(region, step.name, key)
    if earlier:
        run_id, done = earlier
        for name in done.files:
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(region / RUNS / run_id / name, work / name)
        _log.info("%s: nothing that it reads has changed since run %s", step.name, run_id)
        return replace(done, files=list(done.files), seconds=time.perf_counter() - started, taken_from=run_id)
    _log.info("%s: %s", step.name, step.about)
    before = _files(work)
    ended = step.do(inputs, work, lambda what, done, of: tell(step.name, what, done, of) if tell else None)
    new, seconds = sorted(_files(work) - before), time.perf_counter() - started
    sha256 = {name: hash_file(work / name) for name in new}
    _log.info("%s: done in %.1f s: %s", step.name, seconds, ", ".join(new[:6]))
    if ended == HAND:
        key = _hash(key, *sha256.values())
    return Done(step.name, key, new, seconds, stopped_by=ended or "", sha256=sha256)


def _sound(folder: Path, done: Done) -> bool:
    """Whether the files of a step are in a run's folder as it wrote them."""
    wrong = [name for name in done.files if not _as_written(folder / name, done.sha256.get(name))]
    if wrong:
        _log.warning("%s: is not as it was written; it is made again", folder / wrong[0])
    return not wrong


def _as_written(file: Path, sha256: str | None) -> bool:
    return file.exists() and sha256 in (None, hash_file(file))


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def is_current(region: Region, run: Run, name: str) -> bool:
    """Whether a step of a run has the answer that the region, as it is now, would be given."""
    return _has(run, name, _key_now(region, name))


def knowing(region: Region, name: str) -> Run | None:
    """The newest run, else another one, in which a step has the answer that the region would be given as it is now.

    Raises
    ------
    MissingError
        There is no finished run.
    """
    newest, key = find(region.path), _key_now(region, name)
    if _has(newest, name, key):
        return newest
    earlier = _earlier(region.path, name, key)
    return load(region.path / RUNS / earlier[0]) if earlier else None


def _key_now(region: Region, name: str) -> str:
    return _keys(run_inputs.read(region), _up_to(name))[name]


def _has(run: Run, name: str, key: str) -> bool:
    return any(done.name == name and done.key == key for done in run.steps)


def _earlier(region: Path, name: str, key: str) -> tuple[str, Done] | None:
    """An earlier run that has this step's answer, and how it came to it."""
    for path in sorted((region / RUNS).glob("*/run.json")):
        if path.parent.is_symlink() or not _noted(path.parent):
            continue
        for done in load(path.parent).steps:
            if done.name == name and done.key == key and _sound(path.parent, done):
                return path.parent.name, done
    return None


def _note(work: Path, inputs: Inputs, steps: list[Done]) -> None:
    note = {
        "id": work.name,
        "version": __version__,
        "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "inputs_date": inputs.date.isoformat(),
        "sources": [vars(source) for source in inputs.sources],
        "evidence": inputs.evidence,
        "settings": inputs.settings.model_dump(mode="json"),
        "replan_of": inputs.promised.run if inputs.promised else "",
        "stopped_by": next((step.stopped_by for step in steps if step.stopped_by), ""),
        "steps": [vars(step) for step in steps],
    }
    (work / "run.json").write_text(json.dumps(note, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _there(folder: Path) -> bool:
    """Whether a finished run is in a folder, with all its files as they were written; if not it is made again."""
    return _noted(folder) and all(_sound(folder, done) for done in load(folder).steps)


def _noted(folder: Path) -> bool:
    try:
        return bool(load(folder).steps)
    except MissingError:
        return False
    except FileError as error:
        _log.warning("%s", error)
        return False


def load(folder: Path) -> Run:
    """The run in a folder of runs/.

    Raises
    ------
    MissingError
        There is no finished run.
    FileError
        What it notes of itself is damaged.
    """
    try:
        with sound(folder / "run.json", RUN):
            note = json.loads((folder / "run.json").read_text(encoding="utf-8"))
            return Run(folder, [Done(**step) for step in note["steps"]])
    except FileNotFoundError:
        raise MissingError(
            f"{folder}: no finished run there. `merata run {folder.parent.parent}` makes one."
        ) from None


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


def finished(region: Path, name: str = LATEST) -> Run:
    """The run called `name`, or the newest, which went to the end.

    Raises
    ------
    MissingError
        There is no such run, or it did not go to the end.
    """
    found = find(region, name)
    if not found.report.exists():
        raise MissingError(f"Run {found.id} did not go to the end: `merata run {region}` finishes it.")
    return found


def _latest(region: Path, run: Run) -> Run:
    """Point runs/latest to a run, unless what it points to went further: that has what people look for there."""
    try:
        there = find(region)
    except (FileError, MissingError):
        there = run
    if _reached(there) <= _reached(run):
        _point_latest(region, run.id)
        there = run
    return replace(run, latest=there.id)


def _reached(run: Run) -> int:
    """The place of a run's last step among all."""
    done = {step.name for step in run.steps}
    return max((n for n, step in enumerate(STEPS) if step.name in done), default=-1)


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
