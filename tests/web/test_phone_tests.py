"""The phone's speed test: only what the server saw counts, once; the place only roughly; a real browser and server."""

import datetime as dt
import json
import re
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.utils import timezone

from merata.web import phone_tests
from merata.web.models import PhoneTest

VILLAGE = "99.01.01.2002"


def given(**more):
    return {
        "made_by": uuid.uuid4().hex,
        "village": VILLAGE,
        "down": str(uuid.uuid4()),
        "up": str(uuid.uuid4()),
        "network": "mobile",
        "technology": "4G",
        "operator": "Seluler Contoh",
        "lon": 116.98765,
        "lat": -0.43219,
    } | more


def post(client, said):
    return client.post("/uji/kirim", said, content_type="application/json")


def seen(measurements, said, down=3.25, up=0.5, **more):
    """What the speed test's server writes of a phone's test."""
    folder = measurements / "ndt7"
    folder.mkdir(parents=True, exist_ok=True)
    now = timezone.now()
    with (folder / f"{now:%Y-%m}.jsonl").open("a") as file:
        for name, test, mbps in (("down", "download", down), ("up", "upload", up)):
            row = {
                "uuid": said[name],
                "test": test,
                "began": now.isoformat(),
                "mbps": mbps,
                "min_rtt_ms": 41.0,
            }
            file.write(json.dumps(row | more) + "\n")


def test_a_result_is_kept_once_and_only_roughly(client, published):
    said = given()
    assert [post(client, said).status_code for _ in range(2)] == [201, 201]
    row = PhoneTest.objects.get()
    assert (row.lon, row.lat) == (116.988, -0.432)
    assert (row.village_code, row.technology, row.operator) == (VILLAGE, "4G", "Seluler Contoh")
    assert row.down_mbps is None  # nobody has confirmed it


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"village": "00.00.00.0000"}, "report_no_village"),
        ({"network": "cable"}, "ptest_wrong_network"),
        ({"down": "x", "up": 5}, "ptest_wrong_test"),
    ],
)
def test_what_is_wrong_is_said(client, published, wrong, error):
    answer = post(client, given(**wrong))
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert not PhoneTest.objects.exists()


def test_floods_end(client, published):
    answers = [post(client, given()).status_code for _ in range(phone_tests.FROM_ONE_ADDRESS + 1)]
    assert answers[-1] == 429
    assert PhoneTest.objects.count() == phone_tests.FROM_ONE_ADDRESS


@pytest.mark.parametrize(
    "place", [{"lon": True, "lat": 1}, {"lon": 200, "lat": 0}, {"lon": "1", "lat": "2"}, {"lon": None}]
)
def test_a_place_that_is_none_is_left_out(client, published, place):
    post(client, given(**place))
    row = PhoneTest.objects.get()
    assert row.lon is row.lat is None


def test_only_what_the_server_saw_counts_and_once(client, published, tmp_path):
    true, made_up, copied = given(), given(), None
    seen(tmp_path, true)
    copied = given(down=true["down"], up=true["up"])
    for said in (true, made_up, copied):
        post(client, said)
    assert phone_tests.settle(tmp_path) == 1
    rows = {row.made_by: row for row in PhoneTest.objects.all()}
    assert (rows[true["made_by"]].down_mbps, rows[true["made_by"]].up_mbps) == (3.25, 0.5)
    assert rows[made_up["made_by"]].began is None
    assert rows[copied["made_by"]].began is None
    PhoneTest.objects.update(arrived_at=timezone.now() - dt.timedelta(days=3))
    phone_tests.settle(tmp_path)
    assert [row.made_by for row in PhoneTest.objects.all()] == [true["made_by"]]


def test_a_village_tells_of_tests_only_where_there_are_several(client, published, tmp_path):
    for rate in (1.0, 2.0, 3.0, 4.0):
        post(client, said := given())
        seen(tmp_path, said, down=rate)
    phone_tests.settle(tmp_path)
    assert "Diuji dengan telepon" not in client.get(f"/desa/{VILLAGE}/").content.decode()
    post(client, said := given())
    seen(tmp_path, said, down=9.0)
    phone_tests.settle(tmp_path)
    assert (
        "5 uji dalam 90 hari, separuhnya lebih cepat dari 3,0"
        in client.get(f"/desa/{VILLAGE}/").content.decode()
    )


def test_old_places_become_rougher(client, published):
    post(client, given())
    PhoneTest.objects.update(arrived_at=timezone.now() - dt.timedelta(days=181))
    phone_tests.forget(timezone.now())
    row = PhoneTest.objects.get()
    assert (row.lon, row.lat) == (116.99, -0.43)


def test_without_a_server_the_page_says_so(client, published, settings, tmp_path):
    settings.REGION = tmp_path
    (tmp_path / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\n')
    answer = client.get(f"/uji/{VILLAGE}/")
    assert "belum dibuka" in answer.content.decode()
    assert "wss:" not in answer["Content-Security-Policy"]


@pytest.fixture
def speed_server(tmp_path):
    """`merata ndt7` with tests of a second, on a free port; its results go to a folder of its own."""
    (tmp_path / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\nmade_up = true\n')
    server = subprocess.Popen(
        [Path(sys.executable).parent / "merata", "ndt7", tmp_path, "--port", "0", "--run-s", "1"],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield re.search(r"ws://[\d.:]+", server.stderr.readline())[0]
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.mark.browser
@pytest.mark.slow
def test_a_phone_tests_and_gives_its_result(site, site_region, speed_server, browser, tmp_path):
    settings = site_region / "region.toml"
    before = settings.read_text()
    settings.write_text(f'{before}\n[measure]\nspeed_server = "{speed_server}"\n')
    context = browser.new_context(
        viewport={"width": 360, "height": 720},
        geolocation={"longitude": 116.98765, "latitude": -0.43219},
        permissions=["geolocation"],
    )
    try:
        page = context.new_page()
        faults = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{site}/desa/{VILLAGE}/")
        page.get_by_text("Uji kecepatan internet Anda").click()
        page.get_by_role("button", name="Mulai uji").click()
        page.get_by_text("Selesai.").wait_for(timeout=120_000)
        used = float(page.locator("output[name=data]").inner_text().replace(".", "").replace(",", "."))
        assert 0 < used < 25
        page.get_by_label("data seluler").check()
        page.get_by_label("4G (LTE)").check()
        page.get_by_label("Sertakan tempat").check()
        sent = []
        page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
        page.get_by_role("button", name="Kirim hasil").click()
        page.get_by_text("Terima kasih").wait_for()
        assert not faults
        said = json.loads(sent[0].post_data)
        assert (said["lon"], said["lat"], said["technology"]) == (116.988, -0.432, "4G")
        results = [
            json.loads(line) for path in (tmp_path / "measurements/ndt7").iterdir() for line in path.open()
        ]
        assert {said["down"], said["up"]} == {row["uuid"] for row in results}
    finally:
        settings.write_text(before)
        context.close()
