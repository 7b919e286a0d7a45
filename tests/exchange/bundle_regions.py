"""Small regions whose truth is known, and bundles of them, for the tests of exchange."""

import datetime as dt
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from merata.exchange import bundle, notes
from merata.exchange.bundle import About
from merata.region import store
from merata.region.change import change
from merata.region.folder import Region
from merata.region.tables import TABLES

KEY = notes.SecretKey.of("a.example/log", notes.LOG, bytes(32))
OTHER = notes.SecretKey.of("b.example/log", notes.LOG, bytes([1] * 32))
TODAY = dt.date(2026, 11, 30)


def about(serial=1, code="99.01", **more):
    given = {"name": "Kabupaten Pazelo (contoh)", "date": "2026-11-01", "made_up": True}
    return About(code, serial=serial, **given | more)


def paid(component="leo_monthly", middle=1_800_000, sites=41, **more):
    row = {
        "component": component, "terrain": "mixed", "remoteness": "mixed", "provider": None, "sites": sites,
        "middle_idr": middle, "low_idr": middle * 9 // 10, "high_idr": middle * 11 // 10, "spread": 0.1,
        "basis": "contracts",
    }  # fmt: skip
    return row | more


def outcome(option="leo", **more):
    row = {
        "option": option, "terrain": "mixed", "remoteness": "mixed", "provider": None, "points": 41, "months": 12,
        "days_to_connect": 400.0, "days_spread": 30.0, "availability": 0.9, "availability_spread": 0.05,
        "judged": 10, "kept": 0.8,
    }  # fmt: skip
    return row | more


NOTE = {
    "note": "solar-theft", "date": "2026-03-01", "option": "leo", "terrain": "hilly", "trouble": "Panels were stolen",
    "done": "Panels on the roof", "cost_idr": 1_500_000, "outcome": "No theft in a year", "worked": "yes",
}  # fmt: skip


def packed(serial=1, key=KEY, *, prices=None, outcomes=None, **more):
    tables = {
        "villages": [{"terrain": "mixed", "remoteness": "mixed", "villages": 9}],
        "prices": [paid()] if prices is None else prices,
        "outcomes": [outcome()] if outcomes is None else outcomes,
        "failures": [],
        "practices": [NOTE],
    }
    return bundle.pack(about(serial, **more), tables, key)


def region(folder, code="99.02", made_up=True, villages=9, **tables):
    """A region of square villages; further tables as lists of rows."""
    toml = f'[region]\nname = "Kabupaten {folder.name} (contoh)"\ncode = "{code}"\n'
    made = Region.start(folder, toml + (f"made_up = {str(made_up).lower()}\n"))
    facts = {"source": "a", "known_by": "made up"}
    rows = [
        {"code": f"{code}.01.20{n:02d}", "name": f"Desa {n}", "district": "Vakuna"} | facts
        for n in range(villages)
    ]
    shapes = [shapely.box(117 + n / 50, 0, 117 + (n + 1) / 50, 0.02) for n in range(villages)]
    found = {"villages": gpd.GeoDataFrame(rows, geometry=shapes, crs=4326)}
    found |= {name: pd.DataFrame([row | facts | row for row in given]) for name, given in tables.items()}
    with change(folder) as staged:
        shaped = {name: store.shaped(table, TABLES[name]) for name, table in found.items()}
        store.write(staged.file("region.gpkg"), shaped)
    return made


def served(made, fees, options, providers, days=90):
    """Service points as the site writes them, and scores as `merata score` does: one point a fee, in its village."""
    place = made.path / "measurements"
    scores = place / "scores" / "all"
    scores.mkdir(parents=True)
    codes = list(made.tables()["villages"]["code"])
    points = pd.DataFrame({
        "point": [f"T-{n}" for n in range(len(fees))], "village": [codes[n % len(codes)] for n in range(len(fees))],
        "kind": "school", "place": [f"Sekolah {n}" for n in range(len(fees))], "provider": providers,
        "option": options, "contract": "K-1", "monthly_idr": fees,
        "from": [(dt.date(2026, 1, 1) + dt.timedelta(days=days + n % 3)).isoformat() for n in range(len(fees))],
    })  # fmt: skip
    points.to_csv(place / "points.csv", index=False)
    contract = {
        "contract": "K-1",
        "provider": "",
        "availability": 0.97,
        "repair_hours": 48,
        "from": "2026-01-01",
    }
    pd.DataFrame([contract]).to_csv(place / "contracts.csv", index=False)
    pd.DataFrame(columns=["probe", "point"]).to_csv(place / "probes.csv", index=False)
    cards = pd.DataFrame(
        {"of": "point", "name": points["point"], "period": "2026-06", "points": 1, "enough": True}
    )
    cards["availability"] = 0.9 + 0.01 * (np.arange(len(cards)) % 5)
    for what, word in zip(("availability", "down_mbps", "up_mbps", "latency", "repair"),
                          ("missed", "kept", "kept", "kept", "unsure"), strict=True):  # fmt: skip
        cards[f"{what}_verdict"] = word
    cards.to_csv(scores / "scorecards.csv", index=False)
    money = points[["provider", "contract", "point"]].assign(period="2026-06", due_idr=fees, owed_idr=fees)
    money["owed_idr"] = (money["owed_idr"].astype(int) * 9) // 10
    money.to_csv(scores / "statements.csv", index=False)
    amiss = points[["point"]].assign(outage=range(len(points)), cause="link", counts="down",
                                     start="2026-06-01T00:00:00Z", end="2026-06-01T12:00:00Z")  # fmt: skip
    amiss.to_csv(scores / "outages.csv", index=False)
    amiss.assign(hours=12.0, ended=True).to_csv(scores / "repairs.csv", index=False)
    pd.DataFrame(columns=["of", "name"]).to_csv(scores / "suspicions.csv", index=False)
    (scores / "about.json").write_text(json.dumps({"months": ["2026-06"], "as_of_s": 0}))
    return points
