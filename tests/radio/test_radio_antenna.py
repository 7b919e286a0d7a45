"""Antennas: 3GPP's formulae, makers' files and what is wrong with them, and one answer from tables and kernels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from merata.errors import FileError
from merata.radio.antenna import Antenna, assumed, gain_db, isotropic, omni, pattern_db, sector
from merata.radio.antenna_file import read_antenna
from merata.region.settings import RadioSettings

angles = st.floats(-720, 720)
elevations = st.floats(-90, 90)


def formula(azimuth: float, elevation: float, width: float, high: float, most: float, side: float) -> float:
    """3GPP TR 36.814 table A.2.1.1-2 and TR 38.901 table 7.3-1, word for word."""
    azimuth = (azimuth + 180) % 360 - 180
    horizontal = -min(12 * (azimuth / width) ** 2, most)
    vertical = -min(12 * (elevation / high) ** 2, side)
    return -min(-(horizontal + vertical), most)


@given(angles, elevations, st.floats(20, 120), st.floats(6, 60))
def test_a_sector_follows_tr_36_814(azimuth: float, elevation: float, width: float, high: float) -> None:
    found = float(gain_db(sector(width, high), azimuth, elevation))
    assert found == pytest.approx(formula(azimuth, elevation, width, high, 25, 20), abs=0.02)


@given(angles, elevations)
def test_an_element_follows_tr_38_901(azimuth: float, elevation: float) -> None:
    found = float(gain_db(sector(65, 65, "TR 38.901"), azimuth, elevation))
    assert found == pytest.approx(formula(azimuth, elevation, 65, 65, 30, 30), abs=0.01)


def test_half_power_is_where_the_beam_widths_say() -> None:
    antenna = sector(65, 10)
    assert gain_db(antenna, [0, 32.5, -32.5, 180], 0).tolist() == pytest.approx([0, -3, -3, -25], abs=0.001)
    assert gain_db(antenna, 0, [0, 5, -5, 90]).tolist() == pytest.approx([0, -3, -3, -20], abs=0.001)
    assert float(gain_db(antenna, 30, 5)) == pytest.approx(-3 - 12 * (30 / 65) ** 2, abs=0.01)


@pytest.mark.parametrize(("antenna", "within_db"), [(sector(), 2.0), (omni(), 2.0), (isotropic(), 0.01)])
def test_the_assumed_gain_fits_the_power_that_the_pattern_sends(antenna: Antenna, within_db: float) -> None:
    azimuth, elevation = np.arange(0, 360, 2.0), np.arange(-89.5, 90, 1.0)
    power = 10 ** (gain_db(antenna, azimuth, elevation[:, None]) / 10)
    mean = np.average(power.mean(axis=1), weights=np.cos(np.radians(elevation)))
    assert -10 * np.log10(mean) == pytest.approx(antenna.gain_dbi, abs=within_db)


@given(angles, elevations, st.sampled_from([sector(), omni(6), sector(90, 30, "TR 38.901")]))
def test_python_and_kernel_say_the_same(azimuth: float, elevation: float, antenna: Antenna) -> None:
    tables = (antenna.horizontal_db, antenna.front_db, antenna.back_db, antenna.floor_db, antenna.side_db)
    assert -pattern_db(*tables, azimuth, elevation) == pytest.approx(
        float(gain_db(antenna, azimuth, elevation)), abs=1e-5
    )


def test_an_angle_that_is_not_known_has_no_gain() -> None:
    assert np.isnan(gain_db(sector(), [np.nan, np.inf, 3], [0, 0, np.nan])).all()


def test_what_nobody_told_is_assumed_by_the_settings() -> None:
    radio = RadioSettings(beamwidth_deg=90, vertical_beamwidth_deg=20)
    assert float(gain_db(assumed(radio, 3), 45, 0)) == pytest.approx(-3, abs=0.001)
    assert gain_db(assumed(radio, 0), [0, 90, 180], 0).tolist() == [0, 0, 0]
    assert float(gain_db(assumed(radio, 0), 77, 10)) == pytest.approx(-3, abs=0.001)


@pytest.mark.parametrize("make", [lambda: sector(0), lambda: sector(65, 200), lambda: omni(float("nan"))])
def test_a_width_that_cannot_be_is_refused(make: object) -> None:
    with pytest.raises(ValueError, match="beamwidth_deg is"):
        make()  # type: ignore[operator]


# Makers' files.


def cut(beam_deg: float, width_deg: float, most_db: float) -> np.ndarray:
    """Losses at 0 to 359 degrees of a beam like 3GPP's."""
    off = (np.arange(360) - beam_deg + 180) % 360 - 180
    return np.minimum(12 * (off / width_deg) ** 2, most_db)


def text_of(horizontal: np.ndarray, vertical: np.ndarray, gain: str = "15.5 dBd", more: str = "") -> str:
    lines = ["NAME Test 65", "MAKE Somebody", "FREQUENCY 925", f"GAIN {gain}", *([more] if more else [])]
    for name, losses in (("HORIZONTAL", horizontal), ("VERTICAL", vertical)):
        lines += [f"{name} {len(losses)}"]
        lines += [f"{i * 360 / len(losses):.1f}\t{loss:.2f}" for i, loss in enumerate(losses)]
    return "\n".join(lines) + "\n"


HORIZONTAL, VERTICAL = cut(0, 65, 28), cut(6, 8, 25)


def read(folder: Path, text: str | bytes, name: str = "a.msi") -> Antenna:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_antenna(path)


def test_a_file_gives_both_its_cuts_back(tmp_path: Path) -> None:
    antenna = read(tmp_path, text_of(HORIZONTAL, VERTICAL))
    assert antenna.name == "Test 65"
    assert antenna.gain_dbi == pytest.approx(17.65)
    assert antenna.built_in_tilt_deg == 6
    assert gain_db(antenna, np.arange(360), 0) == pytest.approx(-HORIZONTAL, abs=0.01)
    down = np.arange(-84, 97)  # from the horizon; the beam is 6 degrees below it
    assert gain_db(antenna, 0, 6 - down) == pytest.approx(-VERTICAL[down % 360], abs=0.01)


def test_behind_the_antenna_the_back_of_the_vertical_cut_counts(tmp_path: Path) -> None:
    vertical = VERTICAL.copy()
    vertical[180 - 6] = (
        28  # straight behind, as far below the horizon as the beam: as the horizontal cut says
    )
    vertical[150] = 14
    antenna = read(tmp_path, text_of(HORIZONTAL, vertical))
    assert float(gain_db(antenna, 180, 6 - 30)) == pytest.approx(-14, abs=0.01)
    assert float(gain_db(antenna, 0, 6 - 30)) == pytest.approx(-25, abs=0.01)


def test_a_beam_between_two_angles_and_a_flat_top_lie_in_their_middle(tmp_path: Path) -> None:
    vertical = cut(4, 8, 25)
    vertical[3:6] = 0
    assert read(tmp_path, text_of(HORIZONTAL, vertical)).built_in_tilt_deg == 4
    vertical[6] = 0
    assert read(tmp_path, text_of(HORIZONTAL, vertical)).built_in_tilt_deg == 4.5


def test_an_all_round_antenna_has_no_direction(tmp_path: Path) -> None:
    antenna = read(tmp_path, text_of(np.zeros(360), np.zeros(360), "2.15 dBi"))
    assert antenna.built_in_tilt_deg == 0
    assert antenna.gain_dbi == 2.15
    assert (gain_db(antenna, np.arange(0, 360, 7), 13) == 0).all()


@pytest.mark.parametrize("gain", ["17.65 dBi", "17.65dBi", "17,65 (dBi)", "15.5", "15.5 DBD"])
def test_gains_as_makers_write_them(tmp_path: Path, gain: str) -> None:
    assert read(tmp_path, text_of(HORIZONTAL, VERTICAL, gain)).gain_dbi == pytest.approx(17.65)


def test_the_same_antenna_written_differently_is_the_same(tmp_path: Path) -> None:
    plain = text_of(HORIZONTAL, VERTICAL)
    told = read(tmp_path, plain)
    up = read(tmp_path, text_of(HORIZONTAL, np.roll(VERTICAL[::-1], 1), more="ELECTRICAL_TILT 6"))
    others = [
        read(tmp_path, b"\xef\xbb\xbf" + plain.replace("\n", "\r\n").encode()),
        read(tmp_path, plain.replace(".", ",")),
        read(tmp_path, text_of(-HORIZONTAL, -VERTICAL)),
        read(tmp_path, text_of(HORIZONTAL + 2, VERTICAL)),
        read(tmp_path, plain.lower().replace("test", "Test")),
        up,
    ]
    for other in others:
        assert other.built_in_tilt_deg == 6
        for name in ("horizontal_db", "front_db", "back_db"):
            assert getattr(other, name) == pytest.approx(getattr(told, name), abs=0.02)


def test_other_steps_and_a_last_angle_of_360_are_read(tmp_path: Path) -> None:
    coarse = text_of(HORIZONTAL[::5], VERTICAL)
    antenna = read(tmp_path, coarse)
    assert gain_db(antenna, np.arange(0, 360, 5), 0) == pytest.approx(-HORIZONTAL[::5], abs=0.01)
    closed = coarse.replace("HORIZONTAL 72", "HORIZONTAL 73").replace("VERTICAL", "360.0 0.00\nVERTICAL")
    assert read(tmp_path, closed).horizontal_db == pytest.approx(antenna.horizontal_db)


def test_angles_from_minus_180_are_read(tmp_path: Path) -> None:
    def signed(line: str) -> str:
        angle, loss = line.split()
        return f"{float(angle) - 360:.1f} {loss}" if float(angle) > 180 else line

    lines = text_of(HORIZONTAL, VERTICAL).splitlines()
    moved = "\n".join([*lines[:5], *map(signed, lines[5:365]), *lines[365:]])
    plain, other = read(tmp_path, "\n".join(lines)), read(tmp_path, moved)
    assert other.horizontal_db == pytest.approx(plain.horizontal_db)


GOOD = text_of(HORIZONTAL, VERTICAL)
LINES = GOOD.splitlines()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no HORIZONTAL"),
        (b"PK\x03\x04\0\0", "not a text file"),
        ("x" * 1_000_001, "larger than"),
        (GOOD.replace("GAIN 15.5 dBd\n", ""), "a.msi: expected the antenna's gain"),
        (GOOD.replace("GAIN 15.5 dBd", "GAIN high"), "line 4: expected the antenna's gain"),
        (GOOD.replace("HORIZONTAL 360", "HORIZONTAL"), "line 5: expected the number of rows"),
        (GOOD.replace("HORIZONTAL 360", "HORIZONTAL 3.5"), "line 5: expected the number of rows"),
        (GOOD.replace("HORIZONTAL 360", "HORIZONTAL 361"), "line 366: 'VERTICAL 360'; expected an angle"),
        (GOOD.replace("HORIZONTAL 360", "HORIZONTAL 359"), "line 365: more rows"),
        ("\n".join(LINES[:365]), "no VERTICAL"),
        ("\n".join(LINES[:400]), "ends before the last 326 rows"),
        (GOOD.replace("VERTICAL", "HORIZONTAL"), "line 366: a second HORIZONTAL"),
        (GOOD.replace("12.0\t0.41", "12.0\tweak", 1), "line 18: '12.0 weak'; expected an angle and a loss"),
        (GOOD.replace("12.0\t0.41", "12.0\tnan", 1), "line 18"),
        (GOOD.replace("12.0\t0.41", "12.0\t999", 1), "line 18: a loss of 999 dB"),
        (GOOD.replace("12.0\t0.41", "12.0\t-7", 1), "line 18: losses of both signs"),
        (GOOD.replace("12.0\t0.41", "372.0\t0.41", 1), "line 18: the angle 372"),
        (GOOD.replace("12.0\t0.41", "11.0\t9.41", 1), "line 18: the angle 11 again"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(FileError, match=said):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"gone\.msi: can't be read"):
        read_antenna(tmp_path / "gone.msi")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.integers(0, len(GOOD)), st.integers(0, 40))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(
    tmp_path: Path, noise: bytes, at: int, removed: int
) -> None:
    damaged = GOOD.encode()[:at] + noise + GOOD.encode()[at + removed :]
    said, antenna = f"{tmp_path / 'a.msi'}", isotropic()
    try:
        antenna = read(tmp_path, damaged)
    except FileError as error:
        said = str(error)
    gains = gain_db(antenna, np.arange(0, 360, 5), np.arange(-90, 91, 10)[:, None])
    assert said.startswith(str(tmp_path / "a.msi"))
    assert np.isfinite(gains).all()
    assert (gains <= 0).all()
