"""The log that nobody can rewrite, as the site keeps it: what was promised stands there once, and rewriting is seen."""

import json

import pytest
from django.utils import timezone

from merata.exchange import keys, notes, proofs
from merata.exchange.log import Log
from merata.exchange.tree import ProofError
from merata.web import logged
from merata.web.models import Commitment, LogEntry

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


def test_names_become_words_without_long_numbers():
    assert logged.word("Dinas Kominfo (contoh)") == "dinas-kominfo-contoh"
    assert logged.word("Hubungi 081234567890") == "hubungi"
    assert logged.word("") == "none"


def test_without_a_log_the_page_says_so(published, client, settings, tmp_path):
    settings.REGION = tmp_path
    assert "belum dimulai" in client.get("/catatan/").content.decode()
