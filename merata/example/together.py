"""What others have to do with the worked example: two teams in a model contest, a neighbour who witnesses the log."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from pathlib import Path

import numpy as np
import pandas as pd

from merata.errors import FileError, MissingError

CONTEST = "sinyal-contoh"
WITNESS = "kabupaten-tetangga.contoh.example/saksi"
#: Team -> what it adds to the model's prediction, dB, and how wide its interval is, dB.
TEAMS = {"Universitas rekaan (contoh)": (-3.0, 9.0), "Kelompok data rekaan (contoh)": (6.0, 14.0)}
_OPEN_DAYS = 120
#: Standard normal quantiles of 5, 25, 50, 75 and 95%.
_QUANTILES = (-1.6449, -0.6745, 0.0, 0.6745, 1.6449)
_WITHOUT_MODEL_DBM = -100.0


def contest(folder: Path, today: dt.date) -> bool:
    """Open a model contest on the example's made-up measurements, and send two predictions in; whether it could be.

    Parameters
    ----------
    folder
        The region's, with a finished run.
    today
        When it is opened; the split is the same each time.
    """
    from merata.assure import model_contest as split
    from merata.assure import model_contest_board, model_contest_files
    from merata.radio import coverage_file
    from merata.region import landcover
    from merata.region.folder import Region
    from merata.run import engine

    if CONTEST in model_contest_files.names(folder):
        return False
    region = Region(folder)
    run, clutter = engine.knowing(region, "coverage"), region.raster("clutter.tif")
    if run is None:
        return False
    seed = hashlib.sha256(CONTEST.encode()).digest()
    cover = landcover.read(clutter)[0] if clutter else None
    coverage = coverage_file.read(run.folder / "coverage.tif")
    try:
        made = split.make("signal", region.planning_tables(), coverage, cover, region.settings, seed)
    except MissingError:  # a small example has too few measured places
        return False
    until = today + dt.timedelta(days=_OPEN_DAYS)
    place = model_contest_board.open_contest(
        folder, CONTEST, made, seed, until.isoformat(), today.isoformat()
    )
    ask, columns = pd.read_csv(place / "ask.csv"), model_contest_files.about(folder, CONTEST)["columns"]
    for team, (shift_db, wide_db) in TEAMS.items():
        middle = ask["model_dbm"].fillna(_WITHOUT_MODEL_DBM).to_numpy() + shift_db
        values = middle[:, None] + wide_db * np.array(_QUANTILES)
        sent = pd.DataFrame(values, columns=columns[1:]).assign(id=ask["id"])[columns]
        content = sent.to_csv(index=False, lineterminator="\n").encode()
        model_contest_board.submit(folder, CONTEST, team, content, today.isoformat())
    return True


def witnessed(folder: Path, key: Path) -> bool:
    """Write what was published into the log, and let a made-up neighbour cosign it; whether it did.

    Parameters
    ----------
    folder
        The region's.
    key
        The log's secret key; the witness keeps its own, and what it saw last, beside it.
    """
    from merata.exchange import keys, notes
    from merata.exchange.log import FOLDER, Log
    from merata.exchange.policy import Policy
    from merata.exchange.source import source
    from merata.exchange.witness import Witness
    from merata.web import logged

    logged.write(folder, key)
    own = key.with_name("neighbour.key")
    signer = keys.load(own, notes.WITNESS) if own.exists() else keys.make(own, WITNESS, notes.WITNESS)
    known = Policy.of(keys.load(key, notes.LOG).public)
    by = Witness(signer, known, key.with_name("neighbour-saw"), lambda: int(time.time()))
    log = Log(folder / FOLDER)
    try:
        _, signature = by.look(source(str(log.folder)))
    except FileError:
        return False
    with log.writing() as writer:
        writer.cosigned([signature], [signer.public])
    return True
