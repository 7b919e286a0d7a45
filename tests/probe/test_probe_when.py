"""When speeds are measured: within the budget, not in quiet hours or while people need the line; at busy hours too."""

from hypothesis import given, settings
from hypothesis import strategies as st

from merata.probe import when
from merata.probe.kept import hours

spans = st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24)).map(list), max_size=3)
BUSY = [[19, 22]]


def a_day(seed, day, quiet, busy, budget, in_use, account=None, cost=lambda most: most):
    """A day of heartbeats: what was decided at which minute, and the account in the evening."""
    plan, account, decided = when.slots(seed, day, quiet, busy), when.today(account or {}, day, True), []
    for minute in range(seed % 5, when.DAY_MIN, 5):
        decision = when.decide(plan, account, minute, budget, in_use(minute), quiet)
        if decision:
            spent = cost(decision.most_bytes)
            account = {
                **account,
                "spent": account["spent"] + spent,
                "done": [*account["done"], decision.slot],
            }
            decided.append((minute, decision))
    return decided, account


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(0, 10**6), spans, spans, st.integers(0, 10**9), st.randoms())
def test_never_above_the_budget_and_never_in_quiet_hours(seed, day, quiet, busy, budget, random):
    decided, account = a_day(seed, day, quiet, busy, budget, lambda _: random.random() < 0.5)
    assert account["spent"] <= budget
    assert account["spent"] == sum(d.most_bytes for _, d in decided)
    assert not any(d.most_bytes and when.in_spans(minute, quiet) for minute, d in decided)
    assert len(decided) <= when.TESTS
    assert len({d.slot for _, d in decided}) == len(decided)


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(0, 10**6))
def test_one_test_a_day_is_at_the_busy_hour_and_the_others_are_spread(seed, day):
    decided, account = a_day(seed, day, [], BUSY, 10**8, lambda _: False)
    at = [minute for minute, _ in decided]
    assert len(at) == when.TESTS
    assert sum(slot.busy for slot in when.slots(seed, day, [], BUSY)) == 1
    assert any(when.in_spans(minute, BUSY) for minute in at)
    assert sum(minute < 12 * 60 for minute in at) in (1, 2)
    assert account["spent"] > 0.99e8


def test_each_probe_and_each_day_has_times_of_its_own():
    plans = [tuple(when.slots(seed, day, [], BUSY)) for seed in range(10) for day in range(10)]
    assert len(set(plans)) == 100
    assert when.slots(5, 5, [], BUSY) == when.slots(5, 5, [], BUSY)


def test_while_people_need_the_line_only_a_short_test_late_in_the_busy_hour_is_made():
    for seed in range(50):
        decided, _ = a_day(seed, 1, [], BUSY, 10**8, lambda _: True)
        made = [(minute, d) for minute, d in decided if d.most_bytes]
        assert len(made) == 1
        ((minute, decision),) = made
        assert 21.5 * 60 <= minute < 22 * 60
        assert (decision.why, decision.run_s) == ("busy", when.SHORT_S)
        assert decision.most_bytes <= 10**8 / when.SHORT_SHARE


def test_a_test_waits_for_the_line_to_be_free():
    calm = [slot.minute for slot in when.slots(1, 1, [], []) if not slot.busy]
    first = calm[0]
    decided, _ = a_day(1, 1, [], [], 10**8, lambda minute: minute < first + 60)
    assert first + 60 <= decided[0][0] < first + 66
    assert decided[0][1].why == "schedule"


def test_what_one_test_leaves_over_the_next_ones_may_take():
    decided, account = a_day(3, 3, [], BUSY, 8 * 10**6, lambda _: False, cost=lambda most: most // 4)
    shares = [d.most_bytes for _, d in decided]
    assert shares == sorted(shares)
    assert account["spent"] < 8 * 10**6


def test_after_hours_without_power_missed_tests_are_left_out():
    plan = when.slots(9, 9, [], BUSY)
    account = when.today({}, 9, True)
    late = plan[1].until + 1
    first = when.decide(plan, account, late, 10**8, False, [])
    assert (first.slot, first.most_bytes) == (0, 0)


def test_a_clock_that_goes_back_does_not_open_the_budget_again():
    spent = {"day": 100, "spent": 7, "done": [0]}
    assert when.today(spent, 100, False) == spent
    assert when.today(spent, 40, False) == spent
    assert when.today(spent, 101, False) == {"day": 101, "spent": 0, "done": []}
    # Where it had run far ahead, the centre's time puts it right.
    assert when.today({"day": 9999, "spent": 7, "done": []}, 100, True)["day"] == 100


def test_hours_are_read_as_people_write_them():
    assert hours("7-12, 13-15") == [[7, 12], [13, 15]]
    assert hours("") == []
    assert when.in_spans(23 * 60, [[22, 6]])
    assert when.in_spans(5 * 60 + 59, [[22, 6]])
    assert not when.in_spans(6 * 60, [[22, 6]])
