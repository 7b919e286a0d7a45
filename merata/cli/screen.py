"""What a person sees: progress, tables, errors; and JSON for scripts."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from merata.errors import MissingError
from merata.plan import stop

#: What was asked for goes to standard output; progress and log to standard error, so that `--json` can be piped.
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


def set_up_log(verbose: bool) -> None:
    """Log to the screen: warnings, or everything with `--verbose`."""
    level = logging.DEBUG if verbose else logging.WARNING
    handler = RichHandler(console=err, show_path=False, rich_tracebacks=verbose, markup=False)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", datefmt="%H:%M:%S", handlers=[handler])
    logging.getLogger("merata").setLevel(level)


def say(text: str = "") -> None:
    """Print a line to standard output, as it stands."""
    out.print(text, markup=False, highlight=False)


def say_json(content: Any) -> None:
    """Print content as JSON to standard output."""
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n")


def say_table(heads: list[str], rows: list[list[Any]], title: str = "") -> None:
    """Print a small table to standard output."""
    table = Table(title=title or None, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))  # as it stands: [[funds]] is no mark-up
    out.print(table)


class Bar:
    """A progress bar with one line a step."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, Any] = {}

    def tell(self, step: str, what: str, done: int, of: int) -> None:
        """Say what `step` is at; `of` 0 where the end is not known. Here a command ends that was told to."""
        stop.end_if_told()
        if step not in self._tasks:
            self._finish()
            self._tasks[step] = self._progress.add_task(step, total=of or None, what=what)
        self._progress.update(self._tasks[step], completed=done, total=of or None, what=what)

    def _finish(self) -> None:
        for task in self._tasks.values():
            self._progress.update(task, total=1, completed=1, what="")


@contextmanager
def progress_bar() -> Iterator[Bar]:
    """Show progress on standard error while the block runs."""
    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description:<10}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[what]}", style="dim", markup=False),
    )
    with Progress(*columns, console=err, transient=not err.is_terminal) as progress:
        bar = Bar(progress)
        yield bar
        bar._finish()


def ask(question: str, default: str = "") -> str:
    """Ask a person; the default where nobody is there to answer."""
    if not sys.stdin.isatty():
        return default
    return str(typer.prompt(question, default=default))


def ask_secret(question: str, *, twice: bool) -> str:
    """Ask a person for what must not be seen; MissingError where nobody is there to answer."""
    if not sys.stdin.isatty():
        raise MissingError(f"{question}: nobody is here to ask. Give it as a file.")
    return str(typer.prompt(question, hide_input=True, confirmation_prompt=twice))
