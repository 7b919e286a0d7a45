"""Bundles between regions: what `docs/benchmarks.md` says under "Bundles". Everything in it is made up, and seeded.

python bench/bundles.py --seeds 100
"""

from __future__ import annotations

import argparse
import itertools
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
for room in ("plan", "exchange"):
    sys.path.insert(0, str(HERE.parent / "tests" / room))

from bundle_regions import KEY, NOTE, about, outcome, paid  # noqa: E402
from factory import Place, Village, access  # noqa: E402

from merata.exchange import bundle, taken  # noqa: E402
from merata.exchange.bundle_tables import REMOTENESS, TERRAINS  # noqa: E402
from merata.plan import catalogue  # noqa: E402
from merata.plan.evidence import BETWEEN_PRICES, COLUMNS  # noqa: E402
from merata.plan.options import OPTIONS  # noqa: E402
from merata.plan.solve import choices, solve  # noqa: E402
from merata.region.prices import COMPONENTS  # noqa: E402
from merata.region.settings import parse_settings  # noqa: E402

MIX = {("mixed", "mixed"): 1.0}
#: How far a region's own list and one point's price lie from the region's truth, standard deviations of the logarithm.
LIST_OFF, POINT_OFF = 0.35, 0.3
SITES = 40
TODAY = taken.dt.date(2026, 11, 30)


def of_a_regency() -> bytes:
    """A bundle with a row for every ground, component or option, and seven providers; 200 practice notes."""
    grounds = list(itertools.product(TERRAINS, REMOTENESS, (f"Penyedia {n}" for n in range(7))))
    named = [{"terrain": a, "remoteness": b, "provider": p} for a, b, p in grounds]
    causes = ("link", "region-wide", "power", "maintenance", "probe", "unknown")
    failures = [
        {"option": option, "terrain": a, "remoteness": b, "cause": cause, "points": 9, "outages": 90, "hours": 412.5}
        for option in OPTIONS for a in TERRAINS for b in REMOTENESS for cause in causes
    ]  # fmt: skip
    dice = np.random.default_rng(1)
    tables = {
        "villages": [{"terrain": a, "remoteness": b, "villages": 70} for a in TERRAINS for b in REMOTENESS],
        "prices": [
            paid(component, int(dice.integers(10**6, 10**9)), spread=round(dice.random(), 6), **where)
            for component in COMPONENTS
            for where in named
        ],
        "outcomes": [
            outcome(
                option,
                availability=round(dice.random(), 6),
                days_to_connect=round(400 * dice.random(), 6),
                **where,
            )
            for option in OPTIONS
            for where in named
        ],
        "failures": failures,
        "practices": [
            NOTE | {"note": f"note-{n}", "trouble": dice.bytes(150).hex(), "done": dice.bytes(150).hex()}
            for n in range(200)
        ],
    }
    print({name: len(rows) for name, rows in tables.items()})
    return bundle.pack(about(), tables, KEY)


def verified() -> None:
    """How long a regency's bundle takes to verify."""
    data = of_a_regency()
    took = []
    for _ in range(20):
        began = time.perf_counter()
        bundle.opened(data, [KEY.public], "a.zip")
        took.append(time.perf_counter() - began)
    print(f"{len(data) / 1000:.0f} kB: verified in {np.median(took):.3f} s, at most {max(took):.3f} s of 20")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.zip"
        file.write_bytes(data)
        command = [
            Path(sys.executable).parent / "merata",
            "exchange",
            "verify",
            file,
            "--key",
            str(KEY.public),
        ]
        took = []
        for _ in range(5):
            began = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            took.append(time.perf_counter() - began)
    print(f"by the command, with its start: {np.median(took):.2f} s, at most {max(took):.2f} s of 5")


def truths(
    dice: np.random.Generator, mislead: float
) -> tuple[dict[str, float], dict[str, float], pd.DataFrame]:
    """True prices by component, those of the region's own list, and the evidence of a neighbour."""
    true, own, rows = {}, {}, []
    for key, component in COMPONENTS.items():
        centre = math.log((component.low_idr + component.high_idr) / 2) + dice.normal(0, 0.4)
        here, there = centre + dice.normal(0, math.sqrt(BETWEEN_PRICES), 2)
        true[key], own[key] = math.exp(here), math.exp(here + dice.normal(0, LIST_OFF))
        seen = there + mislead + dice.normal(0, POINT_OFF, SITES)
        middle = round(math.exp(seen.mean()))
        rows.append(paid(key, middle, SITES, spread=float(seen.std(ddof=1))))
    packed = bundle.pack(about(), {"prices": rows}, KEY)
    found = taken.figures(bundle.opened(packed, [KEY.public], "a.zip"), MIX, TODAY)
    return true, own, pd.DataFrame(found, columns=list(COLUMNS))


def listed(own: dict[str, float]) -> pd.DataFrame:
    """The own list: ranges as wide as such prices truly lie from the truth."""
    width = math.exp(1.2816 * LIST_OFF)
    return pd.DataFrame([
        {"component": key, "item": key, "low_idr": int(2 * price / (1 + width**2)),
         "high_idr": int(2 * price * width**2 / (1 + width**2)), "unit": COMPONENTS[key].unit, "known_by": "made up"}
        for key, price in own.items()
    ])  # fmt: skip


def region(dice: np.random.Generator) -> tuple[object, int]:
    villages = [
        Village([Place(dbm=dice.choice([None, -100.0])), Place("school", dbm=dice.choice([None, -100.0]))])
        for _ in range(12)
    ]
    return access(villages), len(villages)


SETTINGS = """[region]
projection = "EPSG:32650"
made_up = true
[plan]
first_year = 2026
last_year = 2028
gap = 0.0
seconds = 20
[[funds]]
name = "APBD"
years = { 2026 = 250_000_000, 2027 = 450_000_000, 2028 = 600_000_000 }
"""


def plans(seed: int, mislead: float) -> list[float]:
    """Of one made-up region: errors of prices, of what plans say they cost, and places not served as by the truth."""
    dice = np.random.default_rng([seed, 7])
    true, own, evidence = truths(dice, mislead)
    where, _ = region(dice)
    prices = "".join(f"[prices.{k}]\nlow_idr = {round(v)}\nhigh_idr = {round(v)}\n" for k, v in true.items())
    alone, known = parse_settings(SETTINGS), parse_settings(SETTINGS + prices)
    tables = {"prices": listed(own)}
    best = solve(where, tables, known)  # type: ignore[arg-type]
    offers = choices(where, tables, known).offers  # type: ignore[arg-type]
    found = []
    for taught in (tables, {**tables, "evidence": evidence}):
        used = catalogue.prices(tables["prices"], alone, taught.get("evidence"))["used_idr"]
        found.append(float(np.sqrt(np.mean([(math.log(used[k]) - math.log(true[k])) ** 2 for k in true]))))
        plan = solve(where, taught, alone)  # type: ignore[arg-type]
        found += [said_off(plan, offers, used, true), unlike(plan, best)]
    return found


def said_off(plan: object, offers: pd.DataFrame, used: pd.Series, true: dict[str, float]) -> float:
    """How far what a plan says that it costs is from what it would truly cost, as a share of the latter."""
    items = {(row["place"], row["option"]): row["items"] for row in offers.to_dict("records")}
    said = truly = 0.0
    for row in plan.points.to_dict("records"):  # type: ignore[attr-defined]
        for key, number in items[row["place"], row["option"]].items():
            months = 12 * (2029 - int(row["year"])) if COMPONENTS[key].unit == "per month" else 1
            said, truly = said + number * months * int(used[key]), truly + number * months * true[key]
    return abs(said / truly - 1) if truly else 0.0


def unlike(plan: object, best: object) -> float:
    """Share of the places that are served otherwise, or in another year, than the plan made with the truth has it."""
    a, b = (
        {row["place"]: (row["option"], row["year"]) for row in one.points.to_dict("records")}  # type: ignore[attr-defined]
        for one in (plan, best)
    )
    places = set(a) | set(b)
    return sum(a.get(place) != b.get(place) for place in places) / max(1, len(places))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    options = parser.parse_args()
    verified()
    for mislead, what in ((0.0, "an honest neighbour"), (math.log(3), "one whose prices are 3 times too high"),
                          (-math.log(3), "one whose prices are a third")):  # fmt: skip
        began = time.perf_counter()
        found = np.array([plans(seed, mislead) for seed in range(options.seeds)])
        mean, better = found.mean(axis=0), (found[:, 3:] < found[:, :3]).mean(axis=0)
        print(f"{what}, {options.seeds} regions, {time.perf_counter() - began:.0f} s")
        for name, at in (("error of prices (root mean square of the logarithm)", 0),
                         ("error of what the plan says it costs", 1),
                         ("places not served as by the plan made with the truth", 2)):  # fmt: skip
            print(f"  {name}: {mean[at]:.3f} without, {mean[at + 3]:.3f} with; nearer in {better[at]:.0%}")


if __name__ == "__main__":
    main()
