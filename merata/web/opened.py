"""Writes a site's open data as files without serving it: `python -m merata.web.opened REGION FOLDER TABLE…`.

In a process of its own, for Django knows one region only: who has many asks each like this.
"""

from __future__ import annotations

import sys
from pathlib import Path

from merata.errors import MerataError
from merata.web.start import reach, start


def main(region: str, folder: str, *names: str) -> int:
    """Write FOLDER/data/TABLE.csv of what was published last; nothing where nothing was. Returns the exit code."""
    try:
        start(Path(region))
        reach()
    except MerataError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    from merata.web.memory import of_state
    from merata.web.public.current import newest
    from merata.web.public.data import csv_text
    from merata.web.public.tables import TABLES

    place = Path(folder) / "data"
    place.mkdir(parents=True, exist_ok=True)
    publication = newest()
    if publication is None:
        return 0
    with of_state("opened"):
        for name in names:
            table = TABLES[name]
            text = csv_text([column.name for column in table.columns], table.rows(publication))
            (place / f"{name}.csv").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
