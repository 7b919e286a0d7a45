"""Sentences of what others, and the centre's checks, say of a point: beside what probes measured."""

BESIDE = {
    "beside_title": ("Kata pihak lain, dan pemeriksaan dari pusat", "What others say, and the centre's checks"),
    "beside_words": (
        "Bukan hasil alat ukur kami. Kata penyedia tentang tautannya sendiri adalah klaimnya, tanpa rentang kepastian, dan tidak menilai apa pun. "
        "Pemeriksaan dari pusat hanya melihat apakah router menjawab: listrik yang padam tampak sama dengan tautan yang putus, jadi bisa dikatakan bahwa "
        "janji ditepati, tidak bahwa janji dilanggar.",
        "This is not what our probes measured. What a provider says of its own link is its claim, without an interval, and judges nothing. The centre's "
        "checks see only whether a router answers: a power cut looks the same as a broken link, so it can be said that a promise was kept, not that it "
        "was broken.",
    ),
    "beside_who": ("Menurut", "By"),
    "beside_ours": ("Alat ukur kami", "Our probe"),
    "beside_none_measured": ("tidak diukur", "not measured"),
}  # fmt: skip

CHOICES: dict[str, dict[str, tuple[str, str]]] = {
    "beside_kind": {
        "provider": ("penyedia: klaimnya sendiri", "the provider: its own claim"),
        "own": ("pemantauan kantor", "the office's monitoring"),
        "other": ("pihak lain", "others"),
        "checks": ("pemeriksaan dari pusat", "the centre's checks"),
    },
    "beside_verdict": {
        "kept": ("janji ditepati", "promise kept"),
        "unsure": ("belum pasti", "unsure"),
        "too little": ("bukti belum cukup", "too little evidence"),
    },
}  # fmt: skip
