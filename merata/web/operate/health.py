"""Whether the site can serve, and whether all that belongs to it works: for proxies, and for who is called at night."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.executor import MigrationExecutor

from merata.web.operate import beats

#: With less room than this the next upload or run may fail.
LEAST_FREE_BYTES = 1_000_000_000
#: Without these nothing can be served; the others only make it worse.
NEEDED = ("database", "tables")


def answers() -> bool:
    """Whether the database answers."""
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def pending() -> list[str]:
    """Steps that the database's tables still lack to be those of this version."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return [str(step) for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


#: Whether this process has seen the tables as it needs them: they do not go back.
_seen = False


def _has_tables() -> bool:
    global _seen
    _seen = _seen or not pending()
    return _seen


def _works() -> bool:
    return any(age_s < beats.SILENT_S for age_s in beats.ages_s().values())


def _has_room() -> bool:
    return shutil.disk_usage(Path(settings.REGION)).free > LEAST_FREE_BYTES


_CHECKS: dict[str, Callable[[], bool]] = {
    "database": answers,
    "tables": _has_tables,
    "worker": _works,
    "disk": _has_room,
}


def state() -> dict[str, bool]:
    """What is well, by name. Where the database is away, what is in it is not well either."""
    return {name: _well(check) for name, check in _CHECKS.items()}


def _well(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (Error, OSError):
        return False


def ready(state: dict[str, bool]) -> bool:
    """Whether pages can be served."""
    return all(state[name] for name in NEEDED)
