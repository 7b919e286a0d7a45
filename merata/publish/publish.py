"""Writes what leaves as files from one run: villages.csv, report, maps, workbook and layers."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from merata.plan.files import FILES, write_plan
from merata.publish.geopackage import write_geopackage
from merata.publish.report import report_files
from merata.publish.tables import Results, villages, villages_csv
from merata.publish.workbook import write_workbook

__all__ = ["Results", "publish"]


def publish(folder: Path, results: Results, progress: Callable[[str], None] | None = None) -> list[Path]:
    """Write everything that a run leaves for people into its folder; the same results give the same bytes.

    villages.csv, report/index.html, `report/map-*.svg`, plan.xlsx, region.gpkg; plan.json and its
    companions where the plan step has not written them. Existing files are replaced, each in one move.

    Parameters
    ----------
    folder
        The run's folder; made when it is not there.
    results
        All that the run found.
    progress
        Told what is being written.

    Returns
    -------
    The files, in the order in which they were written.

    """
    tell = progress or (lambda what: None)
    (folder / "report").mkdir(parents=True, exist_ok=True)
    written = []
    if not all((folder / name).exists() for name in FILES):
        tell("plan.json")
        write_plan(results.plan, folder)
        written += [folder / name for name in FILES]
    tell("villages.csv")
    joined = villages(results)
    written.append(_write(folder / "villages.csv", villages_csv(joined)))
    tell("report")
    plan = hashlib.sha256((folder / "plan.json").read_bytes()).hexdigest()
    for name, text in report_files(results, joined, plan).items():
        written.append(_write(folder / "report" / name, text))
    tell("plan.xlsx")
    written.append(folder / "plan.xlsx")
    write_workbook(written[-1], results, joined)
    tell("region.gpkg")
    written.append(folder / "region.gpkg")
    write_geopackage(written[-1], results, joined)
    return written


def _write(path: Path, text: str) -> Path:
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(text, encoding="utf-8", newline="\n")
    os.replace(beside, path)
    return path
