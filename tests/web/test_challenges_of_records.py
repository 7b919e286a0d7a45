"""Challenges of what the site reckons or keeps itself: promises, scores, payments, statistics; and those by SMS."""

import datetime as dt

import pytest
import score_factory
from django.utils import timezone
from office import logged_in, region_at
from programme_factory import Programme

from merata.publish.indicators import INDICATORS
from merata.publish.observed import Observation
from merata.web import privacy, scores, statistics
from merata.web.challenges import follow, hints
from merata.web.challenges.bulk import looked_at, take_all
from merata.web.challenges.claims import Claim, checked, newest_of
from merata.web.challenges.life import answer, decide, may_decide, reverse, take
from merata.web.models import Challenge, Change, Hint, Job, Owed, Phone, Scorecard, VillageFacts
from merata.web.programme.said import RefusedError
from merata.web.sealed import seal
from merata.web.sms import answers, take_in
from merata.web.sms.numbers import hash_of

VILLAGE = "99.01.01.2001"
NUMBER = "+6281200000042"
WORDS = {"evidence": "recomputed", "words": "dari beats.parquet dengan merata score"}


@pytest.fixture
def region(tmp_path, settings, published):
    settings.REGION = region_at(tmp_path / "region")
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.REGION


@pytest.fixture
def programme(region):
    return Programme()


def claim(of, **given):
    found = checked({"evidence": "visit", "evidence_on": str(timezone.localdate()), **given}, of)
    return found if isinstance(found, Claim) else [one.key for one in found]


def taken(of, by=None, **given):
    found = claim(of, **given)
    assert isinstance(found, Claim), found
    return take(found, f"{Challenge.objects.count()}", way="web", by=by)


def test_a_promise_that_was_not_kept_goes_back_on_the_board_and_forth_again(programme, published, person):
    office, province = person("regency"), person("province")
    village = newest_of(published, VILLAGE)
    kept = programme.promise(state="kept", evidence="surat 7", owner=programme.own, year=2020)
    says = {"fact": "promise", "promise": str(kept.pk), "really": "not kept"}
    assert claim(village, **{**says, "really": "kept"}) == ["challenge_is_published"]
    assert claim(published, **{**says, "promise": "999"}) == ["challenge_unknown"]
    row = taken(village, **says)
    assert (row.party, row.published_as) == (programme.own, "kept"), "whose promise it is answers"
    answer(row, person("provider", organisation=programme.own), "concede", "Belum selesai.")
    kept.refresh_from_db()
    assert (kept.state, row.reference in kept.reason) == ("late", True)
    assert Change.objects.filter(model="commitment", key=str(kept.pk)).latest("pk").after["state"] == "late"
    assert not Job.objects.exists(), "no file of the region is touched"
    reverse(row, province, "Keliru titik.")
    kept.refresh_from_db()
    assert kept.state == "kept"
    open_one = programme.promise(state="promised", owner=office.organisation, year=2090)
    row = taken(village, fact="promise", promise=str(open_one.pk), really="kept")
    answer(row, office, "concede", "")
    open_one.refresh_from_db()
    assert (open_one.state, open_one.evidence) == ("kept", row.reference)


def test_a_score_is_reckoned_anew_and_never_written(programme, published, person, monkeypatch):
    point = programme.point("TL-1", "in service", village=VILLAGE)
    score_factory.scores([point])
    village = newest_of(published, VILLAGE)
    says = {"fact": "score", "card": "point TL-1", "month": "2026-02", **WORDS}
    assert claim(village, **says, percent="97.1") == ["challenge_is_published"]
    assert claim(village, **{**says, "month": "2019-01"}, percent="80") == ["challenge_not_there"]
    assert claim(village, **{**says, "words": ""}, percent="80") == ["challenge_how"]
    assert claim(published, **says, percent="80") == ["challenge_unknown"], "a point is of a village"
    row = taken(village, **says, percent="80")
    answer(row, person("regency"), "concede", "Dihitung ulang.")
    assert list(Job.objects.values_list("kind", flat=True)) == ["score"]
    assert [one.pk for one in follow.to_be_done()] == [row.pk]
    assert Scorecard.objects.get(of="point", period="2026-02").availability == 0.971
    assert "masih lain" in logged_in(person("province")).get(f"/koreksi/{row.reference}/").content.decode()
    (scores.settings.REGION / "measurements").mkdir()
    (scores.settings.REGION / "measurements" / "index.json").write_text("{}")
    monkeypatch.setattr(
        scores, "score", lambda _: Scorecard.objects.filter(of="point").update(availability=0.8)
    )
    assert follow.score_anew(Job.objects.get(), lambda *_: None) == {"changed": False}
    assert not follow.to_be_done(), "the measurements say so now"


def test_what_was_paid_is_mended_by_its_office_alone(programme, published, person):
    office = person("regency")
    programme.payment(amount_idr=1_500_000)
    says = {"fact": "payment", "contract": "K-1", "month": "2026-04", "sum": "paid", **WORDS}
    assert claim(newest_of(published, VILLAGE), **says, idr="1") == ["challenge_no_place"]
    assert claim(published, **says, idr="1500000") == ["challenge_is_published"]
    row = taken(published, **says, idr="1200000")
    assert (row.village_code, row.published_as) == ("", "1500000")
    answer(row, office, "concede", "Salah ketik.")
    assert not Job.objects.exists()
    page = logged_in(person("province")).get("/staf/").content.decode()
    assert "yang tertulis masih lain" in page
    programme.payment(amount_idr=-300_000)
    assert not follow.to_be_done()
    assert claim(published, **{**says, "sum": "owed"}, idr="900000") == ["challenge_not_there"]
    point = programme.point("TL-1", "in service")
    Owed.objects.create(
        provider=programme.own, point=point, contract="K-1", period="2026-04", provisional=False, due_idr=1_500_000,
        deducted_idr=0, owed_idr=1_500_000, likely_deducted_idr=0, values={}, mark="x",
    )  # fmt: skip
    owed = taken(published, **{**says, "sum": "owed"}, idr="900000")
    assert owed.published_as == "1500000"
    answer(owed, office, "concede", "")
    assert Job.objects.get().kind == "score", "statements are reckoned anew with the scores"


def test_a_statistic_waits_for_its_next_publication(region, published, person, monkeypatch):
    code = next(code for code, one in INDICATORS.items() if one.unit == "share" and not one.classes)

    def read(*values):
        rows = [
            Observation(code, "64.02", INDICATORS[code].frequency, period, value=value)
            for period, value in zip(("2025", "2026"), values, strict=True)
        ]
        place = statistics.Area("64.02", "Kabupaten Contoh", "region")
        points = {code: [statistics.Point(row, "", ()) for row in rows]}
        monkeypatch.setattr(statistics, "read", lambda: statistics.Read({"64.02": place}, points, ""))

    read(0.5, None)
    says = {"fact": "statistic", "indicator": INDICATORS[code].name[0], **WORDS, "value": "40"}
    assert claim(published, **says, period="2026") == ["challenge_not_there"], "what is kept back stays so"
    row = taken(published, **says, period="2025")
    answer(row, person("regency"), "concede", "")
    assert follow.to_be_done() == [row]
    read(0.4, None)
    assert not follow.to_be_done()


def test_they_come_by_list_and_program_too(programme, published, person):
    promise = programme.promise(state="kept", owner=programme.own)
    day = str(timezone.localdate())
    cells = {
        "fact": "promise",
        "promise": str(promise.pk),
        "really": "not kept",
        "evidence": "visit",
        "evidence_on": day,
    }
    rows = [(2, {"village": VILLAGE, **cells}, []), (3, {"village": "", **cells, "fact": "people"}, [])]
    by = person("partner")
    assert [one.outcome for one in take_all(looked_at(rows, published, by), by, "bulk")] == ["taken", "wrong"]


def test_the_open_form_offers_what_is_there(programme, published, client):
    promise = programme.promise(village="", state="kept", action="Tiang di dermaga")
    page = client.get("/koreksi/wilayah/", {"fact": "promise", "promise": promise.pk}).content.decode()
    assert f'value="{promise.pk}" selected' in page
    sent = {"fact": "promise", "promise": promise.pk, "really": "not kept", "evidence": "visit", "made_by": "x",
            "evidence_on": str(timezone.localdate())}  # fmt: skip
    thanks = client.post("/koreksi/wilayah/", sent)
    assert thanks.status_code == 200
    row = Challenge.objects.get()
    shown = client.get(f"/koreksi/{row.reference}/").content.decode()
    assert "Tiang di dermaga" in shown
    assert "/koreksi/wilayah/?fact=promise" in client.get(f"/janji/{promise.pk}/").content.decode()


# by SMS


def sms(text, source):
    take_in.take_in(NUMBER, text, source)


@pytest.fixture
def told(monkeypatch):
    """What was sent by SMS."""
    sent = []
    for module in (take_in, hints):
        monkeypatch.setattr(module, "queue", lambda key, number, text: sent.append(text))
    return sent


def test_an_sms_waits_until_it_is_completed_in_its_senders_name(region, published, person, told, client):
    sms("SALAH 9901012001 x", "0")
    sms("SALAH 99.01.01.2001 menara hulu sudah roboh", "1")
    row = Hint.objects.get()
    assert "tulis juga apa" in told[0] or "desanya" in told[0]
    assert row.reference in told[-1]
    assert "roboh" not in client.get(f"/koreksi/{row.reference}/").content.decode()
    sms(f"STATUS {row.reference}", "2")
    assert "menunggu dilengkapi" in told[-1]
    officer, partner = person("regency"), person("partner")
    theirs = logged_in(officer)
    assert "roboh" in theirs.get("/staf/program/koreksi/").content.decode()
    assert "roboh" not in logged_in(partner).get("/staf/program/koreksi/").content.decode()
    way = f"/staf/program/koreksi/sms/{row.pk}/"
    assert logged_in(partner).get(way).status_code == 403
    assert logged_in(person("village", village_code="99.01.02.2001")).get(way).status_code == 404
    assert "roboh" in theirs.get(way, {"fact": "people"}).content.decode()
    sent = {"fact": "people", "people": "1250", "evidence": "visit", "evidence_on": str(timezone.localdate())}
    assert theirs.post(way, sent).status_code == 302
    made = Challenge.objects.get()
    assert (made.reference, made.way, made.by, made.organisation) == (row.reference, "sms", None, None)
    assert "sudah lengkap" in told[-1]
    assert not Phone.objects.exists(), "its number is kept no longer than it is asked for"
    made.state = "rebutted"
    made.save()
    assert not may_decide(officer, made), "who wrote it down does not decide it"
    assert theirs.get(way).status_code == 404
    sms(f"status {row.reference}", "3")
    assert "dibantah" in told[-1]


def test_an_sms_of_which_nothing_comes_is_set_aside_with_its_reason(region, published, person, told):
    phone = Phone.objects.create(hash=hash_of(NUMBER), sealed=seal(NUMBER, "phone"))
    row = hints.kept(VILLAGE, "apa kabar semua", phone)
    privacy.forget()
    row.refresh_from_db()
    assert row.phone == phone, "who waits for an answer is not forgotten"
    officer = person("regency")
    for reason in ("", "hubungi 0812 3456 7890"):
        with pytest.raises(RefusedError):
            hints.set_aside(row, officer, reason)
    hints.set_aside(row, officer, "Bukan tentang data.")
    assert told == [answers.said("sms_hint_set_aside", reference=row.reference, reason="Bukan tentang data.")]
    with pytest.raises(RefusedError):
        hints.complete(row, claim(newest_of(published, VILLAGE), fact="people", people="9"), officer, None)
    Hint.objects.update(made_at=timezone.now() - dt.timedelta(days=800))
    privacy.forget()
    assert not Hint.objects.exclude(words="").exists()


def test_a_village_is_not_flooded_by_sms(region, published, told):
    phone = Phone.objects.create(hash="x", sealed="y")
    Hint.objects.bulk_create(
        Hint(reference=f"T{n}", village_code=VILLAGE, phone=phone) for n in range(hints.OF_ONE_VILLAGE)
    )
    sms("SALAH 99.01.01.2001 jumlah penduduk", "1")
    assert "BELUM tercatat" in told[-1]
    assert Hint.objects.count() == hints.OF_ONE_VILLAGE


def test_a_decision_needs_neither_party_for_these_facts_too(programme, published, person):
    programme.payment()
    office, province = person("regency"), person("province")
    row = taken(published, fact="payment", contract="K-1", month="2026-04", sum="paid", idr="1", **WORDS)
    row.state = "rebutted"
    row.save()
    with pytest.raises(RefusedError):
        decide(row, office, "upheld", "sebab")
    assert decide(row, province, "rejected", "Kuitansinya cocok.").state == "rejected"
    assert VillageFacts.objects.filter(code=VILLAGE).exists()
