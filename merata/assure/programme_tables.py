"""What was agreed, declared: the columns of the CSV files beside the measurements."""

from __future__ import annotations

from merata.region.tables import KNOWN_BY, Column, Table

_POINT = Column("point", "text", "Code of the service point", required=True)
_ANY_POINT = Column("point", "text", "Code of the service point; empty: all that the other columns say")
_PROVIDER = Column("provider", "text", "The provider")
_DISTRICT = Column("district", "text", "The district")
_UNTIL = Column("until", "time", "Until then, not including it; empty: to this day")
_BEGAN = Column("from", "time", "When it begins", "UTC", required=True)
_ENDED = Column("until", "time", "When it ends", "UTC", required=True)
_ENTRY = Column("entry", "text", "Its number on the site; empty: written by hand")

POINTS = Table(
    "points",
    "The service points of the programme",
    (
        _POINT,
        Column("village", "text", "Code of its village"),
        Column("place", "text", "Whose place it is"),
        Column("kind", "text", "Kind of place"),
        _PROVIDER,
        Column("option", "text", "How it is served: the technology"),
        _DISTRICT,
        Column("from", "time", "In service from; empty: from the first word of its probe"),
        _UNTIL,
        Column("contract", "text", "The contract it is under"),
        Column("monthly_idr", "idr", "Its fee a month, where it is not the contract's", "IDR", minimum=0),
    ),
    key=("point",),
)
PROBES = Table(
    "probes",
    "Which probe stood at which point; where two did at once, the later one counts",
    (
        Column("probe", "int", "Number of the probe", required=True, minimum=0),
        _POINT,
        Column("from", "time", "From then; empty: from its first word"),
        _UNTIL,
    ),
    key=("probe", "from"),
)
CONTRACTS = Table(
    "contracts",
    "What providers promised",
    (
        Column("contract", "text", "Number of the contract", required=True),
        _PROVIDER,
        Column("availability", "float", "Share of the time", minimum=0, maximum=1),
        Column("down_mbps", "float", "Download at the busy hour", "Mbit/s", minimum=0),
        Column("up_mbps", "float", "Upload at the busy hour", "Mbit/s", minimum=0),
        Column("latency_ms", "float", "Round trip to the centre", "ms", minimum=0),
        Column("repair_hours", "float", "An outage of the link is over within", "h", minimum=0),
        Column("notice_hours", "float", "Planned work is told so long before; empty: 72", "h", minimum=0),
        Column(
            "power_by",
            "choice",
            "Who answers for the power; empty: the village",
            choices=("village", "provider"),
        ),
        Column("monthly_idr", "idr", "Fee a month of one point", "IDR", minimum=0),
        Column(
            "cap",
            "float",
            "At most so much of a point's fee of a month is deducted; empty: all of it",
            minimum=0,
            maximum=1,
        ),
        Column(
            "year_cap",
            "float",
            "At most so much of a point's fees of a year is deducted; empty: as by month",
            minimum=0,
            maximum=1,
        ),
        Column("grace_hours", "float", "A new point is not judged for so long; empty: 0", "h", minimum=0),
        Column(
            "suspended_share",
            "float",
            "So much of the fee is due for days on which service is suspended; empty: 0",
            minimum=0,
            maximum=1,
        ),
        Column(
            "silent_days",
            "int",
            "Of a month, so many days without any evidence cost nothing; empty: 7",
            "days",
            minimum=0,
            maximum=31,
        ),
        Column(
            "silent_share",
            "float",
            "So much of the fee is due for further days without any evidence; empty: 1, all of it",
            minimum=0,
            maximum=1,
        ),
        Column("from", "time", "Its fees are due from then; empty: since ever"),
        _UNTIL,
    ),
    key=("contract",),
)
POINT_CONTRACTS = Table(
    "point_contracts",
    "Which contract stood when at a point whose contract changed; of other points it is in points.csv",
    (
        _POINT,
        Column(
            "contract", "text", "Number of the contract; it stands at a point in one stretch", required=True
        ),
        Column(
            "monthly_idr",
            "idr",
            "The point's fee a month then, where it is not the contract's",
            "IDR",
            minimum=0,
        ),
        Column("from", "time", "From then; empty: since ever"),
        _UNTIL,
    ),
    key=("point", "contract"),
)
DEDUCTIONS = Table(
    "deductions",
    "What is deducted from a point's fee of a month, for what was missed",
    (
        Column("contract", "text", "Number of the contract", required=True),
        Column(
            "what",
            "choice",
            "Of what",
            required=True,
            choices=("availability", "down_mbps", "up_mbps", "latency", "repair"),
        ),
        Column(
            "limit",
            "float",
            "Where availability (a share) or a rate (Mbit/s) is below it; latency (ms) or a "
            "repair (h) above it",
            required=True,
            minimum=0,
        ),
        Column("share", "float", "So much of the fee of the month", required=True, minimum=0, maximum=100),
        Column(
            "per",
            "choice",
            "For each so much beyond the limit; empty: once",
            choices=("percent", "hour", "lost"),
        ),
        Column(
            "cap",
            "float",
            "At most so much of the fee of the month by this; empty: all of it",
            minimum=0,
            maximum=1,
        ),
    ),
    key=("contract", "what", "per", "limit"),
)
PRICES = Table(
    "prices",
    "What the same would cost elsewhere",
    (
        _PROVIDER,
        Column("option", "text", "How it would be served: the technology"),
        Column("kind", "text", "Kind of place; empty: any"),
        Column("monthly_idr", "idr", "Fee a month of one point", "IDR", required=True, minimum=0),
        Column("install_idr", "idr", "To install one point, once", "IDR", minimum=0),
        Column("known_by", "choice", "How it is known; empty: assumed", choices=KNOWN_BY),
        _ENTRY,
    ),
)
MAINTENANCE = Table(
    "maintenance",
    "Planned work",
    (
        _ANY_POINT,
        _PROVIDER,
        _DISTRICT,
        _BEGAN,
        _ENDED,
        Column("noticed", "time", "When it was told; empty: it was not"),
        _ENTRY,
    ),
)
MAJEURE = Table(
    "majeure",
    "What nobody answers for, as it was agreed afterwards",
    (_ANY_POINT, _PROVIDER, _DISTRICT, _BEGAN, _ENDED, Column("why", "text", "What it was"), _ENTRY),
)
SUSPENDED = Table(
    "suspended",
    "When service rested by an order or because a place was closed: no time is judged then",
    (
        _ANY_POINT,
        _PROVIDER,
        _DISTRICT,
        _BEGAN,
        _UNTIL,
        Column("why", "text", "By what order, or why"),
        _ENTRY,
    ),
)
DECIDED = Table(
    "decided",
    "Outages that were contested, and that nobody answers for by what was decided",
    (_POINT, _BEGAN, _ENDED, Column("why", "text", "Why"), _ENTRY),
)
CLAIMS = Table(
    "claims",
    "What providers say themselves of their points",
    (
        _POINT,
        Column("month", "text", "Such as 2026-11", required=True),
        Column("availability", "float", "Share of the time", minimum=0, maximum=1),
        Column("down_mbps", "float", "Download", "Mbit/s", minimum=0),
    ),
    key=("point", "month"),
)
PHONES = Table(
    "phones",
    "Speed tests that phones gave, as the speed test's server saw them",
    (
        Column("test", "text", "Number of the test", required=True),
        Column("village", "text", "Code of the village", required=True),
        Column("day", "text", "Day of the test, where the region is", required=True),
        Column(
            "lon", "float", "Where it was, to some 100 m; empty: not told", "°", minimum=-180, maximum=180
        ),
        Column("lat", "float", "The same", "°", minimum=-90, maximum=90),
        Column("network", "text", "How the phone was connected: village Wi-Fi, other Wi-Fi, mobile"),
        Column("operator", "text", "Mobile operator, as the person has it"),
        Column("technology", "text", "What the phone showed: 2G to 5G"),
        Column("down_mbps", "float", "Download", "Mbit/s", minimum=0),
        Column("up_mbps", "float", "Upload", "Mbit/s", minimum=0),
        Column("latency_ms", "float", "Least round trip", "ms", minimum=0),
    ),
    key=("test",),
)
FILES = {
    table.name: table
    for table in (
        POINTS, PROBES, CONTRACTS, POINT_CONTRACTS, DEDUCTIONS, PRICES, MAINTENANCE, MAJEURE, SUSPENDED, DECIDED,
        CLAIMS,
    )
}  # fmt: skip
