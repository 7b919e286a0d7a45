"""A search that is asked to end hands back a sound plan and a bound that holds; asked again, everything ends."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import threading
import time
from collections.abc import Iterator

import highspy
import numpy as np
import pytest
import scipy.sparse as sp
from again_cases import SETTINGS, posed
from brute import best
from tiny import seeded
from within import processor_seconds

from merata.errors import NoPlanError, StoppedError
from merata.plan import stop
from merata.plan.audit import faults
from merata.plan.greedy import greedy
from merata.plan.instance import objective
from merata.plan.programme import programme
from merata.plan.search import search
from merata.plan.solve import solved_of
from merata.plan.solver import Solver
from merata.plan.stop import Stop

CLOSE = 1e-6


class Later(Stop):
    """Asked to stop before it is looked at for the so-manieth time."""

    def __init__(self, looks: int) -> None:
        self.looks = looks
        super().__init__()

    @property
    def asked(self) -> bool:
        self.looks -= 1
        return self.looks < 0

    @asked.setter
    def asked(self, _: bool) -> None: ...


@pytest.mark.parametrize(
    "seed", [*range(3), *(pytest.param(n, marks=pytest.mark.slow) for n in range(3, 16))]
)
def test_whenever_a_search_is_stopped_its_plan_is_sound_and_its_bound_holds(seed):
    instance = dataclasses.replace(seeded(seed), tier=np.zeros(0, dtype=np.int64))
    lit, dark = best(instance), best(instance, dark=True)
    looks, whole = 0, False
    while not whole:
        asked = Later(looks)
        with stop.heeding(asked), stop.searching():
            try:
                found = search(instance, gap=0.0)
            except NoPlanError:
                found = None
        whole, looks = asked.looks >= 0, looks + 1
        if found is not None:
            assert faults(instance, found.solution) == []
            assert found.objective == pytest.approx(objective(instance, found.solution))
            assert found.objective <= dark.objective + CLOSE
            assert found.bound >= (lit.objective if lit else 0) - CLOSE
            assert whole or found.stopped_early or found.bound <= found.objective + CLOSE
    assert looks > 1
    assert (found is None) <= (lit is None), "in the end it was not stopped"


def test_stopped_before_there_is_any_plan_nothing_is_claimed_of_the_rules():
    hard_to_begin = (n for n in range(100) if faults(seeded(n), greedy(seeded(n))) and best(seeded(n)))
    problem = posed(seeded(next(hard_to_begin)))
    with stop.heeding(Later(0)), pytest.raises(StoppedError, match="before any plan was found"):
        solved_of(problem, SETTINGS, "EPSG:32650", lambda _: None)


def test_the_first_request_in_a_search_ends_it_and_the_second_everything():
    told = []
    asked = Stop(lambda: told.append(1))
    with stop.heeding(asked):
        with stop.searching():
            assert not stop.asked()
            asked()
            assert stop.asked()
            assert told == [1]
            with pytest.raises(KeyboardInterrupt):
                asked()
        assert not stop.asked(), "what comes after the search is done in full"
        with pytest.raises(KeyboardInterrupt):
            asked()
    assert told == [1]


def test_outside_of_a_search_and_where_nobody_takes_requests_all_is_as_python_has_it():
    with pytest.raises(KeyboardInterrupt):
        Stop()()
    with stop.searching(), stop.solving():
        assert not stop.asked()
        assert not stop.heeded()


def test_while_a_solver_works_a_request_waits_for_it_to_come_back():
    asked, worked = Stop(), []
    with stop.heeding(asked):
        with pytest.raises(KeyboardInterrupt):
            solved(asked, worked)
        with pytest.raises(KeyboardInterrupt), stop.searching():
            pass
    assert worked == [True]


def solved(asked: Stop, worked: list[bool]) -> None:
    """A solver that goes on after a request; notes whether it is told to come back."""
    with stop.solving():
        asked()
        worked.append(stop.asked())


def hard() -> Solver:
    """Knapsacks that HiGHS is not done with for minutes."""
    random = np.random.default_rng(0)
    whole = programme(seeded(1))
    rows, columns = 200, 400
    matrix = sp.random(rows, columns, 0.1, random_state=1, format="csr")
    matrix.data = np.ceil(matrix.data * 20)
    return Solver(
        dataclasses.replace(
            whole,
            columns=dataclasses.replace(whole.columns, count=columns, whole=columns),
            worth=random.integers(1, 30, columns).astype(float),
            lower=np.zeros(columns),
            upper=np.ones(columns),
            matrix=matrix,
            least=np.full(rows, -np.inf),
            most=np.asarray(matrix.sum(axis=1)).ravel() / 3,
        )
    )


@pytest.fixture
def signalled() -> Iterator[Stop]:
    """A stop that takes Ctrl-C."""
    asked = Stop()
    before = signal.signal(signal.SIGINT, asked)
    with stop.heeding(asked):
        yield asked
    signal.signal(signal.SIGINT, before)


def interrupted(solver: Solver) -> highspy.HighsModelStatus:
    """How a solve ends that gets a Ctrl-C soon."""
    solver.whole(True)
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    try:
        return solver.solve(time.monotonic() + 300)
    finally:
        timer.join()


@pytest.mark.slow
def test_a_solver_in_a_search_comes_back_soon_with_what_it_has(signalled):
    with stop.searching(), processor_seconds(60):  # it had 300
        status = interrupted(hard())
    assert status == highspy.HighsModelStatus.kTimeLimit
    assert signalled.asked


@pytest.mark.slow
def test_a_solver_without_a_search_comes_back_soon_and_everything_ends(signalled):
    with processor_seconds(60), pytest.raises(KeyboardInterrupt):
        interrupted(hard())
    assert not signalled.asked


def test_an_end_that_was_lost_on_its_way_is_raised_again_at_the_next_step():
    asked = Stop()
    with contextlib.suppress(KeyboardInterrupt):  # as libraries do whose code runs when the signal comes
        asked()
    with stop.heeding(asked):
        with pytest.raises(KeyboardInterrupt), stop.searching():
            pass
        with pytest.raises(KeyboardInterrupt), stop.solving():
            pass
