"""What each village gets, with its part of what it shares with others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from merata.access.result import Access
from merata.plan.frames import frame, words
from merata.plan.instance import NONE
from merata.plan.result import VILLAGES
from merata.plan.tables import Solved, ways
from merata.plan.weights import OFFICE
from merata.region.tables import LEVELS


def villages(
    solved: Solved,
    access: Access,
    points: pd.DataFrame,
    works: pd.DataFrame,
    reasons: dict[str, list[str]],
    chance: np.ndarray,
) -> pd.DataFrame:
    """Every village once, in the order of `access`.

    `reasons` by language, in that order; `chance` of service by village of the instance, (V,).
    """
    codes = [str(code) for code in words(access.villages["code"])]
    first = (
        points.sort_values("year", kind="stable").drop_duplicates("village_code").set_index("village_code")
    )
    lasting = points[points["until"].isna()]
    money = points.groupby("village_code")[["capex_idr", "opex_idr_per_year"]].sum()
    shared = parts(solved, works)
    then = _office_levels(access, lasting)
    rows = pd.DataFrame({"code": codes})
    for name in ("year", "option", "fund"):
        rows[name] = first[name].reindex(codes).to_numpy()
    for name in ("capex_idr", "opex_idr_per_year"):
        own = money[name].reindex(codes).fillna(0).to_numpy(dtype=np.int64)
        rows[name] = own + shared[name].reindex(codes).fillna(0).to_numpy(dtype=np.int64)
    people = lasting.groupby("village_code")["people"].sum()
    rows["people_served"] = people.reindex(codes).fillna(0).to_numpy()
    rows["access_then"] = [then.get(code) for code in codes]
    numbered = sorted({str(code) for code in words(solved.posed.places["village_code"])})
    sure = dict(zip(numbered, chance.tolist(), strict=False))
    rows["chance_served"] = [sure.get(code) for code in codes]
    rows["reason_en"], rows["reason_id"] = reasons["en"], reasons["id"]
    return frame(VILLAGES, rows)


def parts(solved: Solved, works: pd.DataFrame) -> pd.DataFrame:
    """Each village's part of the works, whole rupiah by village code: capex_idr, opex_idr_per_year.

    What is built is shared out evenly among the places that are served over it at the plan's end; a rupiah that does
    not divide goes to the first of them. Works that serve nobody then count for the village where they stand.
    """
    posed, instance = solved.posed, solved.instance
    codes = words(posed.places["village_code"])
    users: dict[str, list[str]] = {}
    node_names, link_names = words(posed.nodes["node"]), words(posed.links["link"])
    for offer, (nodes, links) in sorted(ways(solved).items()):
        code = str(codes[instance.place[offer]])
        for name in (*node_names[nodes], *link_names[[link for link in links if link != NONE]]):
            users.setdefault(str(name), []).append(code)
    rows: list[tuple[str, int, int]] = []
    columns = ("id", "village_code", "capex_idr", "opex_idr_per_year")
    for name, own, capital, running in zip(*(works[c] for c in columns), strict=True):
        sharing = users.get(str(name)) or [str(own) if pd.notna(own) else str(codes[0])]
        each = zip(
            sharing, _split(int(capital), len(sharing)), _split(int(running), len(sharing)), strict=True
        )
        rows += each
    table = pd.DataFrame(rows, columns=["village_code", "capex_idr", "opex_idr_per_year"])
    return table.groupby("village_code")[["capex_idr", "opex_idr_per_year"]].sum()


def _split(amount: int, count: int) -> list[int]:
    """An amount in so many parts that differ by at most one rupiah, the larger first."""
    least, more = divmod(amount, count)
    return [least + 1] * more + [least] * (count - more)


def _office_levels(access: Access, points: pd.DataFrame) -> dict[str, str]:
    """Level of the village office at the end, by village: the best of its offices; without any, that of the village."""
    rows = access.villages
    levels: dict[str, str] = dict(zip(words(rows["code"]), words(rows["access_now"]), strict=True))
    offices = access.facilities[words(access.facilities["kind"]) == OFFICE]
    built = dict(zip(words(points["place"]), words(points["level"]), strict=True))
    of_offices: dict[str, str] = {}
    columns = (words(offices[name]) for name in ("village_code", "id", "access_now"))
    for code, place, now in zip(*columns, strict=True):
        level = max(built.get(place, now), now, key=LEVELS.index)
        of_offices[code] = max(of_offices.get(code, "none"), level, key=LEVELS.index)
    return levels | of_offices
