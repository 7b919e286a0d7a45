"""A draft is put forward by one person and decided by another; approving it makes promises, once."""

import pytest
import site_factory
from office import logged_in

from merata.web.models import Change, Commitment, Organisation, Publication
from merata.web.page import site_version
from merata.web.staff.publishing import RefusedError, approve, propose, refuse, withdraw


@pytest.fixture
def draft(db):
    return site_factory.publication(state="draft", number=None)


@pytest.fixture
def two(person):
    return person("regency"), person("province")


def owner():
    return Organisation.objects.get(name="Kantor regency")


def public(draft, two, note="rencana pertama"):
    propose(draft.pk, two[0], "", note)
    return approve(draft.pk, two[1], owner(), "")


def open_promises():
    return Commitment.objects.filter(replaced_by=None, state="promised")


def test_what_one_puts_forward_another_approves_and_everybody_sees(draft, two, client):
    assert client.get("/").status_code == 404
    first, second = map(logged_in, two)
    first.post(f"/staf/rencana/{draft.pk}/ajukan/", {"title": "Rencana 2025", "note": "rencana pertama"})
    page = first.get(f"/staf/rencana/{draft.pk}/").content.decode()
    assert "orang lain yang memutuskan" in page
    assert 'value="approve"' not in page
    assert 'value="approve"' in second.get(f"/staf/rencana/{draft.pk}/").content.decode()
    second.post(
        f"/staf/rencana/{draft.pk}/putuskan/", {"decision": "approve", "owner": owner().pk, "reason": "cocok"}
    )
    draft.refresh_from_db()
    assert (draft.state, draft.number, draft.title, draft.reason) == ("published", 1, "Rencana 2025", "cocok")
    assert client.get("/").status_code == 200
    assert client.get("/rencana/1/").status_code == 200


def test_the_same_person_never_decides(draft, two):
    browser = logged_in(two[0])
    browser.post(f"/staf/rencana/{draft.pk}/ajukan/", {"note": "rencana pertama"})
    for decision in ("approve", "refuse"):
        answer = browser.post(
            f"/staf/rencana/{draft.pk}/putuskan/",
            {"decision": decision, "owner": owner().pk, "reason": "x"},
            follow=True,
        )
        assert "Yang mengajukan tidak boleh memutuskan" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == "proposed"
    assert not Commitment.objects.exists()


def test_who_only_sees_plans_decides_nothing(draft, two, person):
    propose(draft.pk, two[0], "", "rencana pertama")
    reader = logged_in(person("reader"))
    assert reader.get(f"/staf/rencana/{draft.pk}/").status_code == 200
    for step in ("ajukan", "putuskan", "tarik"):
        assert reader.post(f"/staf/rencana/{draft.pk}/{step}/").status_code == 403


def test_each_planned_facility_is_promised_to_its_place_by_an_owner(draft, two):
    before = site_version()
    public(draft, two)
    planned = draft.facilities.exclude(year=None)
    assert Commitment.objects.count() == planned.count() == 12
    promise, place = Commitment.objects.first(), planned.order_by("village_code", "key").first()
    assert (promise.facility_key, promise.level, promise.option, promise.year, promise.fund, promise.owner) == (
        place.key, place.promised, place.option, place.year, place.fund, owner(),
    )  # fmt: skip
    assert site_version() > before
    assert Change.objects.filter(model="commitment").values("batch").distinct().count() == 1
    assert Change.objects.filter(model="commitment", way="plan", by=two[1]).count() == 12
    assert Change.objects.filter(model="publication").count() == 2


def test_the_next_plan_replaces_what_it_changes_and_leaves_the_rest(draft, two):
    public(draft, two)
    later = site_factory.publication(state="draft", number=None, run_id="9876543210")
    rows = list(later.facilities.exclude(year=None))
    moved, gone, kept = rows[0], rows[1], rows[2]
    later.facilities.filter(pk=moved.pk).update(year=2029)
    later.facilities.filter(pk=gone.pk).update(year=None, option="")
    Commitment.objects.filter(facility_key=kept.key).update(state="kept")
    own = Commitment.objects.create(village_code="99.01.01.2001", level="basic", option="leo", year=2027)
    public(later, two, "anggaran dipotong")
    later.refresh_from_db()
    assert later.number == 2
    old = Commitment.objects.get(facility_key=moved.key, publication=draft)
    assert (old.state, old.reason) == ("changed", "anggaran dipotong")
    assert (old.replaced_by.year, old.replaced_by.publication) == (2029, later)
    dropped = Commitment.objects.get(facility_key=gone.key)
    assert (dropped.state, dropped.reason, dropped.replaced_by) == ("changed", "anggaran dipotong", None)
    assert Commitment.objects.get(facility_key=kept.key).state == "kept"
    assert Commitment.objects.filter(publication=later).count() == 1
    assert open_promises().filter(pk=own.pk).exists(), "a promise of a meeting is no plan's to change"
    assert open_promises().count() == 9 + 1 + 1


def test_a_plan_is_decided_once(draft, two, person):
    public(draft, two)
    for step in (
        lambda: approve(draft.pk, person("province"), owner(), ""),
        lambda: refuse(draft.pk, two[1], "x"),
    ):
        with pytest.raises(RefusedError, match="publish_not_proposed"):
            step()
    assert Commitment.objects.count() == 12


def test_refusing_and_putting_forward_ask_for_words(draft, two):
    with pytest.raises(RefusedError, match="no_note"):
        propose(draft.pk, two[0], "", "")
    propose(draft.pk, two[0], "", "rencana pertama")
    with pytest.raises(RefusedError, match="no_reason"):
        refuse(draft.pk, two[1], "")
    with pytest.raises(RefusedError, match="no_owner"):
        approve(draft.pk, two[1], None, "")
    assert refuse(draft.pk, two[1], "terlalu mahal").state == "refused"
    propose(draft.pk, two[1], "", "lebih murah sekarang")
    assert approve(draft.pk, two[0], owner(), "").number == 1


def test_a_withdrawn_plan_stays_readable_and_the_one_before_is_shown(draft, two, client):
    public(draft, two)
    later = site_factory.publication(state="draft", number=None, run_id="9876543210")
    public(later, two, "pembaruan")
    withdraw(later.pk, two[0], "salah hitung")
    later.refresh_from_db()
    assert (later.state, later.number, later.reason) == ("withdrawn", 2, "salah hitung")
    assert "nomor 1" in client.get("/").content.decode().lower()
    assert client.get("/rencana/2/").status_code == 200
    third = site_factory.publication(state="draft", number=None, run_id="1111111111")
    assert public(third, two, "ketiga").number == 3, "a number is never used twice"


def test_two_plans_are_compared_also_as_drafts(draft, two, person):
    other = site_factory.publication(state="draft", number=None, run_id="9876543210")
    other.villages.filter(year=2026).update(year=2027)
    page = (
        logged_in(person("reader")).get(f"/staf/rencana/banding/?a={draft.pk}&b={other.pk}").content.decode()
    )
    assert "lebih lambat 3" in page
    assert logged_in(two[0]).get("/staf/rencana/banding/?a=x&b=").status_code == 404


def test_the_page_of_a_draft_asks_as_often_however_large_it_is(two, django_assert_max_num_queries):
    for number, (districts, each) in enumerate(((3, 4), (6, 10))):
        row = site_factory.publication("draft", None, districts, each, run_id=f"{number:010}")
        browser = logged_in(two[0])
        with django_assert_max_num_queries(14):
            assert browser.get(f"/staf/rencana/{row.pk}/").status_code == 200
    assert Publication.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_approving_a_large_plan_writes_in_a_few_statements(two, django_assert_max_num_queries):
    row = site_factory.publication("draft", None, 6, 20)
    propose(row.pk, two[0], "", "besar")
    with django_assert_max_num_queries(40):
        approve(row.pk, two[1], owner(), "")
    assert Commitment.objects.count() == 120
