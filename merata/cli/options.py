"""Arguments and options that several commands take, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Folder = Annotated[Path, typer.Argument(help="The region's folder")]
Host = Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 for all of this machine's")]
Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON, for scripts")]
Spoken = Annotated[Literal["en", "id"], typer.Option(help="Language of the sentences: en or id")]
