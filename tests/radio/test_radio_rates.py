"""Rates: 3GPP's printed tables, the peak rates that 3GPP and makers state, and what a phone far away can still do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merata.radio import rates
from merata.radio._schemes import SCHEMES

#: The column "efficiency" as TS 36.213 V15 and TS 38.214 V15 print it.
PRINTED = {
    "cqi 64qam": [0.1523, 0.2344, 0.3770, 0.6016, 0.8770, 1.1758, 1.4766, 1.9141, 2.4063, 2.7305, 3.3223, 3.9023,
        4.5234, 5.1152, 5.5547],
    "cqi 256qam": [0.1523, 0.3770, 0.8770, 1.4766, 1.9141, 2.4063, 2.7305, 3.3223, 3.9023, 4.5234, 5.1152, 5.5547,
        6.2266, 6.9141, 7.4063],
    "cqi low": [0.0586, 0.0977, 0.1523, 0.2344, 0.3770, 0.6016, 0.8770, 1.1758, 1.4766, 1.9141, 2.4063, 2.7305,
        3.3223, 3.9023, 4.5234],
    "mcs 64qam": [0.2344, 0.3066, 0.3770, 0.4902, 0.6016, 0.7402, 0.8770, 1.0273, 1.1758, 1.3262, 1.3281, 1.4766,
        1.6953, 1.9141, 2.1602, 2.4063, 2.5703, 2.5664, 2.7305, 3.0293, 3.3223, 3.6094, 3.9023, 4.2129, 4.5234,
        4.8164, 5.1152, 5.3320, 5.5547],
    "mcs 256qam": [0.2344, 0.3770, 0.6016, 0.8770, 1.1758, 1.4766, 1.6953, 1.9141, 2.1602, 2.4063, 2.5703, 2.7305,
        3.0293, 3.3223, 3.6094, 3.9023, 4.2129, 4.5234, 4.8164, 5.1152, 5.3320, 5.5547, 5.8906, 6.2266, 6.5703,
        6.9141, 7.1602, 7.4063],
    "mcs low": [0.0586, 0.0781, 0.0977, 0.1250, 0.1523, 0.1934, 0.2344, 0.3066, 0.3770, 0.4902, 0.6016, 0.7402,
        0.8770, 1.0273, 1.1758, 1.3281, 1.4766, 1.6953, 1.9141, 2.1602, 2.4063, 2.5664, 2.7305, 3.0293, 3.3223,
        3.6094, 3.9023, 4.2129, 4.5234],
}  # fmt: skip
cells = st.builds(
    rates.carrier,
    st.sampled_from(["lte", "nr"]),
    st.sampled_from([700.0, 900.0, 1800.0, 2300.0, 3500.0]),
    st.sampled_from([1.4, 3, 5, 10, 15, 20, 40, 100]),
    st.integers(1, 4),
)


@pytest.mark.parametrize("table", sorted(SCHEMES))
def test_efficiencies_are_the_printed_ones(table: str) -> None:
    assert [scheme.efficiency for scheme in SCHEMES[table]] == pytest.approx(PRINTED[table], abs=0.00006)


@pytest.mark.parametrize("table", sorted(SCHEMES))
def test_no_scheme_beats_shannon(table: str) -> None:
    bound = 10 * np.log10(2 ** np.array(PRINTED[table]) - 1)
    gap = np.array(rates.needed_sinr_db(table)) - bound
    assert (gap > 1).all()
    assert (gap < 7).all()


@pytest.mark.parametrize(
    ("bandwidth", "layers", "stated"),
    [
        (20, 2, 150.8),
        (20, 1, 75.4),
        (10, 2, 73.4),
        (5, 1, 18.3),
    ],  # TS 36.213 table 7.1.7.2.1-1, I_TBS 26, per 1 ms
)
def test_lte_peaks_are_near_the_largest_blocks_of_3gpp(bandwidth: float, layers: int, stated: float) -> None:
    cell = rates.carrier("lte", 900, bandwidth, layers)
    assert float(rates.down_mbps(60, cell)) == pytest.approx(stated, rel=0.1)


def test_lte_sends_up_what_category_5_states() -> None:
    cell = rates.carrier("lte", 900, 20)
    assert float(rates.up_mbps(60, cell, 15)) == pytest.approx(75.4, rel=0.05)


def test_nr_peaks_are_those_of_ts_38_306() -> None:
    # 4.1.2: layers × bits × 948/1024 × 12 blocks / (1 ms / (14 · 2)) × (1 - overhead), here 74 % of the time.
    stated = 4 * 8 * 948 / 1024 * 12 * 273 * 28_000 * 0.86 / 1e6
    cell = rates.carrier("nr", 3500, 100, 4)
    assert float(rates.down_mbps(60, cell)) == pytest.approx(0.74 * stated, rel=1e-3)
    assert float(rates.down_mbps(60, rates.carrier("nr", 700, 20, 1))) == pytest.approx(
        8 * 948 / 1024 * 12 * 106 * 14_000 * 0.86 / 1e6, rel=1e-3
    )


def test_a_rate_begins_where_its_cqi_does() -> None:
    cell = rates.carrier("lte", 900, 10, 1)
    below, at = rates.down_mbps([-6.701, -6.7], cell)
    assert below == 0
    assert at == pytest.approx(0.1523 * 50 * 0.168 * 0.75, rel=1e-3)
    assert float(rates.down_mbps(5.0, cell)) == pytest.approx(1.1758 * 50 * 0.168 * 0.75, rel=1e-3)


@given(cells, st.floats(-30, 60), st.floats(0, 10))
def test_a_better_signal_is_never_slower(cell: rates.Carrier, sinr_db: float, more_db: float) -> None:
    worse, better = rates.down_mbps([sinr_db, sinr_db + more_db], cell)
    assert worse <= better
    far, near = rates.up_mbps([120 - sinr_db, 120 - sinr_db - more_db], cell, 15)
    assert far <= near


@given(cells, st.floats(-30, 60))
def test_down_is_the_best_of_all_layers(cell: rates.Carrier, sinr_db: float) -> None:
    one = rates.carrier(cell.technology, 3500 if cell.down_share < 1 else 900, cell.bandwidth_mhz, 1)
    best = max(
        layers * float(rates.down_mbps(sinr_db - 10 * np.log10(layers), one))
        for layers in range(1, cell.layers + 1)
    )
    assert float(rates.down_mbps(sinr_db, cell)) == pytest.approx(best, rel=1e-5)


@given(cells, st.floats(60, 180))
def test_up_is_the_best_number_of_blocks(cell: rates.Carrier, loss_db: float) -> None:
    noise_dbm = rates.block_noise_dbm(cell, 3) + 10 * np.log10(2)
    needed = np.array(rates.needed_sinr_db("cqi 64qam"))
    efficiency = np.array(PRINTED["cqi 64qam"])
    overhead = 0.2 if cell.technology == "lte" else 0.08
    best = 0.0
    for blocks in range(1, cell.blocks + 1):
        sinr_db = 23 + 15 - loss_db - noise_dbm - 10 * np.log10(blocks)
        bits = max((e for e, n in zip(efficiency, needed, strict=True) if n <= sinr_db + 1e-9), default=0)
        best = max(best, blocks * bits * cell.block_hz * 14 / 15 * (1 - overhead) * cell.up_share / 1e6)
    assert float(rates.up_mbps(loss_db, cell, 15)) == pytest.approx(best, rel=1e-3)


def test_far_away_a_phone_is_slower_up_than_down() -> None:
    cell = rates.carrier("lte", 900, 10)
    loss_db = 145.0  # a site of 58 dBm (15 dBi in it) is then received at -115 dBm
    snr_db = 58 - loss_db - 10 * np.log10(cell.subcarriers) - rates.subcarrier_noise_dbm(cell, 7)
    down, up = float(rates.down_mbps(snr_db, cell)), float(rates.up_mbps(loss_db, cell, 15))
    assert 0.2 < up < 2
    assert 10 < down < 30


def test_the_noise_of_a_subcarrier_is_thermal() -> None:
    # k T B at 290 K in 15 kHz is -132.2 dBm.
    assert rates.subcarrier_noise_dbm(rates.carrier("lte", 900, 10), 0) == pytest.approx(-132.24, abs=0.03)
    assert rates.block_noise_dbm(rates.carrier("nr", 3500, 100), 0) == pytest.approx(-118.4, abs=0.05)


def test_a_busy_neighbourhood_slows_the_upload() -> None:
    cell = rates.carrier("lte", 900, 10)
    quiet, busy, full = (float(rates.up_mbps(135, cell, 15, load=load)) for load in (0, 0.5, 1))
    assert quiet > busy > full > 0


def test_unknown_stays_unknown() -> None:
    cell = rates.carrier("lte", 900, 10)
    assert np.isnan(rates.down_mbps(np.nan, cell))
    assert np.isnan(rates.up_mbps([np.nan], cell, 15)).all()
    assert rates.down_mbps([-np.inf, np.inf], cell).tolist() == [0, pytest.approx(70, abs=0.1)]


@given(cells, st.floats(-40, 60))
def test_kernels_get_the_same_steps(cell: rates.Carrier, ratio_db: float) -> None:
    for steps in (rates.down_steps(cell), rates.up_steps(cell)):
        assert rates.step_rate(steps.from_db, steps.mbps, ratio_db) == pytest.approx(
            float(steps.at(ratio_db)), rel=1e-6
        )


def test_bandwidths_between_the_tables_count_as_the_narrower_one() -> None:
    assert rates.carrier("lte", 900, 12).blocks == 50
    assert rates.carrier("lte", 900, 0.7).blocks == 3
    assert rates.carrier("nr", 3500, 60).blocks == 162
    assert rates.carrier("lte", 900, 400).blocks == 100


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("3g", 900, 10), "technology is '3g'"),
        (("lte", 900, 0), "bandwidth_mhz is 0"),
        (("lte", 900, float("nan")), "bandwidth_mhz is nan"),
        (("lte", 900, 10, 0), "layers is 0"),
    ],
)
def test_a_carrier_that_cannot_be_is_refused(arguments: tuple[str, float, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        rates.carrier(*arguments)  # type: ignore[arg-type]


def test_what_is_assumed_is_said() -> None:
    assert len(rates.assumptions(rates.carrier("lte", 900, 10))) == 1
    assert "74 % of the time" in rates.assumptions(rates.carrier("nr", 3500, 100))[1]
