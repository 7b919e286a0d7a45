"""Work in the background: shown as it goes, stopped, begun again after its worker died, done by the real worker."""

import datetime as dt
import json
import shutil
import signal
import time

import fresh
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from office import logged_in, region_at

from merata.errors import BusyError
from merata.web import tasks
from merata.web.models import Change, Commitment, Job, Organisation, Publication
from merata.web.staff.jobs import Shown, falling


@pytest.fixture
def region(tmp_path, settings):
    settings.REGION = region_at(tmp_path / "region")
    return settings.REGION


@pytest.fixture
def office(person):
    return logged_in(person("regency"))


def work():
    """Let the real worker do all that waits."""
    handlers = {
        number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)
    }
    try:
        call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def going(**fields):
    now = timezone.now()
    return Job.objects.create(**{"kind": "run", "state": "going", "began_at": now, "told_at": now} | fields)


def test_a_run_shows_its_step_its_time_and_the_gap_falling(region, office):
    gaps = [[2.0, 0.4], [5.0, 0.1], [9.0, 0.0123]]
    job = going(progress={"step": "plan", "what": "", "done": 0, "of": 0, "seconds": 9, "gaps": gaps})
    page = office.get(f"/staf/kerja/{job.pk}/").content.decode()
    assert "Paling jauh 1,23% dari rencana terbaik" in page
    assert "mencari rencana" in page
    assert "<polyline" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    part = office.get(f"/staf/kerja/{job.pk}/?bagian=1").content.decode()
    assert "data-open" in part
    assert "<html" not in part
    Job.objects.filter(pk=job.pk).update(state="done")
    assert 'http-equiv="refresh"' not in office.get(f"/staf/kerja/{job.pk}/").content.decode()


def test_a_line_falls_from_left_to_right():
    points = [tuple(map(int, point.split(","))) for point in falling([[1, 0.4], [2, 0.2], [3, 0.0]]).split()]
    assert points == [(0, 0), (160, 48), (320, 96)]
    assert falling([[1, 0.4]]) == ""


def test_a_job_without_a_sign_of_life_is_shown_as_such(region, office):
    job = going(told_at=timezone.now() - dt.timedelta(minutes=2))
    assert "tanpa tanda hidup" in office.get(f"/staf/kerja/{job.pk}/").content.decode()
    assert Shown(job).silent
    Job.objects.filter(pk=job.pk).update(told_at=timezone.now())
    assert "tanpa tanda hidup" not in office.get(f"/staf/kerja/{job.pk}/").content.decode()


def test_stopping_is_for_those_who_change_plans_and_reaches_the_search(region, office, person):
    job = going()
    assert logged_in(person("reader")).post(f"/staf/kerja/{job.pk}/henti/").status_code == 403
    office.post(f"/staf/kerja/{job.pk}/henti/")
    telling = tasks._Telling(job)
    telling._beat()
    assert not telling.stop.asked, "nothing is searched yet: there is no plan to hand back"
    telling.stop.searching = True
    telling._beat()
    assert telling.stop.asked


def test_the_gap_is_read_from_what_the_engine_says_and_only_falls(region, db):
    telling = tasks._Telling(going())
    for what in ("bounding", "within 12.50% of the best possible", "within 20.00% of the best possible", "x",
                 "within 0.31% of the best possible"):  # fmt: skip
        telling.tell("plan", what, 0, 0)
    assert [gap for _, gap in telling.progress["gaps"]] == [0.125, 0.0031]
    for n in range(2000):
        telling.tell("plan", f"within {0.3 - n / 10000:.4f}% of the best possible", 0, 0)
    assert len(telling.progress["gaps"]) <= tasks._GAPS


def test_jobs_of_data_are_not_for_those_who_see_plans_only(region, person):
    job = going(kind="add")
    browser = logged_in(person("district", district="Muara Contoh"))
    assert browser.get(f"/staf/kerja/{job.pk}/").status_code == 403
    assert browser.get("/staf/kerja/").status_code == 200
    assert browser.get(f"/staf/kerja/{going().pk}/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_what_fails_says_why_and_the_next_job_is_done(region, person):
    by = person("regency")
    first = tasks.ask("add", by, token="0" * 32, given_by="x")
    second = tasks.ask("settle", by, finding="zzzzzz", answer="none")
    work()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("failed", "failed")
    assert "not here any more" in first.outcome["error"]
    assert "no open question" in second.outcome["error"]
    page = logged_in(by).get(f"/staf/kerja/{first.pk}/").content.decode()
    assert "tidak ada yang berubah" in page


@pytest.mark.django_db(transaction=True)
def test_a_fault_is_told_and_the_worker_goes_on(region, monkeypatch):
    monkeypatch.setitem(tasks.DOERS, "check", "merata.web.staff.data_work:no_such_doer")
    job = tasks.ask("check", None)
    work()
    job.refresh_from_db()
    assert job.outcome["key"] == "job_fault"


@pytest.mark.django_db(transaction=True)
def test_a_job_waits_while_a_command_holds_the_folder(region, monkeypatch):
    tries = []

    def busy(job, tell):
        tries.append(1)
        if len(tries) < 3:
            raise BusyError("at work")
        return {}

    monkeypatch.setattr("merata.web.staff.data_work.check", busy)
    monkeypatch.setattr(tasks.time, "sleep", lambda seconds: None)
    job = tasks.ask("check", None)
    work()
    job.refresh_from_db()
    assert (job.state, len(tries)) == ("done", 3)


@pytest.mark.django_db(transaction=True)
def test_what_a_dead_worker_left_is_begun_again_once(region):
    job = tasks.ask("check", None)
    for begun in (1, 0):
        DBTaskResult.objects.filter(status="READY").update(status="RUNNING")
        Job.objects.filter(pk=job.pk).update(state="going")
        assert tasks.take_up() == begun
    job.refresh_from_db()
    assert (job.state, job.outcome["key"]) == ("failed", "job_died_twice")
    assert not DBTaskResult.objects.filter(status__in=("READY", "RUNNING")).exists()


@pytest.mark.django_db(transaction=True)
def test_what_waits_in_the_queue_is_left_there(region):
    job = tasks.ask("check", None)
    assert tasks.take_up() == 0
    assert DBTaskResult.objects.filter(status="READY").count() == 1
    DBTaskResult.objects.update(status="RUNNING")
    assert tasks.take_up() == 1, "its worker took it and died before it began"
    job.refresh_from_db()
    assert not job.asked["again"]


def test_while_a_worker_works_nothing_is_taken_for_dead(region, db):
    job = going()
    with tasks._alone():
        assert tasks.take_up() == 0
    job.refresh_from_db()
    assert job.state == "going"


@pytest.fixture(scope="session")
def made(demo, tmp_path_factory):
    """The smallest worked example: its files, and a region that knows all of them and was not run."""
    from merata.region.folder import Region

    folder = tmp_path_factory.mktemp("contoh")
    shutil.copytree(demo / "region", folder / "region", ignore=shutil.ignore_patterns("runs"))
    Region.start(folder / "empty", (folder / "region" / "region.toml").read_text())
    return folder, sorted(path for path in (demo / "files").iterdir() if path.is_file())


def _unclear(folder):
    """A list of a few villages, with a name in it that nobody knows."""
    from merata.region.folder import Region

    known = Region(folder / "region").tables()["villages"].head(4)
    lines = [
        f"{name},{district},120" for name, district in zip(known["name"], known["district"], strict=True)
    ]
    path = folder / "tambahan.csv"
    path.write_text(
        "\n".join(["Desa,Kecamatan,Jumlah Penduduk", *lines, "Antah Berantah,,77"]), encoding="utf-8"
    )
    return path


@pytest.mark.slow
@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_from_files_to_a_public_plan(made, tmp_path, settings, person, client):
    folder, files = made
    settings.REGION = shutil.copytree(folder / "empty", tmp_path / "region")
    first, second = (logged_in(person(role)) for role in ("regency", "province"))

    sent = [SimpleUploadedFile(path.name, path.read_bytes()) for path in [*files, _unclear(folder)]]
    answer = first.post(
        "/staf/data/kirim/", {"given_by": "Kantor rekaan", "date": "2025-06-01", "kind": "", "files": sent}
    )
    work()
    seen = Job.objects.get(kind="preview")
    assert seen.state == "done", seen.outcome
    assert seen.outcome["tables"]["villages"] == {"before": 0, "after": 20, "new": 20, "gone": 0, "other": 0}
    assert not (settings.REGION / "region.gpkg").exists(), "a preview changes nothing"
    page = first.get(answer.url).content.decode()
    assert "Ambil berkas ini" in page
    assert "desa" in page

    first.post(f"/staf/data/{seen.pk}/ambil/")
    work()
    added = Job.objects.get(kind="add")
    assert added.state == "done", added.outcome
    assert added.outcome["rows"]["villages"] == 20
    assert (
        len(list((settings.REGION / "sources").iterdir())) == len(files) + 2
    )  # the unclear one, and sources.csv
    assert not list((settings.REGION / ".merata" / "web" / "uploads").iterdir())
    assert Change.objects.get(model="data").after["given_by"] == "Kantor rekaan"

    from merata.web.staff.data import candidates, findings

    question = next(row for row in findings() if row.severity == "question" and row.subject)
    answer = candidates(question)[0][0] if question.candidates else "none"
    first.post("/staf/data/jawab/", {"finding": question.id, "answer": answer})
    work()
    settled = Job.objects.get(kind="settle")
    assert settled.state == "done", settled.outcome
    assert question.id not in {row.id for row in findings() if row.severity == "question"}
    assert first.get("/staf/data/").status_code == 200

    first.post("/staf/rencana/hitung/")
    work()
    run = Job.objects.get(kind="run")
    assert run.state == "done", run.outcome
    draft = Publication.objects.get(pk=run.outcome["publication"])
    assert draft.state == "draft"
    assert "data-open" not in first.get(f"/staf/kerja/{run.pk}/").content.decode()

    first.post(f"/staf/rencana/{draft.pk}/ajukan/", {"title": "", "note": "rencana pertama"})
    owner = Organisation.objects.get(name="Kantor regency")
    second.post(
        f"/staf/rencana/{draft.pk}/putuskan/", {"decision": "approve", "owner": owner.pk, "reason": ""}
    )
    draft.refresh_from_db()
    assert (draft.state, draft.number) == ("published", 1)
    assert Commitment.objects.count() == draft.facilities.exclude(year=None).count() > 0
    assert client.get(f"/desa/{draft.villages.first().code}/").status_code == 200

    first.post("/staf/rencana/hitung/")
    work()
    again = Job.objects.filter(kind="run").first()
    assert again.outcome["publication"] == draft.pk, "nothing changed: the same run, the same publication"


@pytest.mark.slow
@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_the_same_file_twice_changes_nothing(made, tmp_path, settings, person):
    folder, files = made
    settings.REGION = shutil.copytree(folder / "region", tmp_path / "region")
    before = (settings.REGION / "findings.csv").read_bytes()
    path = next(path for path in files if path.suffix == ".csv")
    logged_in(person("regency")).post(
        "/staf/data/kirim/",
        {"given_by": "x", "date": "2025-06-01", "files": [SimpleUploadedFile(path.name, path.read_bytes())]},
    )
    work()
    seen = Job.objects.get(kind="preview")
    assert (seen.outcome["again"], seen.outcome["tables"]) == ([path.name], {})
    assert (settings.REGION / "findings.csv").read_bytes() == before


@pytest.mark.slow
@pytest.mark.engine
def test_a_run_whose_worker_is_killed_is_taken_up_and_finished(made, tmp_path):
    region = shutil.copytree(made[0] / "region", tmp_path / "region")
    fresh.run(region, "from merata.web.tasks import ask\nask('run', None)\n")
    worker = fresh.worker(region)
    until = time.monotonic() + 240
    while not _step(region):
        assert worker.poll() is None, worker.stderr.read()
        assert time.monotonic() < until
        time.sleep(0.1)
    worker.kill()
    worker.wait()
    worker.stderr.close()
    assert fresh.rows(region, "select state from web_job") == [("going",)]
    again = fresh.worker(region)
    _, told = again.communicate(timeout=280)
    assert again.returncode == 0, told
    [(state, asked, outcome)] = fresh.rows(region, "select state, asked, outcome from web_job")
    assert (state, json.loads(asked)) == ("done", {"again": True}), outcome
    assert fresh.rows(region, "select count(*) from web_publication") == [(1,)]
    assert not list((region / ".merata").glob("run-*")), "what the dead one left half made is gone"


def _step(region):
    progress = fresh.rows(region, "select progress from web_job where state = 'going'")
    return progress and json.loads(progress[0][0]).get("step")


@pytest.mark.slow
@pytest.mark.engine
def test_processes_that_serve_pages_do_not_load_the_compiler(tmp_path):
    region = region_at(tmp_path / "region")
    printed = fresh.run(
        region,
        """
import site_factory
from office import logged_in
from merata.web.models import Job, User
site_factory.publication()
draft = site_factory.publication(state="draft", number=None, run_id="1")
user = User.objects.create_user("a@contoh.example", "sandi yang panjang", role="regency")
job = Job.objects.create(kind="run", state="going")
client = logged_in(user)
for path in ("data/", "data/temuan/", "kerja/", f"kerja/{job.pk}/", "rencana/", "rencana/aturan/", "rencana/dana/",
             "rencana/keputusan/", "rencana/harga/", f"rencana/{draft.pk}/", f"rencana/banding/?a=1&b={draft.pk}"):
    assert client.get(f"/staf/{path}").status_code == 200, path
client.post("/staf/rencana/hitung/")
print([name for name in ("numba", "highspy", "pandera", "matplotlib") if name in sys.modules])
""",
    )
    assert printed.strip() == "[]"


@pytest.mark.slow
@pytest.mark.apart
def test_two_who_approve_at_the_same_moment_publish_once(tmp_path):
    printed = fresh.run(
        region_at(tmp_path / "region"),
        """
import threading
import site_factory
from merata.web.models import Commitment, Organisation, Publication, User
from merata.web.staff.publishing import RefusedError, approve, propose
users = [User.objects.create_user(f"{n}@contoh.example", "sandi yang panjang", role="regency") for n in range(5)]
owner = Organisation.objects.create(name="Kantor", kind="regency")
draft = site_factory.publication(state="draft", number=None)
propose(draft.pk, users[0], "", "rencana pertama")
gate, ended = threading.Barrier(4), []
def one(user):
    gate.wait()
    try:
        approve(draft.pk, user, owner, "")
        ended.append("approved")
    except RefusedError as error:
        ended.append(str(error))
threads = [threading.Thread(target=one, args=(user,)) for user in users[1:]]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(ended.count("approved"), ended.count("publish_not_proposed"))
print(Commitment.objects.count(), Publication.objects.get().number)
""",
    )
    assert printed.split() == ["1", "3", "12", "1"]
