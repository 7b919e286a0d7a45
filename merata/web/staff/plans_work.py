"""What the worker does for a plan: runs the engine, and makes a draft of what came out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from merata.plan.stop import HAND
from merata.web.left import clear
from merata.web.models import Job
from merata.web.tasks import Tell

#: The last step whose answer is kept before the plan is searched: a worker that dies later begins again there.
_FIRST = "options"


def run(job: Job, tell: Tell) -> dict[str, Any]:
    """Run the region and load the draft; stopped by hand, with the best plan so far."""
    from merata.region.folder import Region
    from merata.run import engine
    from merata.web.load import load

    region = Region(Path(settings.REGION))
    clear(region.path / ".merata", "run-")  # what runs that died left half made
    first = engine.run(region, until=_FIRST, tell=tell)
    done = engine.run(region, tell=tell)
    tell("load", "", 0, 0)
    draft = load(region.path, done.id)
    stopped = any(step.stopped_by == HAND for step in done.steps)
    return {
        "run": done.id,
        "publication": draft.pk,
        "stopped": stopped,
        "steps": [
            {"name": step.name, "seconds": round(step.seconds, 1), "taken_from": step.taken_from}
            for step in (*first.steps, *done.steps[len(first.steps) :])
        ],
    }
