"""The sentences of a path's picture and of the coverage maps: key -> (Indonesian, English)."""

# ruff: noqa: E501 — declared data: one sentence a line reads better than a folded one.
from __future__ import annotations

RADIO_SENTENCES: dict[str, tuple[str, str]] = {
    # a path between two places
    "path_title": ("{a} ke {b}", "{a} to {b}"),
    "path_about": (
        "{km} km · {mhz} MHz · antena {high_a} m dan {high_b} m di atas tanah",
        "{km} km · {mhz} MHz · antennas {high_a} m and {high_b} m above ground",
    ),
    "path_loss": ("Redaman lintasan {db} dB", "Path loss {db} dB"),
    "path_received": (
        "Daya yang diterima (RSRP) {dbm} dBm: {level}",
        "Received power (RSRP) {dbm} dBm: {level}",
    ),
    "path_level": ("cukup untuk tingkat {level}", "enough for the level {level}"),
    "path_no_level": ("tidak cukup untuk tingkat mana pun", "not enough for any level"),
    "path_of_what": (
        "Apa yang mengambil sinyal: {db} dB seluruhnya",
        "What takes the signal: {db} dB in all",
    ),
    "path_cause_distance": ("jarak (ruang bebas)", "distance (free space)"),
    "path_cause_earth": ("antena rendah di tanah datar", "low antennas over flat land"),
    "path_cause_hills": ("bukit", "hills"),
    "path_cause_cover": ("pohon dan bangunan", "trees and buildings"),
    "path_cut": (
        "Garis pandang terhalang: di {km} km {what} berada {m} m di atasnya.",
        "The line of sight is blocked: at {km} km {what} is {m} m above it.",
    ),
    "path_narrow": (
        "Garis pandang bebas, tetapi di {km} km di atas {what} hanya {share} zona Fresnel pertama yang lapang (perlu 60%).",
        "The line of sight is free, but at {km} km only {share} of the first Fresnel zone is free above {what} (60% is needed).",
    ),
    "path_free": (
        "Garis pandang bebas dan zona Fresnel pertama cukup lapang di seluruh lintasan.",
        "The line of sight is free, and so is enough of the first Fresnel zone, all along the path.",
    ),
    "path_ground": ("tanah", "the ground"),
    "path_trees": ("puncak pohon atau bangunan setinggi {m} m", "the top of trees or buildings {m} m high"),
    "path_worst_earth": (
        "Andai tanahnya datar dan gundul pun, {db} dB hilang selain karena jarak: antenanya rendah untuk jarak sejauh ini.",
        "Even over flat, bare land {db} dB would be lost beside distance: the antennas are low for it.",
    ),
    "path_worst_hills": (
        "Selain jarak, bukit mengambil paling banyak: {db} dB lebih daripada tanah datar.",
        "Beside distance, hills take most: {db} dB more than flat land would.",
    ),
    "path_worst_cover": (
        "Selain jarak, pohon dan bangunan mengambil paling banyak: {db} dB lebih daripada tanah gundul.",
        "Beside distance, trees and buildings take most: {db} dB more than bare ground would.",
    ),
    "path_only_distance": (
        "Hampir seluruh redaman berasal dari jarak.",
        "Distance takes nearly all of the loss.",
    ),
    "path_model": (
        "Dimodelkan menurut Rekomendasi ITU-R P.1812-8, untuk {percent}% waktu dan separuh tempat di sekitarnya.",
        "Modelled after Recommendation ITU-R P.1812-8, for {percent}% of the time and half of the places around.",
    ),
    "path_axis_km": ("jarak dari {a}, km", "distance from {a}, km"),
    "path_axis_m": ("tinggi di atas permukaan laut, m", "height above sea level, m"),
    "path_legend_ground": ("tanah (dengan lengkung bumi)", "ground (with the Earth's curve)"),
    "path_legend_trees": ("pohon dan bangunan", "trees and buildings"),
    "path_legend_sea": ("laut", "sea"),
    "path_legend_bulge": ("lengkung bumi saja", "the Earth's curve alone"),
    "path_legend_fresnel": ("zona Fresnel pertama", "first Fresnel zone"),
    "path_legend_ray": ("garis antar antena", "line between the antennas"),
    "path_legend_block": ("yang paling menghalangi", "most in the way"),
    # coverage maps
    "signal_level": (
        "Tingkat layanan dari sinyal menara yang diketahui",
        "Service level from the signal of the known towers",
    ),
    "signal_strength": ("Kuat sinyal 4G di luar ruangan (RSRP)", "Strength of the 4G signal outdoors (RSRP)"),
    "signal_quality": (
        "Mutu sinyal di bawah gangguan menara lain (SINR)",
        "Quality of the signal under interference (SINR)",
    ),
    "signal_down": ("Kecepatan unduh satu pemakai di luar ruangan", "Download rate of one user outdoors"),
    "signal_chance": (
        "Peluang telepon di luar ruangan mencapai tingkat {level}",
        "Chance that a phone outdoors reaches the level {level}",
    ),
    "signal_chance_building": (
        "Peluang telepon di dalam bangunan mencapai tingkat {level}",
        "Chance that a phone inside a building reaches the level {level}",
    ),
    "signal_chance_words": (
        "Tingkat {level} dijanjikan untuk warga: kuat sinyal, kecepatan unduh, dan kecepatan unggahnya harus cukup. Angka setelah ± ialah simpangan baku peluang itu, di tengah-tengah piksel kelasnya: sejauh itulah pengukuran lain bisa mengubahnya. {corrected}",
        "The level {level} is promised to people: signal, download and upload rate must all be enough. The figure after ± is the standard uncertainty of that chance at the middle one of the class's pixels: so far may more measurements move it. {corrected}",
    ),
    "signal_corrected": (
        "Dikoreksi dengan sinyal yang diukur di {places} tempat pada {sites} menara.",
        "Corrected by signal measured at {places} places under {sites} sites.",
    ),
    "signal_not_corrected": (
        "Tidak ada pengukuran yang mengoreksinya: simpangan {db} dB diasumsikan.",
        "No measurement corrects it: an error of {db} dB is assumed.",
    ),
    "signal_chance_note": (
        "Dimodelkan (ITU-R P.1812-8). {corrected} ±: simpangan baku. Luas: di dalam batas wilayah. Keadaan {date} · Merata {version}, perhitungan {run}",
        "Modelled (ITU-R P.1812-8). {corrected} ±: standard uncertainty. Land: inside the region's border. As of {date} · Merata {version}, run {run}",
    ),
    "signal_pm": ("{words} (± {pm})", "{words} (± {pm})"),
    "signal_from": ("{low} ke atas", "{low} and more"),
    "signal_between": ("{low} sampai {high}", "{low} to {high}"),
    "signal_below": ("di bawah {high}", "below {high}"),
    "signal_nowhere": ("tidak ada menara dalam {km} km", "no tower within {km} km"),
    "signal_share": ("{words}: {share} luas wilayah", "{words}: {share} of the land"),
    "signal_note": (
        "Dimodelkan (ITU-R P.1812-8), bukan diukur. Luas: di dalam batas wilayah. Keadaan {date} · Merata {version}, perhitungan {run}",
        "Modelled (ITU-R P.1812-8), not measured. Land: inside the region's border. As of {date} · Merata {version}, run {run}",
    ),
    "signal_words": (
        "Di luar ruangan, setinggi telepon, hanya dari menara yang diketahui. Dimodelkan dari ketinggian tanah, hutan, dan menara (ITU-R P.1812-8), bukan diukur; laporan dan pengukuran di desa-desa tidak mengubah peta ini.",
        "Outdoors, at the height of a phone, from the known towers only. Modelled from terrain, forest and towers (ITU-R P.1812-8), not measured; reports and measurements from the villages do not change this map.",
    ),
    "signal_part": (
        "Hanya menara yang boleh diketahui semua orang yang digambar; rencana juga memakai yang lain, yang tidak diperlihatkan.",
        "Only towers that everybody may know of are drawn; the plan also uses others, which are not shown.",
    ),
    "signal_about": ("Peta {region}: {parts}", "Map of {region}: {parts}"),
}
