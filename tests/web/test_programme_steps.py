"""The life of a service point: who may do which step, what it needs, and what follows of it."""

import datetime as dt
from itertools import pairwise

import pytest
from programme_factory import DAY, Programme

from merata.web.changes import undo
from merata.web.models import Change
from merata.web.models.programme import POINT_STATES
from merata.web.programme.history import undo_batch
from merata.web.programme.said import RefusedError
from merata.web.programme.steps import FIELDS, STEPS, TURNS, possible, record, step, turn
from merata.web.rights import RIGHTS
from merata.web.words import tongue

LATER = dt.date(2026, 3, 20)


@pytest.fixture
def programme(published, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return Programme()


def keys(refused):
    return [problem.key for problem in refused.value.problems]


def test_every_state_but_the_first_has_its_step_and_every_step_its_words():
    assert set(STEPS) == set(POINT_STATES) - {"proposed"}
    assert set(TURNS) <= set(POINT_STATES)
    for one in STEPS.values():
        assert set(one.after) <= set(POINT_STATES)
        assert set(one.roles) <= set(RIGHTS["step points"])
    for name in {name for one in STEPS.values() for name in one.asks} | {
        n for names in FIELDS.values() for n in names
    }:
        assert tongue("id")(f"f_{name}")


def test_a_point_goes_through_its_whole_life(programme, person):
    office, village = person("regency"), person("village", village_code="99.01.01.2001")
    provider = person("provider", organisation=programme.own)
    point = programme.point("TL-1", "proposed")
    step(point, "verified", office, LATER)
    step(point, "contracted", office, LATER, provider=programme.own, contract=programme.contracts[0])
    step(point, "installed", provider, LATER, equipment="antena", tested_on=LATER, test_down_mbps=60.0,
         test_up_mbps=12.0, test_latency_ms=40.0)  # fmt: skip
    programme.photograph(point, "antenna")
    programme.photograph(point, "test")
    step(point, "accepted", office, LATER)
    step(point, "in service", village, LATER)
    step(point, "suspended", village, LATER)
    new = programme.point("TL-2", "contracted")
    step(point, "replaced", office, LATER, replaced_by=new)
    assert point.state == "replaced"
    states = [change.after["state"] for change in Change.objects.filter(key=str(point.pk)).order_by("pk")]
    assert states == [
        "verified",
        "contracted",
        "installed",
        "accepted",
        "in service",
        "suspended",
        "replaced",
    ]
    for before, after in pairwise(["proposed", *states]):
        assert before in STEPS[after].after


@pytest.mark.parametrize("state", POINT_STATES)
@pytest.mark.parametrize("to", STEPS)
def test_only_declared_steps_follow(programme, person, state, to):
    point = programme.point("TL-1", state)
    if state in STEPS[to].after:
        assert to in possible(point, person("regency"))
        return
    with pytest.raises(RefusedError) as refused:
        step(point, to, person("regency"), LATER)
    assert keys(refused) == ["step_not_after"]
    assert tongue("id").word("point_state", to) in refused.value.said(tongue("id"))


@pytest.mark.parametrize(
    ("role", "to"), [("provider", "accepted"), ("village", "accepted"), ("provider", "ended")]
)
def test_a_step_of_others_is_refused(programme, person, role, to):
    point = programme.installed_and_measured("TL-1")
    user = person(
        role,
        **({"organisation": programme.own} if role == "provider" else {"village_code": point.village_code}),
    )
    with pytest.raises(RefusedError) as refused:
        step(point, to, user, LATER)
    assert keys(refused) == ["step_not_yours"]


def test_a_point_out_of_reach_is_not_stepped(programme, person):
    point = programme.point("TL-1", "contracted", contract=1)
    with pytest.raises(RefusedError) as refused:
        step(point, "installed", person("provider", organisation=programme.own), LATER)
    assert keys(refused) == ["step_out_of_reach"]
    with pytest.raises(RefusedError):
        record(point, person("provider", organisation=programme.own), {"note": "x"})


@pytest.mark.parametrize(
    ("state", "to", "fields", "lacks"),
    [
        ("verified", "contracted", {}, ["need_provider", "need_contract"]),
        ("installed", "accepted", {}, ["need_test", "need_photographs"]),
        ("in service", "replaced", {}, ["need_new_point"]),
    ],
)
def test_what_a_step_lacks_is_said(programme, person, state, to, fields, lacks):
    with pytest.raises(RefusedError) as refused:
        step(programme.point("TL-1", state, **fields), to, person("regency"), LATER)
    assert keys(refused) == lacks


def test_a_contract_of_another_provider_is_refused(programme, person):
    point = programme.point("TL-1", "verified")
    with pytest.raises(RefusedError) as refused:
        step(
            point,
            "contracted",
            person("regency"),
            LATER,
            provider=programme.own,
            contract=programme.contracts[1],
        )
    assert keys(refused) == ["need_own_contract"]


def test_a_test_below_the_contract_is_no_acceptance(programme, person):
    point = programme.installed_and_measured("TL-1", test_down_mbps=49.9)
    with pytest.raises(RefusedError) as refused:
        step(point, "accepted", person("regency"), LATER)
    assert keys(refused) == ["need_rates"]
    assert "49,9" in refused.value.said(tongue("id"))
    step(point, "accepted", person("regency"), LATER, test_down_mbps=50.0)
    assert point.state == "accepted"


@pytest.mark.parametrize(
    ("on", "key"), [(dt.date(2099, 1, 1), "step_in_future"), (dt.date(2026, 3, 1), "step_before")]
)
def test_a_step_happens_after_the_one_before_and_not_tomorrow(programme, person, on, key):
    with pytest.raises(RefusedError) as refused:
        step(programme.point("TL-1"), "installed", person("regency"), on)
    assert keys(refused) == [key]


def test_a_provider_changes_its_test_until_it_is_accepted_and_nothing_else_ever(programme, person):
    user = person("provider", organisation=programme.own)
    point = programme.point("TL-1", "installed")
    record(point, user, {"test_down_mbps": 55.0, "equipment": "antena baru"})
    with pytest.raises(RefusedError):
        record(point, user, {"contract": programme.contracts[1]})
    step(programme.installed_and_measured("TL-2"), "accepted", person("regency"), LATER)
    accepted = programme.own.points.get(code="TL-2")
    record(accepted, user, {"note": "atap bocor"})
    with pytest.raises(RefusedError) as refused:
        record(accepted, user, {"test_down_mbps": 100.0})
    assert keys(refused) == ["field_not_yours"]


def test_whose_turn_it_is(programme):
    assert turn(programme.point("TL-1", "contracted")) == "provider"
    assert turn(programme.point("TL-2", "installed")) == "provider", "its test is missing"
    assert turn(programme.installed_and_measured("TL-3")) == "office"
    assert turn(programme.point("TL-4", "accepted")) == "village"
    assert turn(programme.point("TL-5", "ended")) == ""


@pytest.mark.parametrize(("year", "state"), [(2026, "kept"), (2025, "late")])
def test_a_commitment_follows_its_point(programme, person, year, state):
    promise = programme.promise(year=year)
    point = programme.installed_and_measured("TL-1", commitment=promise)
    step(point, "accepted", person("regency"), LATER)
    promise.refresh_from_db()
    assert promise.state == "on the way"
    change = step(point, "in service", person("regency"), LATER)
    promise.refresh_from_db()
    assert promise.state == state
    assert Change.objects.filter(batch=change.batch).count() == 2
    undo_batch(change.batch, person("regency"), "keliru")
    promise.refresh_from_db()
    point.refresh_from_db()
    assert (promise.state, point.state) == ("on the way", "accepted")


def test_a_step_undone_may_be_done_again(programme, person):
    user, point = person("regency"), programme.point("TL-1", "proposed")
    undo(step(point, "verified", user, LATER), user, "keliru")
    point.refresh_from_db()
    assert (point.state, point.since) == ("proposed", DAY)
    step(point, "verified", user, LATER)
    assert point.state == "verified"
