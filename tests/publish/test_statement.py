"""Statements: the document says what was scored, the workbook adds up itself, and neither is made of what changed."""

import hashlib
import json
import re
import shutil
from io import BytesIO
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from merata.assure import score
from merata.cli.main import app
from merata.errors import FileError, InputError, MissingError, SettingsError
from merata.example import messages
from merata.example.year import BAD, year
from merata.exchange import leaves
from merata.exchange.log import Log
from merata.publish import statement, statement_book, statement_parts, statement_pdf, statement_pieces
from merata.publish.statement_sentences import STATEMENT_CHOICES, STATEMENT_SENTENCES
from merata.publish.words import Tongue

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("statement")]
HOLE = re.compile(r"{\w+}")
ID, EN = (Tongue(language, STATEMENT_SENTENCES, STATEMENT_CHOICES) for language in ("id", "en"))


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    place = tmp_path_factory.mktemp("statement") / "region" / "measurements"
    messages.write(place, year(8, 2, 7))
    scores = score.score(place)
    score.write(place, scores)
    return place, scores


def of(scored, period, provider=BAD):
    return statement.of_provider(
        statement.read(scored[0], period), provider, period, "Kabupaten Contoh", True
    )


def texts(pieces):
    """All that stands in the document, as one text."""
    found = []
    for piece in pieces:
        found += [
            piece.get("text", ""),
            *piece.get("head", []),
            *(c for row in piece.get("rows", []) for c in row),
        ]
    return "\n".join(found)


@pytest.mark.parametrize("period", ["2026-01", "2026"])
@pytest.mark.parametrize("t", [ID, EN])
def test_the_document_says_every_deduction_with_its_outages(scored, period, t):
    place, scores = scored
    made = of(scored, period)
    said = texts(statement_parts.pieces(made, t))
    rows = scores.deductions
    mine = rows[(rows["provider"] == BAD) & rows["month"].str.startswith(period)]
    assert (mine["amount_idr"] > 0).sum() >= 3
    for row in mine.itertuples():
        assert t.number(row.amount_idr) in said
        if row.formula:
            assert statement_pieces.formula(row.formula, t) in said
        for number in row.outages.split():
            outage = scores.outages[
                (scores.outages["outage"] == int(number)) & (scores.outages["counts"] == "down")
            ]
            start = outage["start"].iloc[0]
            if start >= made.outages["start"].min():
                assert statement_pieces.moment(round(start)) in said
    total = scores.statements[
        (scores.statements["provider"] == BAD) & (scores.statements["period"] == period)
    ]
    for name in ("due_idr", "deducted_idr", "owed_idr", "likely_deducted_idr"):
        assert t.number(int(total[name].sum())) in said
    for digest in json.loads((place / "scores" / "all" / "about.json").read_text())["inputs"].values():
        assert digest in said
    assert not HOLE.search(said)


def test_outages_of_a_month_add_up_to_its_down_time(scored):
    """The rows of outages that a deduction names are the hours that it was reckoned from."""
    made = of(scored, "2026-02")
    rows = made.deductions[made.deductions["what"] == "availability"].drop_duplicates("point")
    assert len(rows)
    for row in rows.itertuples():
        numbers = [int(n) for n in row.outages.split()]
        mine = made.outages[(made.outages["point"] == row.point) & made.outages["outage"].isin(numbers)]
        hours = mine[mine["counts"] == "down"]["hours"].sum()
        assert hours == pytest.approx(row.likely_hours, abs=0.01)


def test_the_pdf_is_whole_and_the_same_again(scored):
    made = of(scored, "2026-01")
    pdf = statement_pdf.statement_pdf(made, "id")
    assert pdf.startswith(b"%PDF-")
    assert b"pdfuaid" in pdf
    assert pdf == statement_pdf.statement_pdf(made, "id")
    assert pdf != statement_pdf.statement_pdf(made, "en")


def test_it_says_on_every_page_what_is_made_up():
    for t in (ID, EN):
        assert t("made_up").split(":")[0] in ("CONTOH REKAAN", "MADE-UP EXAMPLE")


def test_names_that_look_like_markup_stay_text(scored):
    made = of(scored, "2026-01")
    odd = statement.Statement(
        **{**vars(made), "provider": '#read("/etc/passwd") *a* $x$ <b> @c', "region": "[[x]] \\ #"}
    )
    assert statement_pdf.statement_pdf(odd, "id").startswith(b"%PDF-")
    assert odd.file_name == "statement-read-etc-passwd-a-x-b-c-2026-01"


# The workbook


@pytest.mark.parametrize("period", ["2026-01", "2026"])
def test_the_workbook_adds_up_itself(scored, period):
    """What its formulas say comes, by hand, to what was scored."""
    made = of(scored, period)
    content = statement_book.statement_book(made)
    assert content == statement_book.statement_book(made)
    live, kept = (openpyxl.load_workbook(BytesIO(content), data_only=d) for d in (False, True))
    page, seen = live["Titik - Points"], kept["Titik - Points"]
    amounts = frame(kept["Potongan - Deductions"])
    rows = [r for r in range(1, page.max_row + 1) if str(page.cell(r, 1).value).startswith("TL-")]
    assert len(rows) == len(made.months)
    for r in rows:
        cell = {c: page.cell(r, i) for i, c in enumerate("ABCDEFGHIJKLMNOPQRS", start=1)}
        value = {c: seen.cell(r, i).value for i, c in enumerate("ABCDEFGHIJKLMNOPQRS", start=1)}
        for letter in "JKLMNO":
            what = re.search(r'"(\w+)"\)$', cell[letter].value).group(1)
            by_hand = amounts[
                (amounts["A"] == value["A"]) & (amounts["B"] == value["B"]) & (amounts["C"] == what)
            ]["M"]
            assert value[letter] == by_hand.sum()
        assert cell["I"].value == f"=ROUND(H{r}*(D{r}-F{r}*(1-G{r}))/E{r},0)"
        assert cell["Q"].value == f"=SUM(J{r}:O{r})"
        assert value["Q"] == sum(value[c] for c in "JKLMNO")
        assert cell["R"].value == f"=MIN(Q{r},INT(ROUND(P{r}*I{r},4)))"
        assert value["R"] == min(value["Q"], int(round(value["P"] * value["I"], 4)))
        assert (cell["S"].value, value["S"]) == (f"=I{r}-R{r}", value["I"] - value["R"])
    summary = {row[0].value: row[1].value for row in kept["Ringkasan - Summary"].iter_rows()}
    assert summary["Dibayar / Owed"] == made.sum_of("owed_idr")


def frame(page):
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    made = pd.DataFrame(rows, columns=[cell.column_letter for cell in next(page.iter_rows())])
    return made[made["A"].astype(str).str.startswith("TL-")]


# What is not there, or not as it was


def test_what_cannot_be_is_said(scored):
    place, _ = scored
    with pytest.raises(MissingError, match=r"nothing was scored of 2027-01. Run `merata score`"):
        statement.read(place, "2027-01")
    with pytest.raises(InputError, match=r"'Nobody' has no statement for 2026. These have: Fexanet Contoh, "):
        of(scored, "2026", "Nobody")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "contracts.csv",
            r"contracts.csv: has changed since `merata score` made .*all. Run `merata score` again",
        ),
        ("scores/all/deductions.csv", "deductions.csv: is not as `merata score` wrote it"),
    ],
)
def test_a_file_that_changed_makes_no_statement(scored, name, said):
    place, _ = scored
    path = place / name
    text = path.read_text()
    path.write_text(text.replace("Fexanet", "Fexynet"))
    try:
        with pytest.raises(FileError, match=said):
            statement.read(place, "2026")
    finally:
        path.write_text(text)


def test_the_command_writes_both_files_for_each_provider(scored, tmp_path):
    place, scores = scored
    runner = CliRunner()
    asked = ["statement", str(place.parent), "--month", "2026-02", "--out", str(tmp_path / "out"), "--json"]
    done = runner.invoke(app, asked, catch_exceptions=False)
    rows = json.loads(done.output)
    assert [r["provider"] for r in rows] == sorted(scores.statements["provider"].unique())
    assert {p.suffix for p in (tmp_path / "out").iterdir()} == {".pdf", ".xlsx"}
    assert len(list((tmp_path / "out").iterdir())) == 2 * len(rows)
    assert all(r["owed_idr"] + r["deducted_idr"] == r["due_idr"] for r in rows)
    assert runner.invoke(app, ["statement", str(place)]).exit_code == 2


# Words


def test_every_sentence_is_in_both_languages_with_the_same_holes():
    for key, (indonesian, english) in STATEMENT_SENTENCES.items():
        assert indonesian, key
        assert english, key
        assert sorted(HOLE.findall(indonesian)) == sorted(HOLE.findall(english)), key


def test_every_cause_and_verdict_has_its_word():
    from merata.assure import january, outages, owed, suspicions, terms

    assert set(outages.COUNTS) <= set(STATEMENT_CHOICES["cause"])
    assert set(january.VERDICTS) == set(STATEMENT_CHOICES["verdict"])
    assert set(suspicions.KINDS) == set(STATEMENT_CHOICES["kind"])
    pers = {per for pers in terms.PER.values() for per in pers if per}
    assert pers | {"day"} == set(STATEMENT_CHOICES["per"])
    assert set(owed.WHAT) == set(STATEMENT_CHOICES["what"])
    assert set(terms.PER) == set(STATEMENT_CHOICES["promise"])


def test_what_is_handed_out_stands_in_the_log_by_its_very_bytes(scored, tmp_path):
    region = tmp_path / "region"
    shutil.copytree(scored[0].parent, region)
    asked = ["statement", str(region), "--month", "2026-01", "--out", str(tmp_path / "out"), "--record",
             "--provider", BAD]  # fmt: skip
    (region / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\ncode = "99.01"\n')
    refused = CliRunner().invoke(app, asked)
    assert isinstance(refused.exception, SettingsError)
    assert "site" in str(refused.exception)
    assert not (region / "log").exists()
    (region / "region.toml").write_text('[region]\ncode = "99.01"\nsite = "https://contoh.example/"\n')
    made = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    reader = Log(region / "log").reader()
    assert reader.size == len(made) > 0
    for index, row in enumerate(made):
        said = leaves.read(reader.entry(index))["content"]
        assert said["sha256"] == hashlib.sha256(Path(row["pdf"]).read_bytes()).hexdigest()
        assert (said["period"], said["owed_idr"]) == ("2026-01", row["owed_idr"])
