"""Sentences of what was measured: scorecards, outages, planned work, contests; for everybody and for staff."""

from __future__ import annotations

SCORES: dict[str, tuple[str, str]] = {
    "nav_scores": ("Rapor layanan", "What was delivered"),
    "scores_lead": (
        "Apa yang benar-benar diberikan tautan di desa, menurut alat ukur di tautan itu sendiri. Di belakang setiap angka tertulis rentang yang memuat nilai sebenarnya (95%).",
        "What the links in the villages truly delivered, by probes on these links themselves. Behind each figure stands the range that holds the true value (95%).",
    ),
    "scores_none": (
        "Belum ada pengukuran yang dinilai. Begitu alat ukur terpasang dan sebulan lewat, angkanya tampil di sini.",
        "No measurements were scored yet. Once probes stand at the links and a month has gone by, the figures are shown here.",
    ),
    "scores_made_up": (
        "Titik, gangguan, dan angka di sini dibuat-buat.",
        "Points, outages and figures are made up here.",
    ),
    "scores_of": ("Bulan {month}", "{month}"),
    "scores_as_of": (
        "Dihitung dari yang diterima sampai {when}.",
        "Reckoned from what was received until {when}.",
    ),
    "scores_other_months": ("Bulan lain:", "Other months:"),
    "scores_alike": (
        "Penyedia, dibandingkan dengan yang memakai cara yang sama",
        "Providers, compared with those that use the same technology",
    ),
    "scores_alike_words": (
        "Satelit tidak dibandingkan dengan serat optik. Selisih yang lebih kecil dari rentangnya bukan selisih.",
        "Satellites are not compared with fibre. A difference that is smaller than the ranges is none.",
    ),
    "scores_by_technology": ("Menurut cara melayani", "By technology"),
    "scores_by_district": ("Menurut kecamatan", "By district"),
    "scores_how": ("Cara menghitungnya", "How it is reckoned"),
    "scores_how_words": (
        "Waktu listrik desa padam, pekerjaan yang diberitahukan tepat waktu, dan keadaan kahar yang disepakati tidak dihitung sebagai gangguan penyedia. Yang tidak diketahui tetap tidak diketahui dan melebarkan rentangnya. Siapa pun yang memegang berkas pengukuran mendapat angka yang sama dengan perintah merata score.",
        "Village power cuts, work that was told in time and agreed force majeure do not count against the provider. What is unknown stays unknown, and widens the range. Whoever has the files of measurements gets the same figures by the command merata score.",
    ),
    "head_available": ("Hidup", "Available"),
    "head_known": ("Diketahui", "Known"),
    "head_down": ("Unduh jam sibuk, Mbit/s", "Download at busy hours, Mbit/s"),
    "head_latency": ("Jeda, ms", "Latency, ms"),
    "head_repair": ("Perbaikan, jam", "Repair, h"),
    "head_kept": ("Janji ditepati / tidak", "Promise kept / missed"),
    "head_outages": ("Gangguan", "Outages"),
    "head_verdict": ("Janji hidup", "Promised availability"),
    "head_technology": ("Cara", "Technology"),
    "scores_range": ("{value} ({low}–{high})", "{value} ({low}–{high})"),
    "scores_at_least": ("{value} (sedikitnya {low})", "{value} ({low} at least)"),
    "scores_too_little": ("bukti belum cukup", "too little evidence"),
    # a village, a provider, a district
    "village_delivered": ("Yang diberikan bulan {month}", "Delivered in {month}"),
    "village_delivered_is": (
        "{place}: hidup {available} dari waktu yang dihitung, {down}.",
        "{place}: available {available} of the time that counts, {down}.",
    ),
    "village_delivered_down": (
        "unduh pada jam sibuk {down} Mbit/s",
        "download at busy hours {down} Mbit/s",
    ),
    "village_delivered_promise": (
        "Dijanjikan {share} dan {down} Mbit/s.",
        "Promised: {share} and {down} Mbit/s.",
    ),
    "village_delivered_unknown": (
        "{place}: bukti belum cukup untuk menilai; {known} dari waktunya diketahui.",
        "{place}: too little evidence to judge; {known} of its time is known.",
    ),
    "village_measured_more": ("bulan demi bulan, dan gangguannya", "month by month, and its outages"),
    "village_work": (
        "Pekerjaan terencana di {place}: {begins} sampai {ends}. {what}",
        "Planned work at {place}: {begins} until {ends}. {what}",
    ),
    "provider_delivered": ("Yang diberikan, bulan demi bulan", "What was delivered, month by month"),
    "provider_delivered_more": ("Bandingkan dengan penyedia lain", "Compare with other providers"),
    "district_delivered": (
        "Titik yang diukur pada bulan {month}: {points}; hidup {available} dari waktu yang dihitung.",
        "Points that were measured in {month}: {points}; available {available} of the time that counts.",
    ),
    # a point
    "point_title": ("Titik layanan {code}", "Service point {code}"),
    "point_promised": (
        "Kontrak menjanjikan {share} dari waktu, {down} Mbit/s turun dan {up} naik pada jam sibuk, perbaikan dalam {hours} jam.",
        "The contract promises {share} of the time, {down} Mbit/s down and {up} up at busy hours, repair within {hours} hours.",
    ),
    "point_no_contract": (
        "Tanpa kontrak: tidak ada yang dijanjikan.",
        "Without a contract: nothing is promised.",
    ),
    "point_months": ("Bulan demi bulan", "Month by month"),
    "point_chart": (
        "Bagian waktu hidup per bulan dengan rentangnya; garis putus-putus: yang dijanjikan, {share}",
        "Share of time available by month with its range; the dashed line: what is promised, {share}",
    ),
    "point_not_measured": ("Titik ini belum diukur.", "This point is not measured yet."),
    "point_verdict": ("Bulan {month}: {verdict}.", "{month}: {verdict}."),
    "point_evidence": (
        "Diketahui {known} dari waktunya; {tests} uji laju pada jam sibuk, {beats} denyut.",
        "{known} of its time is known; {tests} speed tests at busy hours, {beats} heartbeats.",
    ),
    "point_use": (
        "Rata-rata {clients} perangkat sekaligus; {gb} GB sebulan; jam sibuk {hours}.",
        "{clients} devices at a time on average; {gb} GB in the month; busy hours {hours}.",
    ),
    "point_drivers": ("Yang paling menentukan bulan itu", "What drove that month most"),
    "point_driver": (
        "{cause}: {hours} jam, {share} dari waktu mati",
        "{cause}: {hours} hours, {share} of the time down",
    ),
    "point_outages": ("Gangguan tiga bulan terakhir", "Outages of the last three months"),
    "point_no_outages": ("Tidak ada gangguan yang terlihat.", "No outage was seen."),
    "point_outages_more": (
        "Yang terlama ditampilkan; semuanya ada dalam berkas.",
        "The longest ones are shown; the file has all of them.",
    ),
    "head_began": ("Mulai", "Began"),
    "head_hours": ("Jam", "Hours"),
    "head_cause": ("Sebab", "Cause"),
    "head_counts": ("Dihitung", "Counts"),
    "head_contest": ("Sanggahan", "Contested"),
    "api_scores": ("rapor", "scorecards"),
    "api_outages": ("gangguan", "outages"),
    "point_goes_on": ("belum berakhir", "goes on"),
}

#: The words of choices, as `Tongue.word` takes them.
CHOICES: dict[str, dict[str, tuple[str, str]]] = {
    "cause": {
        "link": ("tautan", "link"),
        "region-wide": ("gangguan luas", "region-wide"),
        "power": ("listrik padam", "power cut"),
        "maintenance": ("pekerjaan terencana", "planned work"),
        "probe": ("alat ukur mati", "probe off"),
        "centre": ("pusat tidak terjangkau", "centre away"),
        "unknown": ("tidak diketahui", "not known"),
    },
    "counts": {
        "down": ("ya", "yes"),
        "excused": ("tidak: dimaafkan", "no: excused"),
        "unknown": ("tidak diketahui", "not known"),
        "up": ("tidak: tautan hidup", "no: the link was up"),
    },
    "excused_by": {
        "maintenance": ("pekerjaan yang diberitahukan", "work that was told"),
        "majeure": ("keadaan kahar", "force majeure"),
        "contest": ("sanggahan dikabulkan", "a contest that was upheld"),
        "power": ("listrik desa", "the village's power"),
    },
    "verdict": {
        "kept": ("ditepati", "kept"),
        "missed": ("tidak ditepati", "missed"),
        "unsure": ("belum pasti", "unsure"),
        "too little": ("bukti belum cukup", "too little evidence"),
    },
    "excuse_state": {
        "open": ("belum diputus", "not decided"),
        "upheld": ("dikabulkan", "upheld"),
        "rejected": ("ditolak", "rejected"),
    },
    "excuse_kind": {
        "contest": ("sanggahan", "contest"),
        "majeure": ("keadaan kahar", "force majeure"),
    },
}
