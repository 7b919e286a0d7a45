/* Search in the static copy, where no server answers: villages by name as it is spoken, or by code. */
(function () {
  "use strict";
  var list = document.getElementById("found");
  var MOST = 12;
  var asked = (/[?&]q=([^&]*)/.exec(location.search) || [])[1];
  if (!list || !asked || typeof merataVillages === "undefined") return;
  asked = decodeURIComponent(asked.replace(/\+/g, " "));
  document.getElementById("q").value = asked;

  function fold(text) {
    text = text.toLowerCase();
    if (text.normalize) text = text.normalize("NFD");
    return text.replace(/[^a-z0-9]/g, "").replace(/oe/g, "u").replace(/dj/g, "j").replace(/tj/g, "c").replace(/(.)\1/g, "$1");
  }

  /* How many letters differ, one row of the table at a time. */
  function distance(a, b) {
    var row = [], i, j;
    for (j = 0; j <= b.length; j++) row[j] = j;
    for (i = 1; i <= a.length; i++) {
      var corner = row[0];
      row[0] = i;
      for (j = 1; j <= b.length; j++) {
        var above = row[j];
        row[j] = Math.min(above + 1, row[j - 1] + 1, corner + (a[i - 1] === b[j - 1] ? 0 : 1));
        corner = above;
      }
    }
    return row[b.length];
  }

  function score(village) {
    var name = fold(village[1]), digits = asked.replace(/\D/g, "");
    if (digits.length > 3 && village[0].replace(/\./g, "").indexOf(digits) === 0) return 0;
    if (!wanted) return 99;
    if (name === wanted) return 0;
    if (name.indexOf(wanted) === 0) return 1;
    if (wanted.length > 1 && name.indexOf(wanted) > 0) return 2;
    var off = distance(wanted, name) / Math.max(wanted.length, name.length);
    return off < 0.34 ? 2 + off : 99;
  }

  var wanted = fold(asked);
  var hits = [];
  for (var i = 0; i < merataVillages.length; i++) {
    var far = score(merataVillages[i]);
    if (far < 99) hits.push([far, merataVillages[i]]);
  }
  hits.sort(function (a, b) {
    return a[0] - b[0] || (a[1][0] < b[1][0] ? -1 : 1);
  });
  for (i = 0; i < Math.min(hits.length, MOST); i++) {
    var village = hits[i][1], item = document.createElement("li"), link = document.createElement("a");
    link.href = "../desa/" + village[0] + "/index.html";
    link.textContent = village[1];
    item.appendChild(link);
    item.appendChild(document.createTextNode(", " + village[2] + " (" + village[0] + ") – " + list.getAttribute("data-" + village[3])));
    list.appendChild(item);
  }
  document.getElementById("none").hidden = hits.length > 0;
})();
