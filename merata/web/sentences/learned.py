"""Sentences of what a region's own links taught its next plan, on the page of what was predicted and measured."""

LEARNED_HERE = {
    "learned_title": ("Yang dipelajari rencana berikutnya", "What the next plan learned"),
    "learned_words": (
        "Sampai {month}, dari titik yang beroperasi, dalam kelompok tiga titik atau lebih. Rencana berikutnya berangkat dari sini: seberapa sering tautan "
        "tersedia dan berapa lama membangunnya. Yang sedikit ditarik ke anggapan awal, yang banyak menggantikannya.",
        "Up to {month}, of points in service, in groups of three or more. The next plan starts from it: how often links are there and how long they take "
        "to build. What few show is drawn to what was assumed, what many show takes its place.",
    ),
    "learned_none": (
        "Belum ada: rencana berikutnya masih berangkat dari anggapan.",
        "Nothing yet: the next plan still starts from what is assumed.",
    ),
    "learned_ground": ("Medan", "Ground"),
    "learned_provider": ("Penyedia", "Provider"),
    "learned_several": ("beberapa", "several"),
    "learned_points": ("Titik", "Points"),
    "learned_available": ("Tersedia", "There"),
    "learned_days": ("Hari dari kontrak sampai beroperasi", "Days from contract to service"),
    "learned_failures": ("Yang terganggu", "What was amiss"),
    "learned_cause": ("Sebab", "Cause"),
    "learned_outages": ("Gangguan", "Outages"),
    "learned_hours": ("Jam per gangguan", "Hours each"),
}  # fmt: skip

CHOICES: dict[str, dict[str, tuple[str, str]]] = {
    "learned_terrain": {
        "flat": ("datar", "flat"),
        "hilly": ("berbukit", "hilly"),
        "mountainous": ("bergunung", "mountainous"),
        "mixed": ("beragam", "mixed"),
    },
    "learned_remoteness": {
        "near": ("dekat jalan", "near a road"),
        "remote": ("jauh dari jalan", "far from roads"),
        "mixed": ("", ""),
    },
}  # fmt: skip
