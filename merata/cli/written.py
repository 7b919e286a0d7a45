"""Files that commands write where they are asked to, and cells as JSON has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer


def kind(place: Path, kinds: tuple[str, ...]) -> Any:
    """The ending of a file's name, which must be one of `kinds`; raises typer.BadParameter."""
    ending = place.suffix.lower().removeprefix(".")
    if ending not in kinds:
        expected = " or ".join(f".{one}" for one in kinds)
        raise typer.BadParameter(f"'{place}' must end with {expected}.", param_hint="--out")
    return ending


def write(place: Path, content: bytes) -> None:
    """Write a file whole or not at all; raises typer.BadParameter where there is no such folder."""
    if not place.resolve().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {place.parent}.", param_hint="--out")
    beside = place.with_name(f".{place.name}.part")
    beside.write_bytes(content)
    beside.replace(place)


def plain(value: Any) -> Any:
    """A cell as JSON has it: no NumPy, null for nothing known."""
    value = value.item() if hasattr(value, "item") else value
    return None if value is None or value != value else value
