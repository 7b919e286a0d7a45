"""Since when a thing that a page shows stands in the log that nobody can rewrite."""

from __future__ import annotations

from collections.abc import Iterable

from merata.web.models import LogEntry


def newest_of(kind: str) -> LogEntry | None:
    """The entry of a kind that was added last."""
    return LogEntry.objects.filter(kind=kind).order_by("-index").first()


def recorded(kind: str, names: Iterable[object]) -> dict[str, LogEntry]:
    """The entry with which each thing of a kind began, by its name there: the number of a plan, of a promise."""
    wanted = [str(name) for name in names]
    rows = LogEntry.objects.filter(kind=kind, of__in=wanted).order_by("-index") if wanted else ()
    return {row.of: row for row in rows}
