"""The picture of a path: well-formed, the same bytes each time, and its words say what is in the way."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from merata.publish import profile as room
from merata.publish.profile import SIZES, Received, _kept, lines, picture
from merata.radio import between
from merata.radio._p1812_terms import effective_radii
from merata.radio.between import Block, End, Path, Profile
from merata.radio.path import PathSettings

A, B = End("Menara Satu", -0.5, 117.0, 42.0), End("Desa <Dua> & Tiga", -0.6, 117.0, 1.5)


def path(points=120, clutter_m=20.0, zone=4):
    km = np.linspace(0, 12, points)
    heights = 40 + 60 * np.exp(-(((km - 5) / 1.5) ** 2))
    clutter = np.where((km > 4) & (km < 8), clutter_m, 0.0)
    profile = Profile(km, heights, clutter, np.full(points, zone))
    settings = PathSettings(1.5, "vertical", 50, 50, 370, -0.5)
    block = between.blocking(profile, A, B, 900, effective_radii(50)[0])
    causes = {"distance": 113.0, "earth": 8.0, "hills": 12.0, "cover": 9.5}
    return Path(A, B, 900.0, profile, settings, 142.5, {"Lbfs": 113.0}, causes, block)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("screen", list(SIZES))
@pytest.mark.slow
def test_the_picture_is_well_formed_and_read_aloud(language, screen):
    content = picture(path(), language, screen=screen, received=Received(-104.2, "basic"))
    root = ET.fromstring(content)
    space = {"s": "http://www.w3.org/2000/svg"}
    assert root.get("role") == "img"
    assert root.get("lang") == language
    assert "Desa <Dua> & Tiga" in root.find("s:title", space).text
    told = root.find("s:desc", space).text
    assert all(line in told for line in lines(path(), language, Received(-104.2, "basic")))
    assert len(content) < 250_000


@pytest.mark.slow
def test_the_same_path_gives_the_same_bytes():
    assert picture(path(), "id") == picture(path(), "id")
    assert picture(path(), "id", kind="png") == picture(path(), "id", kind="png")


@pytest.mark.slow
def test_a_png_is_twice_as_wide_as_its_screen():
    content = picture(path(), "en", screen="phone", kind="png")
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(content[16:20], "big") == 2 * SIZES["phone"][0]


@pytest.mark.parametrize("screen", list(SIZES))
@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.slow
def test_no_words_leave_the_picture(screen, language, monkeypatch):
    """Measured with the letters that the picture asks for first, in both languages and with long names."""
    seen = []

    def look(figure: Figure, *_rest: object) -> bytes:
        FigureCanvasAgg(figure).draw()
        width, height = figure.bbox.width, figure.bbox.height
        every = [*figure.texts, *(text for axes in figure.axes for text in axes.findobj(Text))]
        every += figure.legends[0].get_texts()
        for text in every:
            if text.get_text().strip() and text.get_visible():
                box = text.get_window_extent()
                if box.x0 < -1 or box.x1 > width + 1 or box.y0 < -1 or box.y1 > height + 1:
                    seen.append((text.get_text(), box.x0, box.x1, box.y0, box.y1))
        return b""

    monkeypatch.setattr(room, "_saved", look)
    long = replace(path(zone=1), a=replace(A, name="Menara Telekomunikasi Muara Panjang 0027"))
    picture(long, language, screen=screen, received=Received(-104.2, "none"), made_up=True)
    assert seen == []


def test_every_ridge_is_drawn_however_long_the_path():
    km = np.linspace(0, 60, 4001)
    spike = np.zeros(4001)
    spike[1717] = 300
    kept = _kept(spike, 4001)
    assert 1717 in kept
    assert {0, 4000} <= set(kept)
    assert len(kept) <= 700
    assert (np.diff(km[kept]) > 0).all()


@pytest.mark.parametrize(
    ("clearance_m", "cover_m", "english", "indonesian"),
    [
        (
            -30.4,
            20.0,
            "blocked: at 5.0 km the top of trees or buildings 20 m high is 30 m above it",
            "terhalang",
        ),
        (-0.2, 0.0, "blocked: at 5.0 km the ground is 1 m above it", "terhalang"),
        (4.0, 0.0, "only 20% of the first Fresnel zone is free above the ground", "20% zona Fresnel"),
        (14.0, 20.0, "is free, and so is enough of the first Fresnel zone", "cukup lapang"),
    ],
)
def test_words_say_what_is_in_the_way(clearance_m, cover_m, english, indonesian):
    made = replace(path(), block=Block(5.0, clearance_m, cover_m, 20.0))
    assert english in " ".join(lines(made, "en"))
    assert indonesian in " ".join(lines(made, "id"))


def test_words_name_the_cause_that_takes_most():
    assert "hills take most: 12 dB more than flat land" in " ".join(lines(path(), "en"))
    assert "bukit mengambil paling banyak: 12 dB" in " ".join(lines(path(), "id"))
    calm = replace(path(), causes={"distance": 113.0, "earth": 2.0, "hills": -1.0, "cover": 0.0})
    assert "Distance takes nearly all" in " ".join(lines(calm, "en"))


def test_numbers_are_written_as_the_language_writes_them():
    assert re.search(r"Redaman lintasan 142,5 dB", " ".join(lines(path(), "id")))
    assert re.search(r"Path loss 142\.5 dB", " ".join(lines(path(), "en")))


def test_a_made_up_example_says_so():
    assert b"REKAAN" in picture(path(), "id", made_up=True)
    assert b"REKAAN" not in picture(path(), "id")
