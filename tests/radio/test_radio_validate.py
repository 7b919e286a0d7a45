"""Validation against reference results: the real ones where they are, made-up folders for what can go wrong."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from merata.errors import FileError, MissingError
from merata.radio import p1812
from merata.radio.validate import LIMIT, _found, validate

ROWS = {
    "f (GHz)": 0.9, "p (%)": 10, "pL (%)": 95, "sigmaL (dB)": 5.5, "phi_t (deg)": -0.4, "phi_r (deg)": -0.45,
    "lam_t (deg)": 117, "lam_r (deg)": 117, "htg (m)": 40, "hrg (m)": 1.5, "pol": 2, "DN": 50, "N0": 370,
    "dct (km)": 500, "dcr (km)": 500, "R2 (m)": 0, "Rn-1 (m)": 0,
}  # fmt: skip


def write_case(folder: Path, rows=ROWS, points=21, name="made_up", shift_db=0.0, extra="", bad_point=""):
    """A folder of one profile and one result that this project's own calculation gave, `Lb` shifted."""
    (folder / "profiles").mkdir(exist_ok=True)
    (folder / "results").mkdir(exist_ok=True)
    d = np.linspace(0, 5, points)
    h = 30 + 20 * np.sin(d * 2)
    lines = [f"{x:.10g},{y:.10g},2,4,{3 if x > 2 else 4}" for x, y in zip(d, h, strict=True)]
    if bad_point:
        lines[5] = bad_point
    text = ["Made up", "{Begin of Profile}", f"Number of Points:,{points}", *lines, "{End of Profile}"]
    (folder / "profiles" / f"{name}.csv").write_text("\n".join(text))
    loss = p1812.basic_transmission_loss(
        d, h, np.full(points, 4.0), np.where(d > 2, 3, 4), frequency_ghz=0.9, tx_height_m=40, rx_height_m=1.5,
        tx_lat=-0.4, rx_lat=-0.45, tx_lon=117, rx_lon=117, time_percent=10, location_percent=95,
        location_sigma_db=5.5, delta_n=50, n0=370,
    )  # fmt: skip
    terms = [
        f"{t.label},{t.equation},,{loss.terms[t.name] + (shift_db if t.name == 'Lb' else 0):.10g},"
        for t in p1812.TERMS
        if t.label
    ]
    head = ["# Parameter,Ref,,Value,", *(f"{label},,,{value}," for label, value in rows.items()), ",,,,"]
    (folder / "results" / f"{name}_1.csv").write_text("\n".join([*head, *terms, extra]))


def test_every_reference_result_is_met_in_every_term(shared_data, capsys):
    folder = shared_data / "p1812"
    if not (folder / "results").is_dir():
        pytest.skip(f"the reference results are not here: {folder}")
    found = validate(folder)
    with capsys.disabled():
        print(f"\nP.1812-8 against {found.cases} reference results: worst difference by term")
        for d in found.differences:
            print(f"  {d.label:14} {d.equation:12} {d.worst:9.2e}  {d.case}")
    assert found.cases == len(list((folder / "results").glob("*.csv"))) > 40
    assert {d.term for d in found.differences} == {t.name for t in p1812.TERMS if t.label}
    assert all(d.cases == found.cases for d in found.differences)
    assert found.unknown == ()
    assert found.worst < 1e-4
    assert found.passed()


def test_a_made_up_result_is_met_and_a_shifted_one_is_not(tmp_path):
    write_case(tmp_path)
    assert validate(tmp_path).worst < 1e-6
    write_case(tmp_path, shift_db=0.02, name="a_b_c")
    found = validate(tmp_path)
    assert found.cases == 2
    assert not found.passed()
    worst = max(found.differences, key=lambda d: d.worst)
    assert (worst.term, worst.case, worst.cases) == ("Lb", "a_b_c_1.csv", 2)
    assert worst.worst == pytest.approx(0.02, abs=1e-6)
    assert worst.found == pytest.approx(worst.expected - 0.02, abs=1e-6)
    assert found.passed(limit=0.03)
    assert LIMIT == 0.01


def test_a_result_that_is_no_number_does_not_pass(tmp_path):
    write_case(tmp_path, shift_db=math.nan)
    assert validate(tmp_path).worst == math.inf


def test_rows_that_nothing_is_compared_with_are_told(tmp_path):
    write_case(tmp_path, extra="Lnew (dB),Eq (99),,12.5,")
    assert validate(tmp_path).unknown == ("Lnew (dB), Eq (99)",)


@pytest.mark.parametrize(
    ("expected", "found"), [(120.0, 120.0), (100.0, 100.0), (101.0, 100.0), (125.0, 120.0)]
)
def test_lbd_is_compared_before_and_after_equation_61(expected, found):
    loss = p1812.PathLoss(100.0, {"Lbd": 100.0, "Lbd_43": 120.0, "Lbda": 100.0}, in_sight=False)
    assert _found(loss, "Lbd", expected) == found
    assert _found(loss, "Lbda", 120.0) == 100.0


def test_a_folder_without_results_says_what_is_expected(tmp_path):
    with pytest.raises(MissingError, match=r"expected profiles/NAME\.csv and results/NAME_1\.csv"):
        validate(tmp_path)


@pytest.mark.parametrize("missing", ["f (GHz)", "DN", "hrg (m)", "pol"])
def test_a_missing_input_is_named(tmp_path, missing):
    write_case(tmp_path, rows={label: value for label, value in ROWS.items() if label != missing})
    with pytest.raises(FileError) as caught:
        validate(tmp_path)
    assert missing in str(caught.value)
    assert "made_up_1.csv" in str(caught.value)


@pytest.mark.parametrize("extra", ["f (GHz),,,nine,", "Lb (dB),Eq (69),,x,"])
def test_a_value_that_is_no_number_is_named_with_its_row(tmp_path, extra):
    write_case(tmp_path, extra=extra)
    with pytest.raises(FileError, match=r"made_up_1.csv, row \d+: '(nine|x)' is not a number"):
        validate(tmp_path)


def test_a_missing_profile_is_named(tmp_path):
    write_case(tmp_path)
    (tmp_path / "profiles" / "made_up.csv").unlink()
    with pytest.raises(FileError, match=r"made_up.csv is missing"):
        validate(tmp_path)


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ("1.25,abc,2,4,4", "row 9"),
        ("1.25", "row 9"),
        ("0.1,30,2,4,4", "distance_km of point 5"),
        ("1.25,30,2,4,2", "zone"),
    ],
)
def test_a_wrong_point_is_named(tmp_path, point, said):
    write_case(tmp_path, bad_point=point)
    with pytest.raises(FileError, match=said):
        validate(tmp_path)


def test_a_profile_without_a_beginning_has_no_points(tmp_path):
    write_case(tmp_path)
    (tmp_path / "profiles" / "made_up.csv").write_text("0,1\n1,2\n")
    with pytest.raises(FileError, match="no points"):
        validate(tmp_path)


def test_a_frequency_outside_the_recommendation_is_refused_with_the_file(tmp_path):
    write_case(tmp_path, rows=ROWS | {"f (GHz)": 10})
    with pytest.raises(FileError, match=r"made_up_1.csv with made_up.csv: frequency_ghz is 10"):
        validate(tmp_path)


def test_line_ends_and_a_mark_at_the_beginning_do_not_matter(tmp_path):
    write_case(tmp_path)
    for file in tmp_path.rglob("*.csv"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert validate(tmp_path).passed()
