"""The log that nobody can rewrite, as the site keeps it: what was promised stands there once, and rewriting is seen."""

import json

import pytest
import test_challenges
from django.utils import timezone

from merata.exchange import keys, leaves, notes, proofs
from merata.exchange.log import Log
from merata.exchange.salts import FILE, Salts, salted
from merata.exchange.tree import ProofError
from merata.web import logged, logged_things
from merata.web.challenges.life import concede_by_silence
from merata.web.models import Challenge, Change, Commitment, LogEntry
from merata.web.page import changed
from merata.web.programme import promise_steps

VILLAGE = "99.01.01.2001"


@pytest.fixture
def region(tmp_path, settings, published, providers):
    """A region whose site has a key, a published plan with its file, and promises."""
    (tmp_path / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\ncode = "99.01"\n')
    run = tmp_path / "runs" / published.run_id
    run.mkdir(parents=True)
    (run / "plan.json").write_text(json.dumps({"made": "up"}))
    published.decided_at = timezone.now()
    published.save()
    key = tmp_path / "key"
    keys.make(key, "contoh.example/log", notes.LOG)
    settings.REGION, settings.LOG_KEY = tmp_path, str(key)
    return tmp_path


def keep(region):
    return logged.write(region, region / "key")


def test_plans_and_promises_stand_there_once_each_as_they_became_so(region):
    promises = Commitment.objects.count()
    assert keep(region) == 1 + promises
    assert keep(region) == 0
    first = Commitment.objects.order_by("pk").first()
    for state in ("late", "on the way", "late"):
        Commitment.objects.filter(pk=first.pk).update(state=state)
        assert keep(region) == 1
    states = [row.content["state"] for row in LogEntry.objects.filter(kind="commitment", of=str(first.pk))]
    assert states == ["made", "late", "on-the-way", "late"]
    assert Log(region / "log").checkpoint().size == promises + 4


def test_what_was_added_before_a_kill_is_not_added_again(region, monkeypatch):
    real, calls = logged._note, []

    def killed(log, size):
        calls.append(size)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(log, size)

    monkeypatch.setattr(logged, "_note", killed)
    with pytest.raises(KeyboardInterrupt):
        keep(region)
    monkeypatch.setattr(logged, "_note", real)
    assert not LogEntry.objects.exists()
    assert keep(region) == 0
    assert LogEntry.objects.count() == Log(region / "log").head()[0] == 1 + Commitment.objects.count()


def test_a_proof_from_the_page_holds_offline_and_for_this_entry_alone(region, client):
    keep(region)
    entry = LogEntry.objects.filter(kind="commitment", content__village=VILLAGE).first()
    page = client.get(f"/catatan/{entry.index}/")
    assert page.status_code == 200
    assert "on record since" in client.get(f"/en/desa/{VILLAGE}/").content.decode()
    proof = proofs.parse(client.get(f"/catatan/{entry.index}/bukti.txt").content)
    proof.checkpoint.check([keys.load(region / "key", notes.LOG).public])
    assert json.loads(proof.check())["content"] == entry.content
    with pytest.raises(ProofError):
        proof.check(b"something else")
    assert client.get("/catatan/").content.decode().count("contoh.example/log") >= 2
    assert client.get("/catatan/999/bukti.txt").status_code == 404


def test_rewriting_the_database_changes_nothing_that_was_said(region, client):
    keep(region)
    entry = LogEntry.objects.filter(kind="commitment").first()
    before = client.get(f"/catatan/{entry.index}/bukti.txt").content
    root = Log(region / "log").checkpoint().root
    # Whoever has the database: another level, another year, an entry that never was, one less.
    Commitment.objects.filter(pk=int(entry.of)).update(level="basic", year=2030)
    LogEntry.objects.filter(pk=entry.pk).update(content={**entry.content, "level": "good"})
    assert '<dd class="long">working' in client.get(f"/catatan/{entry.index}/").content.decode()
    assert keep(region) == 1, "the new level is a new entry; the old one stays"
    LogEntry.objects.filter(index__lt=2).delete()
    assert keep(region) == 0
    LogEntry.objects.all().delete()
    assert keep(region) == 0
    assert LogEntry.objects.get(index=entry.index).content == entry.content, "made anew from the log"
    old, new = proofs.parse(before), Log(region / "log")
    reader = new.reader()
    assert proofs.growth(reader, old.checkpoint.size, new.checkpoint()).check(old.checkpoint) is None
    assert reader.root(old.checkpoint.size) == root


def test_a_log_that_was_tampered_with_is_not_continued(region, caplog):
    keep(region)
    [tile] = [path for path in (region / "log" / "tile" / "entries").rglob("*") if path.is_file()]
    tile.write_bytes(tile.read_bytes().replace(b"working", b"nothing"))
    Commitment.objects.create(village_code=VILLAGE, level="good", option="leo", year=2027)
    with pytest.raises(ProofError):
        keep(region)
    logged.run(batch=True)
    assert "Nothing is added to the log" in caplog.text


@pytest.mark.parametrize(
    "name", ["../region.toml", "tile/../../key", "head", "lock", "checkpoints/../../key", "tile/0"]
)
def test_only_the_logs_own_files_are_served(region, client, name):
    keep(region)
    assert client.get(f"/log/{name}").status_code == 404


def test_a_copy_can_be_fetched_and_checked(region, client):
    keep(region)
    assert b"".join(client.get("/log/checkpoint").streaming_content).startswith(b"contoh.example/log\n")
    size = Log(region / "log").head()[0]
    answer = client.get(f"/log/tile/0/000.p/{size}")
    assert len(b"".join(answer.streaming_content)) == 32 * size


def test_pages_say_since_when_and_a_hash_on_paper_leads_to_its_entry(region, client):
    keep(region)
    plan = LogEntry.objects.get(kind="plan")
    promise = Commitment.objects.order_by("pk").first()
    for path in (f"/rencana/{plan.of}/", f"/janji/{promise.pk}/"):
        assert "Tercatat sejak" in client.get(path).content.decode(), path
    assert client.get(f"/catatan/sidik/{plan.content['sha256']}/")["Location"] == f"/catatan/{plan.index}/"
    assert client.get(f"/catatan/sidik/{'0' * 64}/").status_code == 404


def test_the_words_of_a_change_stand_on_its_page_until_their_salt_is_forgotten(region, client, person):
    promise = Commitment.objects.order_by("pk").first()
    promise_steps.take(promise, person("regency"), "broken", why="Genset dicuri")
    keep(region)
    entry = LogEntry.objects.get(kind="change")
    page = client.get(f"/catatan/{entry.index}/").content.decode()
    assert "Genset dicuri" in page
    words, salts = logged_things.words_of(Change.objects.get(pk=int(entry.of))), Salts(region / FILE)
    for name in ("before", "after", "reason"):
        assert salted(salts.salt(entry.content[name]), words[name]) == entry.content[name]
        assert salts.salt(entry.content[name]).hex() in page
    files = [path.read_bytes() for path in (region / "log").rglob("*") if path.is_file()]
    assert not any(b"dicuri" in content for content in files)
    before = page.count("HMAC"), page.count("garam:")
    salts.forget(entry.content["reason"])
    changed()
    page = client.get(f"/catatan/{entry.index}/").content.decode()
    assert (page.count("HMAC"), page.count("garam:")) == (before[0], before[1] - 1)


def test_what_became_of_a_challenge_stands_there_and_nothing_of_who_brought_it(
    region, client, person, published
):
    person("regency")
    brought = test_challenges.taken(published, words="Rumah saya di ujung jalan")
    keep(region)
    assert not LogEntry.objects.filter(kind="change").exists(), "what was only brought is not decided"
    Challenge.objects.update(due_at=timezone.now())
    concede_by_silence(Challenge.objects.get(pk=brought.pk))
    keep(region)
    entry = LogEntry.objects.get(kind="change")
    assert entry.content["what"] == "challenge"
    page = client.get(f"/catatan/{entry.index}/").content.decode()
    assert "conceded" in page
    assert "ujung jalan" not in page


def test_names_become_words_without_long_numbers():
    assert leaves.word("Dinas Kominfo (contoh)") == "dinas-kominfo-contoh"
    assert leaves.word("Hubungi 081234567890") == "hubungi"
    assert leaves.word("") == "none"


def test_without_a_log_the_page_says_so(published, client, settings, tmp_path):
    settings.REGION = tmp_path
    assert "belum dimulai" in client.get("/catatan/").content.decode()
