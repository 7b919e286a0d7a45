"""The planner beside other ways to plan: same data, same audit, one table of money, people, bound, gap and time.

    python bench/plan.py [CASE …] [--methods M,…] [--seconds N] [--gap G] [--seed N] [--threads N] [--write FILE]
                         [--stop-gaps] [--capacity]

Cases (bench/plan_cases.py): compact, sites, covering, regency, province; the first three when none is named. Methods:
search (this planner), compact (the compact single-commodity flow model in HiGHS), greedy (the cheapest per person
first), economies and priority (bench/plan_thumb.py), spopt (maximal coverage, only for the case `covering`; needs
`pip install spopt`, which is no part of this project's environment). Each runs in a process of its own, one after the
other; memory is the most that the process held, with what it was started with. A gap is (bound − objective) / bound:
the method's own, and against the lowest bound that any method proved for the case.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from plan_cases import Case, case, without_network
from plan_compact import compact
from plan_thumb import economies, greedy, priority

from merata.plan.audit import faults
from merata.plan.audit_money import class_needs
from merata.plan.instance import Solution, objective

QUICK = ("compact", "sites", "covering")
HEADER = ("case", "method", "objective", "served, last year", "Rp billion", "bound", "gap", "gap to best bound",
          "seconds", "MB", "audit")  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What every method is given."""

    gap: float
    seconds: float
    threads: int


@dataclass
class Row:
    """What one method brought."""

    case: str
    method: str
    seconds: float
    megabytes: float
    solution: Solution | None
    bound: float
    note: str


Outcome = tuple[Solution | None, float, str]


def _search(case_: Case, asked: Asked) -> Outcome:
    try:
        from merata.plan.search import search
    except ImportError:
        return None, math.inf, "not there yet"
    found = search(case_.instance, gap=asked.gap, seconds=asked.seconds)
    return found.solution, found.bound, "stopped early" if found.stopped_early else ""


def _compact(case_: Case, asked: Asked) -> Outcome:
    if not case_.instance.lasting.all():
        return (
            *compact(case_.instance, asked.gap, asked.seconds, asked.threads)[:1],
            math.inf,
            "stop-gaps for good",
        )
    solution, bound = compact(case_.instance, asked.gap, asked.seconds, asked.threads)
    return solution, bound, ""


def _thumb(rule: Callable[..., Solution]) -> Callable[[Case, Asked], Outcome]:
    return lambda case_, asked: (rule(case_.instance), math.inf, "")


def _spopt(case_: Case, asked: Asked) -> Outcome:
    """Maximal coverage: which sites to build when each costs the same and the network is free."""
    if case_.name != "covering":
        return None, math.inf, "no network, one year only"
    try:
        import pulp
        from spopt.locate import MCLP
    except ImportError:
        return None, math.inf, "not installed: pip install spopt"
    inst = case_.instance
    sites = len(inst.links)
    away = np.ones((len(inst.village), sites))
    away[inst.place, inst.node - 1] = 0.0
    many = int(inst.money[0, 0] // inst.nodes.capital.max())
    model = MCLP.from_cost_matrix(away, inst.worth[:, 0], 0.5, p_facilities=many)
    model.solve(
        pulp.PULP_CBC_CMD(msg=False, timeLimit=asked.seconds, gapRel=asked.gap, threads=asked.threads)
    )
    chosen = np.array([variable.value() > 0.5 for variable in model.fac_vars])
    solution = Solution.nothing(inst)
    solution.node_start[1 : 1 + sites][chosen] = 0
    solution.link_start[chosen] = 0
    offers = np.flatnonzero(chosen[inst.node - 1])
    _, first = np.unique(inst.place[offers], return_index=True)
    solution.offer_start[offers[first]] = 0
    return solution, math.inf, ""


METHODS: dict[str, Callable[[Case, Asked], Outcome]] = {
    "search": _search,
    "compact": _compact,
    "greedy": _thumb(greedy),
    "economies": _thumb(economies),
    "priority": _thumb(priority),
    "spopt": _spopt,
}


def _child(method: str, case_: Case, asked: Asked, pipe: Connection) -> None:
    started = time.perf_counter()
    try:
        solution, bound, note = METHODS[method](case_, asked)
    except Exception as error:  # what went wrong with one method is a row of the table; the others go on
        solution, bound, note = None, math.inf, f"{type(error).__name__}: {error}"
    took = time.perf_counter() - started
    pipe.send((took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, solution, bound, note))


def run(method: str, case_: Case, asked: Asked) -> Row:
    """One method on one case, in a process of its own."""
    forks = multiprocessing.get_context("fork")
    here, there = forks.Pipe(duplex=False)
    process = forks.Process(target=_child, args=(method, case_, asked, there))
    process.start()
    there.close()
    try:
        took, megabytes, solution, bound, note = here.recv()
    except EOFError:
        took, megabytes, solution, bound, note = math.nan, math.nan, None, math.inf, "ended without an answer"
    process.join()
    return Row(case_.name, method, took, megabytes, solution, bound, note)


def table(case_: Case, rows: list[Row]) -> list[tuple[str, ...]]:
    """The rows as text, each plan audited."""
    best = min((row.bound for row in rows), default=math.inf)
    return [(row.case, row.method, *_figures(case_, row, best)) for row in rows]


def _figures(case_: Case, row: Row, best: float) -> tuple[str, ...]:
    inst, taken = case_.instance, (f"{row.seconds:.1f}", f"{row.megabytes:.0f}")
    if row.solution is None:
        return ("–",) * 6 + (*taken, row.note)
    reached = objective(inst, row.solution)
    last = row.solution.serving(len(inst.years))[:, -1] * inst.worth[inst.place, -1] * inst.share
    wrong = faults(inst, row.solution)
    verdict = f"{len(wrong)} faults: {wrong[0]}" if wrong else "no faults"
    spent = sum(class_needs(inst, row.solution).values()) / 1e9
    return (
        f"{reached:,.0f}", f"{last.sum() / inst.worth[:, -1].sum():.1%}", f"{spent:,.1f}",
        f"{row.bound:,.0f}" if math.isfinite(row.bound) else "–",
        _gap(reached, row.bound), _gap(reached, best), *taken,
        "; ".join(text for text in (verdict, row.note) if text),
    )  # fmt: skip


def _gap(reached: float, bound: float) -> str:
    return f"{(bound - reached) / bound:.3%}" if math.isfinite(bound) and bound > 0 else "–"


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


def _case(name: str, asked: argparse.Namespace) -> Case:
    if name == "covering":
        return without_network(seed=asked.seed)[0]
    return case(name, asked.seed, asked.stop_gaps, asked.capacity)


def main() -> None:
    """Run, print row by row, and write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", default=list(QUICK))
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--seconds", type=float, default=60.0, help="for search, compact and spopt")
    parser.add_argument("--gap", type=float, default=0.001)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--threads", type=int, default=1, help="for HiGHS on the compact model, and spopt's solver"
    )
    parser.add_argument("--stop-gaps", action="store_true", help="terminals may give way and serve elsewhere")
    parser.add_argument("--capacity", action="store_true", help="hops and nodes carry only so much")
    parser.add_argument("--write", type=Path, help="also write the table to this file, in Markdown")
    given = parser.parse_args()
    asked = Asked(given.gap, given.seconds, given.threads)
    lines = [_line(HEADER), "|---|---|" + "--:|" * (len(HEADER) - 3) + "---|"]
    print("\n".join(lines), flush=True)
    for name in given.cases or QUICK:
        one = _case(name, given)
        methods = [m for m in given.methods.split(",") if m != "spopt" or name == "covering"]
        for cells in table(one, [run(method, one, asked) for method in methods]):
            lines.append(_line(cells))
            print(lines[-1], flush=True)
    if given.write:
        given.write.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
