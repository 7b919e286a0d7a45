"""For who runs the site: whether it is well, the numbers to watch it by, and who may read them."""

import time

import pytest
from django.db import Error
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from merata.web.forever import forever
from merata.web.operate import beats, health

SECRET = "rahasia-untuk-pengukuran"


def numbers(client, **asked):
    answer = client.get("/metrics", **asked)
    assert answer.status_code == 200, answer.content
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def test_a_site_that_is_well_says_so(client, db):
    beats.beat("live")
    answer = client.get("/sehat/")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert client.get("/sehat/hidup/").status_code == 200


def test_without_a_worker_pages_are_served_still(client, db):
    answer = client.get("/sehat/").json()
    assert (answer["status"], answer["checks"]["worker"]) == ("degraded", "trouble")


def test_a_worker_that_was_not_heard_for_long_is_in_trouble(client, db, monkeypatch):
    beats.beat("live")
    now = time.time()
    monkeypatch.setattr(beats.time, "time", lambda: now + beats.SILENT_S + 1)
    assert client.get("/sehat/").json()["checks"]["worker"] == "trouble"


@pytest.mark.parametrize("lost", ["database", "tables"])
def test_what_no_page_can_do_without_takes_the_site_out_of_service(client, db, monkeypatch, lost):
    def away():
        raise Error

    monkeypatch.setitem(health._CHECKS, lost, away)
    answer = client.get("/sehat/")
    assert (answer.status_code, answer.json()["status"], answer.json()["checks"][lost]) == (
        503,
        "down",
        "trouble",
    )
    assert client.get("/sehat/hidup/").status_code == 200, (
        "the process itself is alive: no use in starting it again"
    )


def test_a_part_of_the_worker_beats_when_it_did_its_work_and_only_then(db):
    class Over:
        def wait(self, every_s):
            return True

    def well():
        pass

    def badly():
        raise OSError

    well.__module__, badly.__module__ = "merata.web.live", "merata.web.scores"
    import logging

    quiet = (logging.getLogger("quiet"), "waits")
    logging.getLogger("quiet").disabled = True
    for work in (well, badly):
        forever(work, 1.0, quiet, troubles=(OSError,), over=Over())
    assert set(beats.ages_s()) == {"live"}


def test_the_numbers_say_what_there_is(client, providers):
    beats.beat("tick")
    client.get("/")
    client.get("/tidak-ada/")
    found = numbers(client)
    assert found["merata_requests_total", "2xx", "open"] >= 1
    assert found["merata_requests_total", "4xx", "files"] >= 1
    assert found["merata_request_seconds_count", "open"] >= 1
    assert found["merata_well", "database"] == 1
    assert found["merata_waiting", "letters"] == found["merata_waiting", "sms"] == 0
    assert found["merata_open_cases",] == 0
    assert found["merata_worker_part_age_seconds", "tick"] < 60
    assert ("merata_newest_backup_age_seconds",) not in found, "unknown is not said to be nothing"


def test_the_newest_backup_has_an_age(client, db, tmp_path, monkeypatch):
    (tmp_path / "old.merata").write_text("")
    (tmp_path / ".half").write_text("")
    monkeypatch.setenv("MERATA_BACKUPS", str(tmp_path))
    assert 0 <= numbers(client)["merata_newest_backup_age_seconds",] < 60


def test_who_watches_is_not_counted_as_a_visitor(client, db):
    before = numbers(client).get(("merata_requests_total", "2xx", "open"), 0)
    client.get("/sehat/")
    assert numbers(client).get(("merata_requests_total", "2xx", "open"), 0) == before


@pytest.mark.parametrize(
    "asked",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},  # through the proxy, whoever says so
        {"headers": {"Authorization": f"Bearer {SECRET}"}, "REMOTE_ADDR": "192.0.2.7"},
    ],
)
def test_without_a_token_only_this_machine_reads_the_numbers(client, db, asked):
    assert client.get("/metrics", **asked).status_code == 403


def test_with_a_token_whoever_has_it_reads_the_numbers(client, db, settings):
    settings.METRICS_TOKEN = SECRET
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": f"Bearer {SECRET}x"}).status_code == 403
    assert numbers(client, headers={"Authorization": f"Bearer {SECRET}"}, REMOTE_ADDR="192.0.2.7")


def test_a_site_with_https_is_asked_past_its_proxy(db, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/sehat/").status_code == 200
    assert Client().get("/metrics").status_code == 200
    assert Client().get("/metrics/x").status_code == 301


@pytest.fixture
def looked(db, monkeypatch, tmp_path):
    """What the doctor says of a site, by name: that of the tests, whose settings stand already."""
    from merata.web import start
    from merata.web.operate import checkup

    key = tmp_path / ".merata" / "web" / "secret-key"
    key.parent.mkdir(parents=True)
    key.touch()
    (tmp_path / "web.sqlite3").touch()
    monkeypatch.setattr(start, "start", lambda region: None)
    return lambda: {one.name: one for one in checkup.site(tmp_path, {})}


def test_the_doctor_hears_whether_the_worker_lives_and_which_part_of_it_fails(looked, monkeypatch):
    assert looked()["worker"].do == "systemctl restart merata.service"
    beats.beat("live")
    assert looked()["worker"].state == "ok"
    monkeypatch.setattr(beats, "ages_s", lambda: {"live": 3.0, "scores": beats.LATE_S + 1})
    assert "scores" in looked()["worker"].told
    assert {looked()[name].state for name in ("database", "tables")} == {"ok"}


def test_the_doctor_asks_the_server_of_letters(looked, settings):
    from merata.web.configure import mail

    assert looked()["letters"].state == "optional"
    settings.EMAIL = mail("smtp://127.0.0.1:9")  # where nothing ever listens
    assert (looked()["letters"].state, "127.0.0.1:9" in looked()["letters"].told) == ("trouble", True)


def test_the_doctor_makes_nothing_of_a_site_that_never_ran(tmp_path):
    from merata.web.operate.checkup import site

    assert [one.state for one in site(tmp_path, {})] == ["optional"]
    assert list(tmp_path.iterdir()) == []


def test_alerts_ask_for_numbers_that_there_are():
    import re
    from pathlib import Path

    import yaml

    from merata.web.operate import metrics

    file = Path(__file__).resolve().parents[2] / "packaging" / "prometheus" / "alerts.yml"
    rules = yaml.safe_load(file.read_text(encoding="utf-8"))["groups"][0]["rules"]
    asked = {name for rule in rules for name in re.findall(r"merata_\w+", rule["expr"])}
    there = {f"merata_{gauge.name}" for gauge in metrics.GAUGES}
    assert asked <= there | {"merata_requests_total", "merata_request_seconds_bucket"}
    assert all(rule["labels"]["severity"] in ("call", "morning") for rule in rules)
