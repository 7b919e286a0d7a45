"""`merata serve` and its companions: the web site over a region folder."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from merata.cli import screen
from merata.cli.options import Folder
from merata.errors import MissingError


def serve(
    folder: Folder,
    host: Annotated[
        str, typer.Option(help="Address to listen at; 0.0.0.0 for all of this machine's")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen at")] = 8000,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Server processes; one a core")] = 2,
) -> None:
    """Serve the site of a region: its open pages, and where staff run the programme. Ctrl-C ends it."""
    _started(folder)
    from merata.web.serve import serve as until_stopped

    screen.say(f"The site of {folder} is at http://{host}:{port}/ (Ctrl-C ends it)")
    until_stopped(host, port, processes)


def _started(folder: Any) -> None:
    """Set the web room up over a region's folder, its tables and files as this version needs them."""
    try:
        from merata.web.start import prepare, start

        start(folder)
    except ModuleNotFoundError as error:
        raise MissingError(
            f"The site needs {error.name}, which is not installed: pip install 'merata[web]'."
        ) from None
    prepare()
