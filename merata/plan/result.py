"""What the plan room hands on: its tables, declared once."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from merata.plan.frames import frame
from merata.plan.options import OPTIONS
from merata.region.tables import KNOWN_BY, LEVELS, Column, Table

#: What a thing that is built costs.
_MONEY = (
    Column("capex_idr", "idr", "Paid once", unit="IDR", required=True),
    Column(
        "opex_idr_per_year",
        "idr",
        "Paid every year of service, at the first one's price",
        unit="IDR",
        required=True,
    ),
    Column("capex_low_idr", "idr", "The same at low prices", unit="IDR"),
    Column("capex_high_idr", "idr", "The same at high prices", unit="IDR"),
    Column("opex_low_idr_per_year", "idr", "The same at low prices", unit="IDR"),
    Column("opex_high_idr_per_year", "idr", "The same at high prices", unit="IDR"),
)

POINTS = Table(
    "plan.points",
    "What is built: one row for each place that gets something",
    (
        Column("village_code", "code", "Village", required=True),
        Column("place", "text", "Id of the facility or settlement", required=True),
        Column("kind", "text", "Kind of facility, or 'people' for a settlement", required=True),
        Column("option", "choice", "How", required=True, choices=tuple(OPTIONS)),
        Column("year", "int", "First year of service", required=True),
        Column("until", "int", "Last year of service, where something better follows; empty: it stays"),
        Column("fund", "text", "Fund that pays most for it: see payments; empty: it costs nothing itself"),
        *_MONEY,
        Column("level", "choice", "Service level that the place then has", required=True, choices=LEVELS),
        Column("chance", "float", "Chance that it serves, or share of the households in its reach"),
        Column("people", "float", "People whom it brings to the promise (expected number)", unit="people"),
        Column(
            "node", "text", "What it hangs on: an id of works, or of what is there already; empty: nothing"
        ),
        Column(
            "price_known_by",
            "choice",
            "The weakest of the ways in which its prices are known",
            choices=KNOWN_BY,
        ),
        Column("reason_en", "text", "Why, in English"),
        Column("reason_id", "text", "Why, in Indonesian"),
    ),
    key=("village_code", "place", "option", "year"),
)

WORKS = Table(
    "plan.works",
    "What is built for several places: towers, cells, cable, hops",
    (
        Column("id", "text", "Name of the node or link", required=True),
        Column("kind", "text", "What it is", required=True),
        Column("village_code", "code", "Village where it stands; empty: between villages"),
        Column("a", "text", "Node at its beginning, for links"),
        Column("b", "text", "Node at its end, for links"),
        Column("length_km", "float", "Length, for links", unit="km"),
        Column("year", "int", "First year of service", required=True),
        Column("fund", "text", "Fund that pays most for it: see payments; empty: it costs nothing"),
        *_MONEY,
        Column("serves", "int", "Places that are served over it at the plan's end", required=True),
        Column("known_by", "choice", "How it is known that it can be built", choices=KNOWN_BY),
        Column("detail_en", "text", "What is particular about it, in English"),
        Column("detail_id", "text", "The same in Indonesian"),
        Column("lon", "float", "Where it stands or begins, degrees east"),
        Column("lat", "float", "Degrees north"),
        Column("to_lon", "float", "Where it ends, for links, degrees east"),
        Column("to_lat", "float", "Degrees north"),
    ),
    key=("id",),
)

PAYMENTS = Table(
    "plan.payments",
    "Who pays what: every rupiah of the plan",
    (
        Column(
            "what",
            "choice",
            "A place's own point, or shared works",
            choices=("point", "works"),
            required=True,
        ),
        Column("id", "text", "Place, or id of the works", required=True),
        Column("option", "text", "Option of the point, kind of the works", required=True),
        Column("cost", "choice", "Once, or every year", choices=("capital", "running"), required=True),
        Column("year", "int", "Year in which it is paid", required=True),
        Column("fund", "text", "Fund that pays", required=True),
        Column("money_of", "int", "Year whose money the fund takes for it", required=True),
        Column("amount_idr", "idr", "Amount", unit="IDR", required=True),
    ),
)

VILLAGES = Table(
    "plan.villages",
    "What each village gets: every village once",
    (
        Column("code", "code", "Village", required=True),
        Column("year", "int", "Year in which its first point is built; empty: none in these years"),
        Column("option", "choice", "Option of its first point", choices=tuple(OPTIONS)),
        Column("fund", "text", "Fund of its first point"),
        Column(
            "capex_idr", "idr", "All its points and its part of shared works, once", unit="IDR", required=True
        ),
        Column(
            "opex_idr_per_year",
            "idr",
            "All its points and its part of shared works, each at its first year's price",
            unit="IDR",
            required=True,
        ),
        Column(
            "access_then",
            "choice",
            "Service level of the village office at the end of the plan",
            choices=LEVELS,
        ),
        Column(
            "people_served", "float", "People whom the plan brings to the promise by its end", unit="people"
        ),
        Column(
            "chance_served",
            "float",
            "Chance that at least one of its points really serves at the plan's end",
            minimum=0,
            maximum=1,
        ),
        Column("reason_en", "text", "Why so, or why not, in one English sentence", required=True),
        Column("reason_id", "text", "The same in Indonesian", required=True),
    ),
    key=("code",),
)

YEARS = Table(
    "plan.years",
    "The plan by year",
    (
        Column("year", "int", "Year", required=True),
        Column("budget_idr", "idr", "All funds together", unit="IDR", required=True),
        Column("budget_known_by", "choice", "How the budget is known", choices=KNOWN_BY),
        Column("capex_idr", "idr", "Building, paid in the year", unit="IDR", required=True),
        Column("opex_idr", "idr", "Running what serves in the year", unit="IDR", required=True),
        Column(
            "people_served",
            "float",
            "People brought to the promise where they live by the end of the year, all together",
            unit="people",
            required=True,
        ),
        Column(
            "villages_served",
            "int",
            "Villages with a first point by the end of the year, all together",
            required=True,
        ),
        Column("points_built", "int", "Points whose service starts in the year", required=True),
        Column(
            "budget_chance",
            "float",
            "Chance that what is due can be paid, prices being what they turn out to be",
            minimum=0,
            maximum=1,
        ),
        Column("people_low", "float", "People really served: more with a chance of 90 %", unit="people"),
        Column("people_high", "float", "People really served: more with a chance of 10 %", unit="people"),
    ),
    key=("year",),
)

FUND_YEARS = Table(
    "plan.fund_years",
    "What each fund pays in each year",
    (
        Column("fund", "text", "Fund", required=True),
        Column("year", "int", "Year", required=True),
        Column("budget_idr", "idr", "What it has", unit="IDR", required=True),
        Column("known_by", "choice", "How that is known", required=True, choices=KNOWN_BY),
        Column("spent_idr", "idr", "What the plan pays from it in the year", unit="IDR", required=True),
        Column("kept_idr", "idr", "Of that, out of the money of earlier years", unit="IDR", required=True),
    ),
    key=("fund", "year"),
)


PROMISES = Table(
    "plan.promises",
    "Of a re-plan: what becomes of each promise of the run before",
    (
        Column("place", "text", "Id of the facility or settlement", required=True),
        Column("village_code", "code", "Village", required=True),
        Column("kind", "text", "Kind of facility, or 'people' for a settlement"),
        Column("promised_option", "choice", "Option that was promised", choices=tuple(OPTIONS), required=True),
        Column("promised_year", "int", "Year that was promised", required=True),
        Column("year", "int", "First year of service now; empty: none, or no longer below its promise"),
        Column("option", "choice", "How it is served when due, or when it comes", choices=tuple(OPTIONS)),
        Column(
            "kept",
            "choice",
            "What becomes of it; not needed: the place is at its level already, or is not known any more",
            required=True,
            choices=("in full", "other way", "later", "dropped", "not needed"),
        ),
        Column(
            "why",
            "choice",
            "Why it is not kept; empty: it is",
            choices=("no option", "too early", "rule", "money", "others first"),
        ),
        Column(
            "keep_idr", "idr", "What keeping it beside all else would cost, in all years", unit="IDR"
        ),
        Column("lacking_idr", "idr", "Of that, what no fund has", unit="IDR"),
        Column("instead", "text", "Codes of villages served by then that were not promised so early"),
        Column("reason_en", "text", "Why it is not kept, in English"),
        Column("reason_id", "text", "The same in Indonesian"),
    ),
    key=("place",),
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """Which option, where, in which year, paid from which fund; with a bound on how much better any plan could be."""

    points: pd.DataFrame
    villages: pd.DataFrame
    years: pd.DataFrame
    fund_years: pd.DataFrame
    works: pd.DataFrame
    payments: pd.DataFrame
    districts: pd.DataFrame
    """`fairness.DISTRICT_SHARES`."""
    fairness: pd.DataFrame
    """`fairness.FAIRNESS`."""
    objective: float
    """Weighted years of service that the plan brings (see docs/explanation/plan)."""
    bound: float
    """No plan at all under the same rules can bring more than this; proven by the solver."""
    gap: float
    """(bound - objective) / bound; 0 when both are 0."""
    stopped_early: bool
    """Something ended the search before its time, so another machine may find another plan."""
    assumptions: list[str]
    """Every assumption that a figure rests on, in plain English."""
    notes: list[str]
    """What people should know of the rules of region.toml: what has no effect, what can't be reached."""
    replan_of: str = ""
    """The run whose promises this plan keeps as far as can be; empty: it is no re-plan."""
    promises: pd.DataFrame = field(default_factory=lambda: frame(PROMISES, []))
    """What becomes of the promises of that run; empty where it is no re-plan."""
    stopped_by: str = ""
    """What ended the search before its time: 'clock' (`plan.seconds`) or 'hand' (somebody); empty: nothing did."""
