"""The made-up programme of the worked example: the same for the same seed, by the rules, and plainly made up."""

import datetime as dt
from itertools import pairwise

import pytest
from programme_factory import logged_in

from merata.errors import InputError
from merata.web.models import Change, Contract, Organisation, Payment, ServicePoint, WeeklyTarget
from merata.web.programme.made_up import PROVIDERS, make_up
from merata.web.programme.steps import STEPS

TODAY = dt.date(2026, 9, 15)
pytestmark = pytest.mark.slow


@pytest.fixture
def plan(db, settings, tmp_path):
    import site_factory

    settings.MEDIA_ROOT = tmp_path
    return site_factory.publication(districts=6, each=12)


def told():
    points = ServicePoint.objects.order_by("code").values_list(
        "code", "state", "since", "provider__name", "test_down_mbps"
    )
    return list(points), list(Payment.objects.order_by("pk").values_list("month", "amount_idr"))


def test_the_same_seed_makes_the_same_programme(plan):
    make_up(plan, 7, TODAY)
    first = told()
    for model in (Payment, WeeklyTarget):
        model.objects.all().delete()
    ServicePoint.objects.update(replaced_by=None)
    ServicePoint.objects.all().delete()
    Contract.objects.all().delete()
    make_up(plan, 7, TODAY)
    assert told() == first
    assert len(first[0]) > 20


def test_every_history_keeps_the_rules_of_steps(plan):
    make_up(plan, 7, TODAY)
    for point in ServicePoint.objects.select_related("contract"):
        changes = list(Change.objects.filter(model="servicepoint", key=str(point.pk)).order_by("pk"))
        states = [change.after["state"] for change in changes]
        assert states[0] == "proposed"
        assert states[-1] == point.state
        assert all(before in STEPS[after].after for before, after in pairwise(states))
        assert point.since <= TODAY
        if "contracted" in states:
            assert point.contract.provider_id == point.provider_id
        if "accepted" in states:
            assert point.test_down_mbps >= point.contract.down_mbps
            assert point.photographs.count() >= 2


def test_all_of_it_says_that_it_is_made_up(plan):
    make_up(plan, 7, TODAY)
    assert {row.name for row in Organisation.objects.all()} == {one.name for one in PROVIDERS}
    assert all(one.name.endswith("(contoh)") for one in PROVIDERS)
    assert all("CONTOH" in row.number for row in Contract.objects.all())
    assert all("dibuat-buat" in row.note for row in ServicePoint.objects.all())


def test_beside_a_real_plan_nothing_is_made_up(plan):
    plan.made_up = False
    with pytest.raises(InputError, match="real region"):
        make_up(plan, 7, TODAY)


def test_the_board_of_the_example_is_alive(plan, person):
    make_up(plan, 7)
    page = logged_in(person("regency")).get("/staf/program/").content.decode()
    assert 'class="bars" d="M' in page
    assert 'class="line" d="M' in page
