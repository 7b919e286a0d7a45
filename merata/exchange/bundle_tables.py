"""The open tables of a bundle, declared once: what is packed, what is taken, what the reference says."""

from __future__ import annotations

from merata.assure.causes import COUNTS
from merata.plan.options import OPTIONS
from merata.region.prices import COMPONENTS
from merata.region.tables import Column, Table

#: Groups of fewer service points do not leave: one point's bill or bad month is nobody's statistics.
FEWEST = 3
#: What the ground of a village is like (`merata.plan.likeness`); `mixed`: of several kinds, or not known.
TERRAINS = ("flat", "hilly", "mountainous", "mixed")
REMOTENESS = ("near", "remote", "mixed")
CONTRACTS, PRICE_LIST = "contracts", "price list"

#: More than any work of a regency costs.
MOST_IDR = 10**13

_TERRAIN = Column("terrain", "choice", "Ground of the villages", required=True, choices=TERRAINS)
_REMOTE = Column("remoteness", "choice", "Near a road or not", required=True, choices=REMOTENESS)
_OPTION = Column(
    "option", "choice", "How the points are served: the technology", required=True, choices=tuple(OPTIONS)
)
_PROVIDER = Column("provider", "text", "The provider; empty: several, or none is named")


def _share(name: str, about: str) -> Column:
    return Column(name, "float", about, minimum=0, maximum=1)


VILLAGES = Table(
    "villages",
    "How many villages of the region are of which ground: what likeness is reckoned from",
    (_TERRAIN, _REMOTE, Column("villages", "int", "Villages", required=True, minimum=1, maximum=100_000)),
    key=("terrain", "remoteness"),
)
PRICES = Table(
    "prices",
    "What was paid: fees of service points by component, ground and provider; the region's own price lists",
    (
        Column(
            "component", "choice", "Component of the catalogue", required=True, choices=tuple(COMPONENTS)
        ),
        _TERRAIN,
        _REMOTE,
        _PROVIDER,
        Column(
            "sites", "int", "Service points that pay it; 0: a price list", required=True, minimum=0,
            maximum=100_000,
        ),
        Column("middle_idr", "idr", "Geometric mean", "IDR", required=True, minimum=1, maximum=MOST_IDR),
        Column("low_idr", "idr", "A tenth is lower; of a list its low end", "IDR", True, minimum=1, maximum=MOST_IDR),
        Column("high_idr", "idr", "A tenth is higher; of a list its top", "IDR", True, minimum=1, maximum=MOST_IDR),
        Column("spread", "float", "Standard deviation of the logarithm", required=True, minimum=0, maximum=5),
        Column("basis", "choice", "Where it comes from", required=True, choices=(CONTRACTS, PRICE_LIST)),
    ),
    key=("component", "terrain", "remoteness", "provider", "basis"),
)  # fmt: skip
OUTCOMES = Table(
    "outcomes",
    "What was planned and what came of it, by option, ground and provider",
    (
        _OPTION,
        _TERRAIN,
        _REMOTE,
        _PROVIDER,
        Column("points", "int", "Service points", required=True, minimum=FEWEST, maximum=100_000),
        Column("months", "int", "Months that were scored", required=True, minimum=0, maximum=1200),
        Column("planned_idr", "idr", "Fees due by contract, a point and month", "IDR", minimum=0, maximum=MOST_IDR),
        Column("paid_idr", "idr", "Fees owed after deductions, a point and month", "IDR", minimum=0, maximum=MOST_IDR),
        Column("days_to_connect", "float", "From contract to service, mean", "days", minimum=0, maximum=10_000),
        Column("days_spread", "float", "Standard deviation of that", "days", minimum=0, maximum=10_000),
        _share("promised_availability", "Promised share of the time, mean"),
        _share("availability", "Measured share of the time, mean of the points"),
        Column("availability_spread", "float", "Standard deviation of the points' availability", minimum=0, maximum=1),
        Column("promised_repair_days", "float", "A repair is promised within, mean", "days", minimum=0, maximum=10_000),
        Column("days_to_repair", "float", "Mean of the repairs whose end was seen", "days", minimum=0, maximum=10_000),
        Column("judged", "int", "Promises that could be judged", minimum=0, maximum=10**7),
        _share("kept", "Share of these that was kept"),
    ),
    key=("option", "terrain", "remoteness", "provider"),
)  # fmt: skip
FAILURES = Table(
    "failures",
    "What was amiss, by option, ground and cause",
    (
        _OPTION,
        _TERRAIN,
        _REMOTE,
        Column("cause", "choice", "Cause", required=True, choices=tuple(COUNTS)),
        Column("points", "int", "Service points that had it", required=True, minimum=FEWEST, maximum=100_000),
        Column("outages", "int", "How often", required=True, minimum=1, maximum=10**8),
        Column("hours", "float", "How long together", "h", required=True, minimum=0, maximum=10**9),
    ),
    key=("option", "terrain", "remoteness", "cause"),
)
PRACTICES = Table(
    "practices",
    "Practice notes: a trouble, what was done, what it cost, what came of it. No names of people",
    (
        Column("note", "text", "Short name of the note, such as solar-theft", required=True),
        Column("date", "date", "When it was written", required=True),
        Column("option", "choice", "Technology that it is about; empty: any", choices=tuple(OPTIONS)),
        Column("terrain", "choice", "Ground that it is about; empty: any", choices=TERRAINS[:-1]),
        Column("trouble", "text", "What the trouble was", required=True),
        Column("done", "text", "What was done", required=True),
        Column("cost_idr", "idr", "What it cost", "IDR", minimum=0, maximum=MOST_IDR),
        Column("outcome", "text", "What came of it", required=True),
        Column("worked", "choice", "Whether it helped", required=True, choices=("yes", "partly", "no")),
    ),
    key=("note",),
)
TABLES = {table.name: table for table in (VILLAGES, PRICES, OUTCOMES, FAILURES, PRACTICES)}
