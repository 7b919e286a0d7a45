"""What a month's fee is judged by: days that are due, and what was delivered, surely and at its likeliest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.assure import availability, repair, speed
from merata.assure.enough import ENOUGH, UTC_OFFSET_H
from merata.assure.programme import Programme

Floats = npt.NDArray[np.float64]
KEY = ["point", "month"]
_DAY = 86400.0


@dataclass(frozen=True)
class Evidence:
    """What statements are made from: see `score.of`."""

    programme: Programme
    pieces: pd.DataFrame
    """Outages (`outages.outages`)."""
    services: pd.DataFrame
    """When points were in service (`service.services`)."""
    tests: pd.DataFrame
    """Speed tests at the busy hours (`speed.at_busy_hours`)."""
    latency: pd.DataFrame
    """Round trips by point and month."""
    edges: Floats
    """Where the months begin and the last one ends, s since 1970."""
    as_of: float
    """Nothing later is known, s since 1970."""
    months: list[str]

    def in_force(self) -> pd.DataFrame:
        """`point`, `begins`, `until` (s since 1970): in service, and its contract in force."""
        contracts = self.programme.contracts.set_index("contract")
        contract = self.services["point"].map(self.programme.points.set_index("point")["contract"])
        begins = np.maximum(self.services["begins"], contract.map(contracts["from"]).fillna(-np.inf))
        until = np.minimum(self.services["until"], contract.map(contracts["until"]).fillna(np.inf))
        return self.services.assign(begins=begins, until=until)

    def judged(self) -> pd.DataFrame:
        """The same without the time of grace, by point (index): `begins`, `until`, and if these are the service's."""
        force = self.in_force().set_index("point")
        service = self.services.set_index("point")
        terms = self.programme.contracts.set_index("contract")["grace_hours"]
        contract = self.programme.points.set_index("point")["contract"]
        grace = contract.map(terms).fillna(0.0).reindex(force.index) * 3600
        force["begins"] = np.maximum(force["begins"], service["begins"] + grace)
        ends = {"begun": force["begins"] == service["begins"], "ended": force["until"] == service["until"]}
        return force.assign(**ends)

    def judged_tests(self) -> pd.DataFrame:
        """The tests in that time."""
        low, high = _of_points(self.judged(), self.tests["point"])
        time = self.tests["time"].to_numpy(float)
        found: pd.DataFrame = self.tests.loc[(time >= low) & (time < high)]
        return found


def _of_points(judged: pd.DataFrame, points: pd.Series) -> tuple[Any, Any]:
    """When each of some points is judged: from and until."""
    low, high = (points.map(judged[name]).astype(float).to_numpy() for name in ("begins", "until"))
    return low, high


# What is due


def dues(evidence: Evidence) -> pd.DataFrame:
    """The fee that is due for each point and month in which it was in service.

    Returns
    -------
    DataFrame
        `point`, `month` (number), `days` in service and `of_days` of the month (local days, a day begun counts),
        `fee_idr` of a whole month, `due_idr`: fee × days / days of the month, half a rupiah up; `provisional`: the
        month is not over yet. Points without a fee are left out.
    """
    services = evidence.in_force().merge(
        evidence.programme.fees().rename("fee_idr"), left_on="point", right_index=True
    )
    services = services[services["fee_idr"].notna() & np.isfinite(services["begins"])]
    first, known = (np.floor(_local(services["begins"])), np.ceil(_local(evidence.as_of)))
    last = np.ceil(_local(services["until"]))
    begin, end = (np.round(_local(evidence.edges[i : len(evidence.edges) - 1 + i])) for i in (0, 1))
    low, high = np.maximum(first.to_numpy()[:, None], begin), np.minimum(last.to_numpy()[:, None], end)
    days = np.minimum(high, known) - low
    at, month = np.nonzero(days > 0)
    made = pd.DataFrame({
        "point": services["point"].to_numpy()[at], "month": month, "days": days[at, month].astype(int),
        "of_days": (end - begin)[month].astype(int), "fee_idr": services["fee_idr"].to_numpy()[at].astype(int),
        "provisional": (high > known)[at, month],
    })  # fmt: skip
    share = zip(made["fee_idr"], made["days"], made["of_days"], strict=True)
    made["due_idr"] = [(2 * int(fee) * int(d) + int(of)) // (2 * int(of)) for fee, d, of in share]
    return made


def _local(seconds: Any) -> Any:
    """Local days since 1970, with parts."""
    return (seconds + UTC_OFFSET_H * 3600) / _DAY


# What is judged


def judged_pieces(evidence: Evidence) -> pd.DataFrame:
    """The outages while the contract is in force and after the time of grace; what reaches over an end is cut there."""
    pieces = evidence.pieces
    low, high = _of_points(evidence.judged(), pieces["point"])
    early, late = (pieces["start"] < low).to_numpy(), (pieces["end"] > high).to_numpy()
    made = pieces.assign(
        start=np.maximum(pieces["start"], low),
        end=np.minimum(pieces["end"], high),
        start_wide_s=np.where(early, 0.0, pieces["start_wide_s"]),
        end_wide_s=np.where(late, 0.0, pieces["end_wide_s"]),
        ended=pieces["ended"].to_numpy(bool) & ~late,
    )
    return made[made["end"] > made["start"]].reset_index(drop=True)


def values(evidence: Evidence, pieces: pd.DataFrame) -> pd.DataFrame:
    """What was delivered of each promise but repair, by point and month.

    Parameters
    ----------
    pieces
        Of `judged_pieces`.

    Returns
    -------
    DataFrame
        `point`, `month`, `what`, `likely` with its interval `low` and `high`, `sure`: the end of it that is better for
        the provider, `likely_hours` and `sure_hours` down (NaN but for availability), `evidence`: known hours, tests or
        heartbeats, and `enough`. Numbers are rounded to six places, as they are written.
    """
    tests = evidence.judged_tests()
    made = [_availability(evidence, pieces), *(_rate(tests, name) for name in ("down_mbps", "up_mbps"))]
    made.append(_latency(evidence))
    columns = [
        *KEY,
        "what",
        "sure",
        "likely",
        "low",
        "high",
        "sure_hours",
        "likely_hours",
        "evidence",
        "enough",
    ]
    found = pd.concat([m.reindex(columns=columns) for m in made if len(m)] or [pd.DataFrame(columns=columns)])
    numbers = columns[3:8]
    found[numbers] = found[numbers].astype(float).round(6)
    return found.reset_index(drop=True)


def _availability(evidence: Evidence, pieces: pd.DataFrame) -> pd.DataFrame:
    services = evidence.judged().reset_index()[["point", "begins", "until"]]
    sums = availability.by_month(pieces, services, evidence.edges, evidence.as_of)
    made = sums.join(availability.shares(sums))
    counted = (made["period_s"] - made["excused_s"]) / 3600
    return made[KEY].assign(
        what="availability", sure=made["availability_high"], likely=made["availability"],
        low=made["availability_low"], high=made["availability_high"],
        sure_hours=(1 - made["availability_high"]) * counted, likely_hours=made["down_s"] / 3600,
        evidence=counted - made["unknown_s"] / 3600, enough=made["enough"].astype(bool),
    )  # fmt: skip


def _rate(tests: pd.DataFrame, name: str) -> pd.DataFrame:
    made = speed.quantiles(tests, KEY, name, name).reset_index()
    found: pd.DataFrame = made[KEY].assign(
        what=name, sure=made[f"{name}_high"], likely=made[name], low=made[f"{name}_low"], high=made[f"{name}_high"],
        evidence=made[f"{name}_tests"], enough=made[name].notna(),
    )  # fmt: skip
    return found


def _latency(evidence: Evidence) -> pd.DataFrame:
    """Round trips of whole months: those into which grace or the contract's ends reach are not judged."""
    made = evidence.latency
    judged = evidence.judged()
    low, high = _of_points(judged, made["point"])
    whole = [made["point"].map(judged[name]).astype(bool).to_numpy() for name in ("begun", "ended")]
    month = made["month"].to_numpy(int)
    made = made[
        (whole[0] | (evidence.edges[month] >= low)) & (whole[1] | (evidence.edges[month + 1] <= high))
    ]
    found: pd.DataFrame = made[KEY].assign(
        what="latency", sure=made["low_ms"], likely=made["median_ms"], low=made["low_ms"], high=made["high_ms"],
        evidence=made["n"], enough=(made["n"] >= ENOUGH.beats).to_numpy(),
    )  # fmt: skip
    return found


def repairs(evidence: Evidence, pieces: pd.DataFrame) -> pd.DataFrame:
    """The outages that count against the link, by the month in which they began; hours rounded as they are written."""
    made = repair.repairs(pieces)
    made["month"] = np.searchsorted(evidence.edges, made["start"], side="right") - 1
    made = made[(made["month"] >= 0) & (made["month"] < len(evidence.months))]
    hours = ["hours", "least_hours", "most_hours"]
    made[hours] = made[hours].round(6)
    return made.sort_values([*KEY, "start"], kind="stable").reset_index(drop=True)


def down(evidence: Evidence, pieces: pd.DataFrame) -> pd.DataFrame:
    """By point and month: `outages` (their numbers, with blanks between them) and `hours` down."""
    cut = availability.cut(pieces[pieces["counts"] == "down"], np.minimum(evidence.edges, evidence.as_of))
    cut = cut.assign(hours=(cut["end"] - cut["start"]) / 3600)
    groups = cut.sort_values([*KEY, "start"], kind="stable").groupby(KEY)
    names = groups["outage"].agg(lambda numbers: " ".join(str(n) for n in dict.fromkeys(numbers)))
    return pd.DataFrame({"outages": names, "hours": groups["hours"].sum()})
