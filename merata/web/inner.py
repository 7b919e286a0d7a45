"""What a region's offices see of its programme, as counts: `python -m merata.web.inner REGION FILE`.

For a province's own site. In a process of its own, for Django knows one region only. Counts and sums alone leave: no
names, no words of anybody, nothing of a single place.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from merata.errors import MerataError
from merata.web.start import reach, start

#: Figures in the order in which they are shown; their words are `inner_<name>`.
FIGURES = (
    "points", "in_service", "cases_open", "cases_late", "reports_waiting", "challenges_open", "promises_late",
    "promises_due", "paid_idr", "jobs_failed",
)  # fmt: skip


def main(region: str, file: str) -> int:
    """Write the figures of a region's site as it is now. Returns the exit code."""
    try:
        start(Path(region))
        reach()
    except MerataError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    Path(file).write_text(json.dumps(figures()), encoding="utf-8")
    return 0


def figures() -> dict[str, int]:
    """The region's figures (`FIGURES`), money in rupiah."""
    import datetime as dt

    from django.db.models import Sum
    from django.utils import timezone

    from merata.web.models import Case, Challenge, Commitment, Job, Payment, Report, ServicePoint

    now, standing = timezone.now(), Commitment.objects.filter(replaced_by=None)
    cases, points = (
        Case.objects.exclude(state="closed"),
        ServicePoint.objects.exclude(state__in=("replaced", "ended")),
    )
    return {
        "points": points.count(),
        "in_service": points.filter(state="in service").count(),
        "cases_open": cases.count(),
        "cases_late": sum(case.state_at + dt.timedelta(hours=case.hours) < now for case in cases),
        "reports_waiting": Report.objects.exclude(state="answered").count(),
        "challenges_open": Challenge.objects.filter(state="open").count(),
        "promises_late": standing.filter(state="late").count(),
        "promises_due": standing.filter(
            state__in=("promised", "on the way"), year=timezone.localdate().year
        ).count(),
        "paid_idr": Payment.objects.aggregate(sum=Sum("amount_idr"))["sum"] or 0,
        "jobs_failed": Job.objects.filter(state="failed", ended_at__gt=now - dt.timedelta(days=30)).count(),
    }


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
