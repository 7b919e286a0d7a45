"""What bundles and the region's own links teach a plan: prices, years to build, how often a link is there.

The table `evidence` has a row for each figure of each region, as `COLUMNS` declares them; what the region learned from
itself has the code `HERE`. It is empty where nothing was taken or learned, and then nothing here changes anything.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from merata.plan import technology as tech
from merata.plan.pooling import YEARLY, Figure, Pooled, joined, pool
from merata.region.settings import Settings

#: What a row of evidence is of: the logarithm of a price, days to connect, the log-odds of availability.
PRICE, CONNECT, AVAILABILITY = "price", "connect", "availability"
COLUMNS = (
    "kind", "what", "code", "region", "made_up", "sites", "mean", "variance", "spread", "likeness", "age_years",
)  # fmt: skip

#: The code of what was seen in the region itself.
HERE = ""
#: Assumed: between regions' prices lies a quarter (standard deviation of the logarithm), between their log-odds a half.
BETWEEN_PRICES, BETWEEN_ODDS = 0.25**2, 0.5**2
#: How unsure own prices are beside the width of their range, by where they come from: a default of the catalogue that
#: was assumed, or was published elsewhere; the region's own list; its own fees. Standard deviations of the logarithm.
UNSURE = {"assumed": 0.5, "elsewhere": 0.25, "list": 0.1, "fees": 0.02}
#: Of what is assumed of an option's availability, in log-odds.
UNSURE_ODDS = 0.5
#: Of an option's days from contract to service nothing is assumed in the plan but that they are fewer than a year's: so
#: many, with so large a standard deviation, stand for that (assumed).
DAYS, UNSURE_DAYS = 180.0, 120.0
#: However alike a few points look, single ones differ by at least so much (standard deviations, assumed): in log-odds
#: of availability, in days to connect.
LEAST_ODDS, LEAST_DAYS = 0.5, 120.0
#: A range holds all but a tenth at either end: so many standard deviations each way.
TENTH = 1.2816
#: Prices are said to so many rupiah.
_ROUND_IDR = 1000
_YEAR_DAYS = 365


@dataclass(frozen=True)
class Own:
    """A price before others were heard."""

    low_idr: int
    high_idr: int
    of: str
    """A key of `UNSURE`."""
    sites: int = 1
    """How many were bought at such prices."""


@dataclass(frozen=True)
class Taught:
    """A price after others were heard."""

    low_idr: int
    high_idr: int
    made_up: bool
    pooled: Pooled


def of_kind(evidence: pd.DataFrame | None, kind: str) -> dict[str, pd.DataFrame]:
    """Rows of one kind by what they are of."""
    if evidence is None or evidence.empty:
        return {}
    rows = evidence[evidence["kind"] == kind]
    return {str(what): group for what, group in rows.groupby("what", sort=True)}


def figures(rows: pd.DataFrame, yearly: float = 0.0) -> list[Figure]:
    """What each region says, older with more variance."""
    columns = (rows[name].astype(float) for name in ("mean", "variance", "age_years", "likeness"))
    return [
        Figure(mean, variance + yearly * age, like)
        for mean, variance, age, like in zip(*columns, strict=True)
    ]


def from_whom(rows: pd.DataFrame) -> str:
    """'from Kutai Timur, 41 sites', each region once, as the basis of a figure; no sites are a price list."""
    said = [f"{sites} sites" if sites else "price list" for sites in rows["sites"].astype(int)]
    return "; ".join(f"from {region}, {what}" for region, what in zip(rows["region"], said, strict=True))


def sites_of(rows: pd.DataFrame) -> str:
    """The same in a sentence: '41 sites in Kutai Timur, Paser', 'price lists of Kutai Timur'."""
    names = ", ".join(dict.fromkeys(rows["region"].astype(str)))
    count = int(rows["sites"].sum())
    return f"{count} sites in {names}" if count else f"price lists of {names}"


def price(own: Own, rows: pd.DataFrame) -> Taught:
    """A price with the evidence of other regions: its middle is drawn to theirs, its range is as wide as both are."""
    middle = (own.low_idr + own.high_idr) / 2
    width = math.log(max(own.high_idr, 1) / max(own.low_idr, 1)) / (2 * TENTH)
    variance = width**2 / max(own.sites, 1) + UNSURE[own.of] ** 2
    found = pool(math.log(max(middle, 1)), variance, figures(rows, YEARLY), BETWEEN_PRICES)
    theirs = float((rows["spread"] ** 2 * rows["likeness"]).sum() / rows["likeness"].sum())
    spread = math.sqrt((1 - found.pull) * width**2 + found.pull * theirs + found.variance)
    ratio = math.exp(2 * TENTH * spread)
    low = 2 * math.exp(found.mean) / (1 + ratio)
    ends = [max(_ROUND_IDR, round(end / _ROUND_IDR) * _ROUND_IDR) for end in (low, low * ratio)]
    return Taught(ends[0], ends[1], bool(rows["made_up"].any()), found)


def taught(settings: Settings, evidence: pd.DataFrame | None) -> Settings:
    """The settings with the years to build that days to connect teach, where region.toml says nothing.

    Money pays for service in its own year unless most of a year goes by: an option that took a year or more is planned
    to take one. Not more, whatever anybody says.
    """
    leads = dict(settings.plan.lead_years)
    known = {" ".join(kind.replace("_", " ").split()) for kind in leads}
    for option, rows in of_kind(evidence, CONNECT).items():
        if _days(rows) >= _YEAR_DAYS and option.replace("_", " ") not in known:
            leads[option] = 1
    if leads == settings.plan.lead_years:
        return settings
    return settings.model_copy(update={"plan": settings.plan.model_copy(update={"lead_years": leads})})


def _days(rows: pd.DataFrame) -> float:
    """Days to connect: others' mean by likeness, to which what was seen here is drawn while it is of few points."""
    here, others = rows[rows["code"] == HERE], rows[rows["code"] != HERE]
    days = DAYS
    if len(others):
        weight = others["likeness"] * others["sites"]
        days = float((others["mean"] * weight).sum() / weight.sum())
    return _with_own(days, UNSURE_DAYS**2, here, LEAST_DAYS)[0]


def _with_own(mean: float, variance: float, here: pd.DataFrame, least: float) -> tuple[float, float]:
    """A figure with what was seen here; `least`: standard deviation that single points have at least."""
    for one, sites in zip(figures(here), here["sites"].astype(int), strict=True):
        mean, variance = joined(mean, variance, Figure(one.mean, max(one.variance, least**2 / max(sites, 1))))
    return mean, variance


def performance(evidence: pd.DataFrame | None) -> Mapping[str, tech.Performance]:
    """What each option delivers, its availability drawn to what was measured here, and then to what others measured."""
    told = of_kind(evidence, AVAILABILITY)
    return {
        option: _measured(has, told[option]) if option in told else has
        for option, has in tech.PERFORMANCE.items()
    }


def _measured(has: tech.Performance, rows: pd.DataFrame) -> tech.Performance:
    assumed = math.log(has.availability / (1 - has.availability))
    odds, variance = _with_own(assumed, UNSURE_ODDS**2, rows[rows["code"] == HERE], LEAST_ODDS)
    found = pool(odds, variance, figures(rows[rows["code"] != HERE]), BETWEEN_ODDS)
    return replace(has, availability=round(1 / (1 + math.exp(-found.mean)), 4))


def price_said(alone_idr: int, now_idr: int, rows: pd.DataFrame, held: str = "") -> str:
    """What evidence makes of a price's middle; nothing where it stays. `held` marks an own price in confidence."""
    if alone_idr == now_idr:
        return ""
    return f"IDR {alone_idr:,} by itself{held}, IDR {now_idr:,} with evidence of {sites_of(rows)}"


def availability_said(evidence: pd.DataFrame | None) -> list[str]:
    """From whom it comes how often options are there, one sentence an option."""
    return [
        f"How often {option.replace('_', ' ')} is there is drawn to what was measured at {sites_of(rows)}."
        for option, rows in of_kind(evidence, AVAILABILITY).items()
    ]


def leads_said(evidence: pd.DataFrame | None, settings: Settings) -> list[str]:
    """Which options are planned to take a year to build because they took others one."""
    new = set(taught(settings, evidence).plan.lead_years) - set(settings.plan.lead_years)
    told = of_kind(evidence, CONNECT)
    return [
        f"A year is planned from paying for {option.replace('_', ' ')} to its service: it took one at "
        f"{sites_of(told[option])}."
        for option in sorted(new)
    ]
