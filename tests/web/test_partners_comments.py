"""Comments on a draft plan: from anybody until a day, counted at once, read once looked at, answered, summed up."""

import csv
import datetime as dt
import io

import partners_factory
import pytest
import site_factory
from django.utils import timezone

from merata.web import privacy
from merata.web.models import Change, Comment, CommentRound
from merata.web.partners import comments
from merata.web.programme.said import RefusedError

CODE = "99.01.01.2002"
SECRET = "Pak Anu 0812 3456 7890"


@pytest.fixture
def round_(published, person):
    return partners_factory.comment_round(person("regency"))


def write(client, of, code=CODE, **more):
    asked = {"stance": "change", "words": SECRET, "made_by": "a", **more}
    return client.post(f"/tanggapan/{of.pk}/tulis/{code}/", asked)


def open_texts(client, row, code=CODE):
    """All that everybody can read of a round."""
    pages = (
        "/tanggapan/",
        f"/tanggapan/{row.pk}/",
        f"/tanggapan/{row.pk}/desa/{code}/",
        f"/tanggapan/{row.pk}/hasil/",
    )
    texts = [client.get(prefix + page) for prefix in ("", "/en") for page in pages]
    texts += [
        client.get("/data/tanggapan.csv"),
        client.get(f"/tanggapan/kabar/?nomor={Comment.objects.get().reference}"),
    ]
    assert all(one.status_code == 200 for one in texts)
    return "\n".join(one.content.decode() for one in texts)


def test_a_comment_is_counted_at_once_and_read_only_once_an_officer_has_shown_it(client, round_, person):
    assert write(client, round_).status_code == 200
    assert write(client, round_).status_code == 200, "sent twice"
    [row] = Comment.objects.all()
    assert SECRET not in open_texts(client, round_)
    assert "1 tanggapan" in client.get("/tanggapan/").content.decode()
    officer = person("regency")
    comments.answer(row, officer, look="kept back", words="Sudah dibahas.", outcome="not changed")
    texts = open_texts(client, round_)
    assert SECRET not in texts
    assert "Sudah dibahas." in texts
    comments.answer(row, officer, look="shown", words="Sudah dibahas.", outcome="not changed")
    assert SECRET in open_texts(client, round_)
    assert Change.objects.filter(model="comment", by=officer).count() == 2


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"stance": "hurray"}, "Pilih dulu pendapat"),
        ({"words": "  "}, "Tulis dulu usul"),
        ({"row": "works:made up"}, "Baris itu tidak ada"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_what_was_written_stays(client, round_, asked, wrong):
    answer = write(client, round_, **{"words": "usul saya", **asked})
    assert answer.status_code == 400
    assert wrong in answer.content.decode()
    assert "words" in asked or "usul saya" in answer.content.decode()
    assert not Comment.objects.exists()


def test_one_row_of_the_draft_can_be_meant(client, round_):
    key = round_.publication.facilities.exclude(year=None).filter(village_code=CODE).first().key
    write(client, round_, row=f"facility:{key}")
    assert Comment.objects.get().row == f"facility:{key}"
    assert client.get(f"/tanggapan/{round_.pk}/tulis/99.99.99.9999/").status_code == 404
    assert client.get("/tanggapan/99999999999999999999/").status_code == 404


def test_after_the_last_day_nothing_is_taken(client, round_):
    CommentRound.objects.filter(pk=round_.pk).update(ends=timezone.localdate())
    assert write(client, round_).status_code == 200
    CommentRound.objects.filter(pk=round_.pk).update(ends=timezone.localdate() - dt.timedelta(days=1))
    assert write(client, round_, made_by="b").status_code == 400
    assert Comment.objects.count() == 1
    assert "<form method" not in client.get(f"/tanggapan/{round_.pk}/tulis/{CODE}/").content.decode()


def test_one_address_is_not_taken_for_a_crowd(client, round_):
    answers = [write(client, round_, made_by=f"n{n}").status_code for n in range(12)]
    assert answers == [200] * 10 + [400] * 2


def test_a_round_is_opened_once_long_enough_and_never_shortened(published, person):
    officer, draft = person("regency"), site_factory.publication("draft", None, run_id="aa")
    day = timezone.localdate()
    for role, ends, publication in (
        ("provider", day + dt.timedelta(days=9), draft),
        ("regency", day + dt.timedelta(days=6), draft),
        ("regency", "soon", draft),
        ("regency", day + dt.timedelta(days=9), published),
    ):
        with pytest.raises(RefusedError):
            comments.open_round(publication, person(role), str(ends), "")
    row = comments.open_round(draft, officer, str(day + dt.timedelta(days=9)), "Bagaimana menurut Anda?")
    with pytest.raises(RefusedError):
        comments.open_round(draft, officer, str(day + dt.timedelta(days=9)), "")
    with pytest.raises(RefusedError):
        comments.put_off(row, officer, str(day + dt.timedelta(days=8)))
    assert comments.put_off(row, officer, str(day + dt.timedelta(days=30))).ends == day + dt.timedelta(
        days=30
    )


def test_what_changed_between_the_draft_and_the_plan_is_told_and_what_did_not_is_not(client, round_):
    moved, same = "99.01.01.2002", "99.01.01.2003"
    for code, outcome in ((moved, "changed"), (same, "not changed")):
        partners_factory.comment(
            round_, code, look="shown", outcome=outcome, answer="Jawaban", answered_at=timezone.now()
        )
    before = {row["village_code"]: row for row in rows(client)}
    assert before[moved]["plan"] == before[moved]["how"] == ""
    plan = site_factory.publication(number=2, run_id="bb")
    plan.decided_at = timezone.now()
    plan.save()
    plan.villages.filter(code=moved).update(year=2025, option="fibre")
    site_factory.changed()
    after = {row["village_code"]: row for row in rows(client)}
    assert (after[moved]["plan"], after[moved]["how"], after[moved]["plan_option"]) == (
        "2",
        "earlier",
        "fibre",
    )
    assert (after[same]["plan"], after[same]["how"]) == ("2", "")
    assert after[same]["plan_year"] == after[same]["draft_year"]
    page = client.get(f"/en/tanggapan/{round_.pk}/hasil/").content.decode()
    assert "2026, LEO" in page or "2026" in page
    assert "as in the draft" in page


def rows(client):
    return list(csv.DictReader(io.StringIO(client.get("/data/tanggapan.csv").content.decode())))


def test_offices_open_look_and_answer_on_their_pages_and_nobody_else(client, office, published):
    draft = site_factory.publication("draft", None, run_id="cc")
    ends = timezone.localdate() + dt.timedelta(days=8)
    answer = client.post(
        "/staf/mitra/tanggapan/buka/", {"publication": draft.pk, "ends": ends, "words": "Apa usul?"}
    )
    row = CommentRound.objects.get()
    assert answer.url == f"/staf/mitra/tanggapan/{row.pk}/"
    made = partners_factory.comment(row)
    assert made.words in client.get(answer.url).content.decode()
    sent = {"look": "shown", "outcome": "noted", "answer": ""}
    client.post(f"/staf/mitra/jawab/{made.pk}/", sent)
    made.refresh_from_db()
    assert made.look == "new", "an outcome without an answer is no answer"
    client.post(f"/staf/mitra/jawab/{made.pk}/", sent | {"answer": "Baik."})
    made.refresh_from_db()
    assert (made.look, made.outcome) == ("shown", "noted")
    client.logout()
    assert client.post(f"/staf/mitra/jawab/{made.pk}/", sent).status_code == 302
    assert "<script>" not in client.get(f"/tanggapan/{row.pk}/").content.decode()


def test_words_are_forgotten_with_those_of_reports_and_counts_stay(round_):
    made = partners_factory.comment(round_, look="shown", answer="Jawab", outcome="noted")
    Comment.objects.filter(pk=made.pk).update(
        arrived_at=timezone.now() - privacy.WORDS - dt.timedelta(days=1)
    )
    privacy.forget()
    made.refresh_from_db()
    assert (made.words, made.answer, made.stance, made.outcome) == ("", "", "change", "noted")
