"""Model contests on the site: what is open is there for everybody, the secret for nobody, partners send predictions."""

import numpy as np
import pandas as pd
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from programme_factory import logged_in

from merata.assure import model_contest_board, model_contest_files
from merata.assure.model_contest import Contest

MEASURED = np.tile([0.0, 1.0], 30)


@pytest.fixture
def folder(settings, tmp_path, published):
    """A region's folder with a contest that is open for a year."""
    settings.REGION = tmp_path
    (tmp_path / "region.toml").write_text('[region]\nname = "Contoh"\n')
    ids = np.arange(1, 61)
    asked = pd.DataFrame({"id": ids, "lon": 117.12, "lat": -0.25})
    answers = pd.DataFrame({"id": ids, "measured": MEASURED, "block": ids % 12})
    made = Contest(
        "level", asked.assign(measured=MEASURED), asked, answers, asked[["id"]].assign(p=0.5), "basic", 3
    )
    until = f"{timezone.localdate().year + 1}-12-31"
    model_contest_board.open_contest(
        tmp_path, "tingkat", made, b"s" * 32, until, timezone.localdate().isoformat()
    )
    return tmp_path


def file_of(text):
    return {"predictions": SimpleUploadedFile("p.csv", text.encode())}


def good(values=MEASURED):
    return pd.DataFrame({"id": np.arange(1, 61), "p": values}).to_csv(index=False)


SEND = "/staf/program/lomba/tingkat/"


def test_everybody_sees_the_board_and_gets_the_open_files(client, folder):
    page = client.get("/lomba/").content.decode()
    assert "Merata" in page
    assert "0,25" in page
    assert client.get("/en/lomba/").status_code == 200
    for name in ("train.csv", "ask.csv", "contest.json", "board.json"):
        assert f"tingkat/{name}" in page
        answer = client.get(f"/lomba/tingkat/{name}")
        assert b"".join(answer.streaming_content) == (folder / "contests" / "tingkat" / name).read_bytes()


@pytest.mark.parametrize(
    "name",
    ["answers.csv", "seed", "secret", "teams.json", "secret%2Fanswers.csv", "..%2Fsecret%2Fseed", "lock"],
)
def test_what_is_held_out_is_there_for_nobody(client, folder, name):
    assert client.get(f"/lomba/tingkat/{name}").status_code == 404


def test_a_page_without_contests_says_so(client, published):
    assert "tidak ada lomba" in client.get("/lomba/").content.decode()
    assert client.get("/lomba/x/train.csv").status_code == 404


def test_a_partner_sends_predictions_and_stands_on_the_board_as_its_organisation(folder, person):
    browser = logged_in(person("partner"))
    assert "id, p" in browser.get(SEND).content.decode()
    answer = browser.post(SEND, file_of(good()), follow=True)
    assert "terhitung: 0" in answer.content.decode()
    again = browser.post(SEND, file_of(good(0.5)), follow=True).content.decode()
    assert "tidak lebih baik" in again
    assert [row.team for row in model_contest_files.board(folder, "tingkat")] == ["Kantor partner", "Merata"]
    assert "Kantor partner" in browser.get("/lomba/").content.decode()


def test_a_bad_file_is_told_in_the_pages_language(folder, person):
    browser = logged_in(person("partner"))
    page = browser.post(SEND, file_of("id,p\n1,2\n")).content.decode()
    assert "Baris 2, kolom p" in page
    page = browser.post(f"/en{SEND}", file_of("id,p\n1,2\n")).content.decode()
    assert "Row 2, column p" in page
    assert len(model_contest_files.board(folder, "tingkat")) == 1


def test_nobody_else_may_send(client, folder, person):
    assert client.get(SEND).status_code == 302
    for role in ("province", "regency", "village", "provider", "reader"):
        assert logged_in(person(role)).post(SEND, file_of(good())).status_code == 403
    assert logged_in(person("partner")).get("/staf/program/lomba/lain/").status_code == 404
    lonely = logged_in(person("partner", organisation=None))
    assert "tidak termasuk lembaga" in lonely.post(SEND, file_of(good())).content.decode()
    assert len(model_contest_files.board(folder, "tingkat")) == 1
