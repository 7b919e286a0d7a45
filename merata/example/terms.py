"""Made-up terms of a made-up year's contracts: fees, deductions, what others charge. All of it is made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

#: Fee a month of one point, IDR, where the provider is one of the made-up year.
FEES = {
    "Zuvasel Contoh": 2_750_000,
    "Fexanet Contoh": 1_900_000,
    "Vezofiber Contoh": 2_400_000,
    "Vomirafon Contoh": 2_100_000,
}
USUAL_FEE = 2_200_000
TERMS = {"cap": 0.5, "year_cap": 0.4, "grace_hours": 72.0}
#: What, below its promise by so much, share of the month's fee, for each so much, cap.
RULES = (
    ("availability", 0.0, 0.05, "", None),
    ("availability", 0.03, 0.15, "", None),
    ("availability", 0.08, 0.30, "", None),
    ("availability", 0.0, 1.0, "lost", None),
    ("down_mbps", 0.0, 0.005, "percent", 0.2),
    ("up_mbps", 0.0, 0.0025, "percent", 0.1),
    ("latency", 0.0, 0.05, "", None),
    ("repair", 0.0, 0.001, "hour", 0.1),
)
_PROMISES = {"latency": "latency_ms", "repair": "repair_hours"}
#: Option, fee a month, installing, IDR: what others were asked to offer.
PRICES = (
    ("leo", 2_600_000, 9_500_000),
    ("fixed_wireless", 2_300_000, 6_000_000),
    ("fibre", 2_500_000, 14_000_000),
)


def write(measurements: Path) -> None:
    """Write made-up terms beside contracts.csv, and what of them stands in it; fees that are there stay."""
    found = pd.read_csv(measurements / "contracts.csv")
    contracts(found).to_csv(measurements / "contracts.csv", index=False)
    deductions(found).to_csv(measurements / "deductions.csv", index=False)
    prices().to_csv(measurements / "prices.csv", index=False)


def contracts(found: pd.DataFrame) -> pd.DataFrame:
    """Contracts with their made-up caps and time of grace, and fees where they have none."""
    fees = found["provider"].map(FEES).fillna(USUAL_FEE).astype(int)
    return found.assign(
        **{"monthly_idr": fees} | {c: found[c] for c in ("monthly_idr",) if c in found} | TERMS
    )


def deductions(found: pd.DataFrame) -> pd.DataFrame:
    """deductions.csv of contracts: the same rules for each of their promises."""
    rows: list[tuple[Any, ...]] = []
    for contract in found.to_dict("records"):
        for what, less, share, per, cap in RULES:
            promised = float(contract.get(_PROMISES.get(what, what), np.nan))
            if promised > less:
                rows.append((contract["contract"], what, round(promised - less, 6), share, per, cap))
    return pd.DataFrame(rows, columns=["contract", "what", "limit", "share", "per", "cap"])


def prices() -> pd.DataFrame:
    """prices.csv: offers of a provider that has no points yet."""
    made = pd.DataFrame(PRICES, columns=["option", "monthly_idr", "install_idr"])
    return made.assign(provider="Penawaran Contoh", kind="", known_by="made up")
