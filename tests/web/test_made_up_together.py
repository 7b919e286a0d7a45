"""What others brought to the worked example: challenges in each state, a meeting, comments, a fund, a list."""

import datetime as dt

import pytest
from office import region_at
from programme_factory import Programme

from merata.region.folder import Region
from merata.web.challenges import made_up as challenges
from merata.web.models import (
    Challenge,
    Comment,
    Commitment,
    Contract,
    FundOffer,
    Hint,
    Job,
    Meeting,
    Organisation,
    Submission,
)
from merata.web.models.challenges import CHALLENGE_STATES
from merata.web.partners.made_up import comments, fund
from merata.web.programme import made_up_meeting
from merata.web.programme.made_up import drawn


@pytest.fixture
def people(person, published):
    return person("regency"), person("province")


def test_there_is_a_challenge_in_each_state_and_none_changes_what_a_run_rests_on(
    people, published, settings, tmp_path
):
    settings.REGION, settings.MEDIA_ROOT = region_at(tmp_path / "region"), tmp_path / "media"
    programme, (office, province) = Programme(), people
    for month in range(1, 5):
        programme.payment(month=dt.date(2026, month, 1))
    programme.promise(village="", state="kept", owner=office.organisation, action="Tiang di dermaga")
    challenges.make_up(published, office, province, drawn("surat"))
    assert {row.state for row in Challenge.objects.all()} == set(CHALLENGE_STATES)
    assert Challenge.objects.filter(silent=True).count() == 1
    assert not Job.objects.filter(kind="correct").exists()
    assert Commitment.objects.get(action="Tiang di dermaga").state != "kept"
    assert Hint.objects.get().state == "waiting"
    told = [row.words or row.answer for row in (*Challenge.objects.all(), *Hint.objects.all())]
    assert all("rekaan" in words for words in told)


def test_a_meeting_comments_and_a_fund_say_that_they_are_made_up(people, published, person):
    office, _ = people
    meeting = made_up_meeting.make_up(published, office, None)
    assert meeting == Meeting.objects.get(state="published")
    assert {row.state for row in Commitment.objects.filter(meeting=meeting)} == {
        "kept",
        "on the way",
        "promised",
    }
    row = comments(published, office)
    assert not row.is_open
    assert {one.outcome for one in Comment.objects.filter(round=row)} == {"noted", "not changed", ""}
    programme = Programme()
    for code, contract in (("TL-1", 0), ("TL-2", 0), ("TL-3", 1)):
        programme.point(code, "in service", contract)
    assert fund(office) == FundOffer.objects.get(state="accepted")
    paid = Contract.objects.get(fund=FundOffer.objects.get().fund)
    assert paid == programme.contracts[1]
    said = [meeting.title, row.words, row.summary, *Comment.objects.values_list("words", flat=True)]
    assert all("rekaan" in words for words in (*said, FundOffer.objects.get().words))


def test_the_operators_list_waits_to_be_compared(people, published, person, settings, tmp_path):
    from merata.web.partners.made_up import submission

    settings.REGION = region_at(tmp_path / "region")
    (tmp_path / "menara.csv").write_text("operator,lintang,bujur\nOperator Rekaan,-0.5401,117.0653\n")
    Region(settings.REGION).add([tmp_path / "menara.csv"], date="2026-01-01")
    operator = person("provider", organisation=Organisation.objects.create(name="Contoh", kind="provider"))
    row = submission(operator)
    assert row == Submission.objects.get(state="comparing")
    assert Job.objects.get().kind == "compare"
