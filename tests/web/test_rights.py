"""Rights: who reaches which rows, and that nothing changes without a note of it."""

import datetime as dt

import pytest

from merata.errors import InputError
from merata.web.changes import keep, undo
from merata.web.models import Change, Organisation, PlannedWork, ServicePoint
from merata.web.page import site_version
from merata.web.rights import reach

DAY = dt.date(2026, 3, 1)
NOON, HOUR = dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC), dt.timedelta(hours=1)


@pytest.fixture
def points(published):
    ours, theirs = (Organisation.objects.create(name=name, kind="provider") for name in ("Satu", "Dua"))
    return [
        ServicePoint.objects.create(
            code=f"TL-{n}", village_code=code, place="Kantor Desa", option="leo", provider=provider, since=DAY
        )
        for n, (code, provider) in enumerate(
            [("99.01.01.2001", ours), ("99.01.01.2002", theirs), ("99.01.02.2001", ours)]
        )
    ]


@pytest.mark.parametrize(
    ("role", "fields", "seen"),
    [
        ("regency", {}, ["TL-0", "TL-1", "TL-2"]),
        ("reader", {}, ["TL-0", "TL-1", "TL-2"]),
        ("district", {"district": "Muara Contoh"}, ["TL-0", "TL-1"]),
        ("district", {"district": ""}, []),
        ("village", {"village_code": "99.01.01.2002"}, ["TL-1"]),
        ("village", {"village_code": ""}, []),
    ],
)
def test_each_role_reaches_its_own_points(points, person, role, fields, seen):
    assert [point.code for point in reach(person(role, **fields), ServicePoint.objects.all())] == seen


def test_a_provider_reaches_its_own_points_only(points, person):
    user = person("provider", organisation=points[1].provider)
    assert list(reach(user, ServicePoint.objects.all())) == [points[1]]
    assert not reach(person("provider", organisation=None), ServicePoint.objects.all())


def test_rows_whose_reach_is_not_declared_are_refused(person):
    with pytest.raises(LookupError):
        reach(person("province"), Change.objects.all())


def test_a_change_is_kept_with_who_why_before_and_after(points, person):
    user, version = person("regency"), site_version()
    points[0].state = "verified"
    change = keep(points[0], user, why="diperiksa di tempat")
    assert (change.by, change.why, change.before, change.after) == (
        user, "diperiksa di tempat", {"state": "proposed"}, {"state": "verified"},
    )  # fmt: skip
    assert site_version() == version + 1
    assert keep(points[0], user) is None, "nothing changed: nothing is noted"


def test_a_change_is_undone_by_a_later_one_once(points, person):
    user = person("regency")
    points[0].state = "verified"
    change = keep(points[0], user)
    assert undo(change, user, "keliru").before == {"state": "verified"}
    points[0].refresh_from_db()
    assert points[0].state == "proposed"
    assert Change.objects.count() == 2
    with pytest.raises(InputError, match="already"):
        undo(change, user, "lagi")


def test_an_older_change_is_not_undone_over_a_later_one(points, person):
    user = person("regency")
    points[0].state = "verified"
    first = keep(points[0], user)
    points[0].state = "contracted"
    keep(points[0], user)
    with pytest.raises(InputError, match="later change first"):
        undo(first, user, "keliru")


def test_a_new_row_is_undone_by_taking_it_away(points, person):
    user = person("regency")
    row = ServicePoint(code="TL-9", village_code="99.01.01.2001", place="SD", option="leo", since=DAY)
    undo(keep(row, user), user, "keliru")
    assert not ServicePoint.objects.filter(code="TL-9").exists()


def test_a_new_row_that_others_hang_on_is_not_taken_away(points, person):
    user = person("regency")
    row = ServicePoint(code="TL-9", village_code="99.01.01.2001", place="SD", option="leo", since=DAY)
    made = keep(row, user)
    told = {"what": "Ganti kabel", "begins": NOON, "ends": NOON + HOUR}
    PlannedWork.objects.create(provider=points[0].provider, point=row, **told)
    with pytest.raises(InputError, match="undo those first"):
        undo(made, user, "keliru")


def test_no_change_is_rewritten_or_erased(points, person):
    points[0].state = "verified"
    change = keep(points[0], person("regency"))
    change.why = "lain"
    with pytest.raises(TypeError):
        change.save()
    with pytest.raises(TypeError):
        change.delete()
