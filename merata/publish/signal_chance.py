"""What a run's map of the chance says, for its picture: values in percent, title, and what corrected it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from merata.publish.signal import Layer
from merata.publish.words import Tongue
from merata.radio.against import read_correction
from merata.radio.chance_map import read_chance
from merata.radio.correct import Correction
from merata.region.grid import Grid
from merata.region.settings import Settings

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ShownChance:
    """A map of the chance as it is shown."""

    percent: Floats
    """(rows, columns) of `grid`, 0 to 100; NaN where no site is in reach."""
    plus_minus: Floats
    """Its standard uncertainty, percent points."""
    grid: Grid
    level: str
    """The level that it is the chance of."""
    outdoors: bool
    correction: Correction

    def title(self, t: Tongue) -> str:
        """What the map shows."""
        key = "signal_chance" if self.outdoors else "signal_chance_building"
        return t(key, level=t.word("level", self.level))

    def layer(self, t: Tongue, region: str, villages: gpd.GeoDataFrame, radius_km: float) -> Layer:
        """The map as `merata.publish.signal` draws it, in one language."""
        return Layer(
            region, villages, radius_km, "chance", self.percent, self.grid, self.title(t), self.plus_minus
        )

    def words(self, t: Tongue) -> str:
        """The paragraph over the map in the report."""
        return t(
            "signal_chance_words", level=t.word("level", self.level), corrected=corrected(self.correction, t)
        )


def shown_chance(folder: Path, settings: Settings) -> ShownChance | None:
    """The map in a run's folder; None when the run has none. Raises FileError when a file is not what it should be."""
    files = folder / "chance.tif", folder / "correction.json"
    if not all(file.exists() for file in files):
        return None
    made, correction = read_chance(files[0]), read_correction(files[1])[0]
    return ShownChance(
        made.chance * np.float32(100),
        made.uncertainty * np.float32(100),
        made.grid,
        settings.promise.people,
        settings.radio.building == "none",
        correction,
    )


def corrected(correction: Correction, t: Tongue) -> str:
    """How many measurements corrected the map, or none."""
    if not correction.points:
        return t("signal_not_corrected", db=t.number(correction.sigma_db))
    return t("signal_corrected", places=t.number(correction.points), sites=t.number(correction.sites))


def chance_note(shown: ShownChance, t: Tongue, *, date: str, run_id: str, version: str, made_up: bool) -> str:
    """The line under the map: how it is known, what corrected it, when, and that an example is made up."""
    said = t(
        "signal_chance_note",
        corrected=corrected(shown.correction, t),
        date=t.day(date),
        version=version,
        run=run_id,
    )
    return f"{t('made_up_strip')} · {said}" if made_up else said
