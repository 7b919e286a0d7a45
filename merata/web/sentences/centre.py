"""Sentences of the centre's own trouble: what the office that runs it is told when nobody reaches it, or it nobody."""

CENTRE = {
    "centre_subject": ("PUSAT TERPUTUS sejak {since}", "CENTRE CUT OFF since {since}"),
    "centre_outside": (
        "Pusat pemantauan sendiri tidak mencapai satu pun tempat di internet, dan sebagian besar titik diam sejak {since}. Periksa jalur internet pusat.",
        "The centre itself reaches no place on the internet, and most points are silent since {since}. Look at the centre's own line.",
    ),
    "centre_unheard": (
        "Sejak {since} tidak satu pun alat ukur terdengar, dari beberapa penyedia sekaligus, padahal pusat mencapai internet. Kemungkinan besar dunia luar "
        "tidak mencapai pusat: jalurnya, alamatnya, atau penerimanya. Buka situs ini dari HP dengan data seluler: jika tidak terbuka, pusatlah sebabnya; "
        "jika terbuka, mungkin semua tautan putus bersamaan.",
        "Since {since} no probe at all is heard, of several providers at once, though the centre reaches the internet. Most likely the world does not "
        "reach the centre: its line, its address or its receiver. Open this site from a phone with mobile data: if it does not open, it is the centre; "
        "if it does, all links may have failed at the same moment.",
    ),
    "centre_meanwhile": (
        "Selama itu tidak ada peringatan untuk titik satu per satu. Alat ukur menyimpan hasilnya; setelah terkirim, itulah yang menentukan, dan waktu "
        "ketika pusat tidak terjangkau tidak dibebankan kepada penyedia.",
        "Meanwhile no alert is sent of single points. Probes keep what they measure; once it has come, that decides, and time in which the centre could "
        "not be reached is held against no provider.",
    ),
    "centre_back_subject": ("PUSAT TERSAMBUNG lagi", "CENTRE is back"),
    "centre_back": (
        "Gangguan pusat sejak {since} sudah berakhir: alat ukur terdengar lagi. Yang masih diam akan menjadi peringatan biasa.",
        "The centre's trouble since {since} is over: probes are heard again. What is still silent becomes an ordinary alert.",
    ),
    "sms_centre": (
        "Merata: PUSAT terputus sejak {since}, tidak ada alat ukur terdengar. Periksa jalur internet pusat. Lihat surel atau situs.",
        "Merata: CENTRE cut off since {since}, no probe is heard. Look at the centre's line. See e-mail or the site.",
    ),
    "now_centre_outside": (
        "Pusat sendiri tidak mencapai internet, terakhir {when}. Yang diam karena itu tidak dianggap padam.",
        "The centre itself reached nothing outside, last at {when}. What was silent for that does not count as dark.",
    ),
    "now_centre_unheard": (
        "Tidak satu pun alat ukur mencapai pusat, terakhir {when}. Yang diam karena itu tidak dianggap padam.",
        "No probe reached the centre, last at {when}. What was silent for that does not count as dark.",
    ),
}  # fmt: skip
