"""Runs set side by side: how their plans and their inputs differ, and a plan against what the region now knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from merata.access.files import read_access
from merata.errors import MissingError
from merata.plan import compare as plan_compare
from merata.plan.built import Built
from merata.plan.built import built as plan_built
from merata.plan.compare import Cause
from merata.plan.files import read_plan
from merata.region.folder import Region
from merata.region.settings import Settings
from merata.run import engine
from merata.run import inputs as run_inputs
from merata.run.engine import Run


def compare(first: Run, second: Run) -> plan_compare.Comparison:
    """How the plans of two runs differ, and what they were made from otherwise."""
    return plan_compare.compare(read_plan(first.folder), read_plan(second.folder), causes(first, second))


def causes(first: Run, second: Run) -> list[Cause]:
    """What the second run was made from otherwise than the first: settings, files, promises, the program.

    Of settings that only one of them has, like those of a new fund, only what is not the default.
    """
    a, b = (json.loads((run.folder / "run.json").read_text(encoding="utf-8")) for run in (first, second))
    settings = [dict(_flat("", note["settings"])) for note in (a, b)]
    both = settings[0].keys() & settings[1].keys()
    chosen = both.union(*(_chosen(note["settings"]) for note in (a, b)))
    names = [name for name in dict.fromkeys([*settings[0], *settings[1]]) if name in chosen]
    found = [Cause(name, *(side.get(name, "") for side in settings)) for name in names]
    files = [{s["file"]: f"{s['sha256'][:8]}, {s['date']}" for s in note["sources"]} for note in (a, b)]
    found += [
        Cause(name, *(side.get(name, "") for side in files)) for name in dict.fromkeys([*files[0], *files[1]])
    ]
    taken = [
        {f"bundle of {code}": what for code, what in note.get("evidence", {}).items()} for note in (a, b)
    ]
    found += [
        Cause(name, *(side.get(name, "") for side in taken)) for name in dict.fromkeys([*taken[0], *taken[1]])
    ]
    found += [
        Cause(key, str(a.get(key, "")), str(b.get(key, ""))) for key in ("replan_of", "stopped_by", "version")
    ]
    return [cause for cause in found if cause.a != cause.b]


def _chosen(settings: dict[str, Any]) -> set[str]:
    """Names of the settings that are not the default; of all where another version knew others."""
    try:
        own = Settings.model_validate(settings).model_dump(mode="json", exclude_defaults=True)
    except ValidationError:
        own = settings
    return {name for name, _ in _flat("", own)}


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every setting with its whole name; rows of a list by what they are called, where they have a name."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _flat(f"{name}.{key}" if name else str(key), part)
    elif isinstance(value, list) and any(isinstance(part, dict) for part in value):
        for n, part in enumerate(value, 1):
            yield from _flat(f"{name}[{part.get('name', n)}]", part)
    else:
        yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def built(region: Region, run: Run, year: int | None = None) -> tuple[Built, str]:
    """A run's plan against what the region now knows, and the date of that; `year` None: the year of that date.

    Raises
    ------
    MissingError
        The newest run does not know what the folder holds now.
    """
    now = engine.knowing(region, "access")
    if now is None:
        raise MissingError(
            f"{region.path}: files or settings have changed since run {engine.find(region.path).id}, so who has which "
            f"level now is not reckoned yet. `merata run {region.path}` does that."
        )
    inputs = run_inputs.read(region)
    due = inputs.date.year if year is None else year
    result = plan_built(
        read_plan(run.folder), read_access(run.folder), read_access(now.folder), inputs.tables, due
    )
    return result, inputs.date.isoformat()
