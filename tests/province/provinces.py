"""Made-up open data of regions, as their sites publish it: few columns, known truth."""

import io

import numpy as np
import pandas as pd

from merata.province import opened
from merata.province.settings import OneRegion


def region(code="99.01", **fields):
    where = fields or {"site": f"https://{code.replace('.', '-')}.example"}
    return OneRegion(code=code, name=f"Kabupaten {code}", owner="Dinas Kominfo (contoh)", **where)


def villages(code, count=12, chance=0.5, relief=50.0, lon=117.0, **fields):
    """Villages in a row two kilometres apart, each of a thousand people, alike but for what is given."""
    rows = pd.DataFrame({
        "code": [f"{code}.01.{2001 + place}" for place in range(count)], "name": "Desa Contoh", "people": 1000,
        "people_known_by": "made up", "people_served": 0.0, "access_now": "basic", "promised": "basic",
        "chance_below": chance, "chance_pm": 0.0, "year": "", "option": "", "capex_idr": 0, "opex_idr_per_year": 0,
        "lon": lon + 0.018 * np.arange(count), "lat": -0.5,
    })  # fmt: skip
    rows = rows.assign(**fields)
    rows["people_below"] = rows["people"] * rows["chance_below"]
    return rows.assign(relief_m=relief)


def files(rows, **tables):
    """The files of a region: `rows` as desa.csv and medan.csv, and any other tables."""
    lands = rows[["code", "relief_m"]].rename(columns={"code": "village_code"})
    made = {"desa": rows.drop(columns="relief_m"), "medan": lands, **tables}
    return {name: csv(table) for name, table in made.items()}


def csv(table):
    out = io.StringIO()
    table.to_csv(out, index=False)
    return out.getvalue().encode()


def taken(code, rows, on="2026-11-30", **tables):
    mine = region(code)
    return opened.Taken(mine, opened.read(mine, files(rows, **tables)), on)


def promises(code, states, year=2025, replaced_by=""):
    return pd.DataFrame({
        "number": range(1, len(states) + 1), "village_code": f"{code}.01.2001", "year": year, "state": states,
        "replaced_by": replaced_by,
    })  # fmt: skip


class Given:
    """A source whose files are given."""

    def __init__(self, made):
        self.made = made

    def __str__(self):
        return "given"

    def get(self, path):
        return self.made.get(path.removeprefix("data/").removesuffix(".csv"))
