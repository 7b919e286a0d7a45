"""The numbers that the page of limits tells are those that the code reckons with."""

from pathlib import Path

from merata.access import evidence, measured
from merata.assure import enough
from merata.plan import demand, technology

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "explanation" / "limits.md").read_text(
    encoding="utf-8"
)


def test_what_is_said_of_access_is_what_is_reckoned():
    assert f"never surer than {evidence.SUREST:.0%}".replace("%", " %") in PAGE
    assert f"believed {100 * evidence.RELIABLE:.0f} times in 100" in PAGE
    assert f"speak for {measured.NEAR_M / 1000:g} km around" in PAGE
    assert f"it counts as {measured.MOST_TESTS}" in PAGE


def test_what_is_said_of_options_is_what_is_reckoned():
    down = {name: f"{said.down_mbps:g}" for name, said in technology.PERFORMANCE.items()}
    assert (
        f"fibre {down['fibre']} Mbit/s down, 4G fixed wireless {down['fixed_wireless']}, a LEO terminal {down['leo']}"
        in PAGE
    )
    assert f"a geostationary one {down['geo']}, a new cell {down['cell']}" in PAGE
    assert f"a repeater or community Wi-Fi {down['hotspot']}" in PAGE
    assert down["repeater"] == down["hotspot"]
    shares = [said.availability for said in technology.PERFORMANCE.values()]
    assert f"{100 * min(shares):g} to {100 * max(shares):g} % of the time" in PAGE


def test_what_is_said_of_the_plan_and_of_looks_is_what_is_reckoned():
    assert f"{technology.ROAD_FACTOR:g} times the straight line" in PAGE
    assert f"{demand.BUSY_MBPS_PER_PERSON:g} Mbit/s for each person" in PAGE
    assert enough.PERIOD_S == 300, "looks are five minutes apart"
