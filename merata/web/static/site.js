/* What only adds: pages that were seen stay readable without a link, and reports wait on the phone until there is one. */
(function () {
  "use strict";
  if (location.protocol === "file:") return;
  var saving = navigator.connection && navigator.connection.saveData;
  if ("serviceWorker" in navigator && !saving) {
    navigator.serviceWorker.register("/sw.js").catch(function () {});
  }

  var form = document.getElementById("report");
  var store;
  try {
    store = window.localStorage;
    store.setItem("merata", "1");
    store.removeItem("merata");
  } catch (e) {
    return;
  }
  var KEY = "merata-reports";
  var MINE = "merata-mine";
  var PHOTO = "merata-photo";

  function waiting() {
    try {
      return JSON.parse(store.getItem(KEY) || "[]");
    } catch (e) {
      return [];
    }
  }

  function put(key, value) {
    try {
      store.setItem(key, value);
      return true;
    } catch (e) {
      return false; // full: the words are kept without the picture
    }
  }

  function keep(reports) {
    put(KEY, JSON.stringify(reports));
    if (form) document.getElementById("waiting").hidden = !reports.length;
  }

  function without(made_by) {
    return waiting().filter(function (report) {
      return report.made_by !== made_by;
    });
  }

  /* Reports that arrived, with the secrets by which this phone alone says whether it works again. */
  function mine() {
    try {
      return JSON.parse(store.getItem(MINE) || "[]");
    } catch (e) {
      return [];
    }
  }

  function link(to, one) {
    var made = document.createElement("a");
    made.href = (/^\/en\//.test(location.pathname) ? "/en" : "") + "/lapor/" + one.reference + "/" + one.secret + "/";
    made.appendChild(document.createTextNode(one.reference));
    to.appendChild(document.createTextNode(" "));
    to.appendChild(made);
  }

  function tell(one) {
    put(MINE, JSON.stringify(mine().concat(one).slice(-20)));
    if (!form) return;
    var sent = document.getElementById("sent");
    sent.hidden = false;
    link(sent.lastElementChild, one);
  }

  function showMine() {
    var place = document.getElementById("mine");
    if (!place || !mine().length) return;
    place.hidden = false;
    mine().forEach(function (one) {
      link(place.lastElementChild.appendChild(document.createElement("li")), one);
    });
  }

  var sending = false;

  function post(address, kind, body, done) {
    sending = true;
    var request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Content-Type", kind);
    request.timeout = 60000;
    request.onload = function () {
      sending = false;
      done(request.status, request.responseText);
    };
    request.onerror = request.ontimeout = function () {
      sending = false;
    };
    request.send(body);
  }

  /* Refused for good: it would be refused again. Too many, or the server is ill: later. */
  function over(status) {
    return status === 201 || (status >= 400 && status < 500 && status !== 429 && status !== 408);
  }

  function sendAll() {
    if (sending) return;
    var next = waiting()[0];
    if (!next) return sendPhoto();
    post("/lapor/kirim", "application/json", JSON.stringify(next), function (status, text) {
      if (!over(status)) return;
      if (status === 201) {
        var one = JSON.parse(text);
        tell(one);
        var photo = store.getItem(PHOTO + next.made_by);
        if (photo) put(PHOTO + "/" + one.reference + "/" + one.secret, photo);
      }
      store.removeItem(PHOTO + next.made_by);
      keep(without(next.made_by));
      sendAll();
    });
  }

  /* Where the first picture lies whose report arrived; pictures come after all words, which are lighter. */
  function pictures() {
    for (var at = 0; at < store.length; at++) {
      if (store.key(at).indexOf(PHOTO + "/") === 0) return store.key(at);
    }
    return "";
  }

  function sendPhoto() {
    var key = pictures();
    if (key) sendOne(key);
  }

  function sendOne(key) {
    var text = atob(store.getItem(key).split(",")[1] || "");
    var bytes = new Uint8Array(text.length);
    for (var at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
    post("/lapor" + key.slice(PHOTO.length) + "/foto", "image/jpeg", bytes, function (status) {
      if (!over(status)) return;
      store.removeItem(key);
      sendPhoto();
    });
  }

  /* A number that no other report has: it is made here, so that a report that is sent twice counts once. */
  function number() {
    var bytes = new Uint8Array(16);
    if (window.crypto && crypto.getRandomValues) crypto.getRandomValues(bytes);
    else for (var at = 0; at < 16; at++) bytes[at] = Math.floor(256 * Math.random());
    return Array.prototype.map
      .call(bytes, function (byte) {
        return (256 + byte).toString(16).slice(1);
      })
      .join("");
  }

  /* A picture as a JPEG of at most some 60 kB, drawn anew; nothing where it is none. */
  function shrunk(file, done) {
    var picture = new Image();
    var reader = new FileReader();
    picture.onerror = reader.onerror = function () {
      done("");
    };
    reader.onload = function () {
      picture.src = reader.result;
    };
    picture.onload = function () {
      var share = Math.min(1, 1024 / Math.max(picture.naturalWidth, picture.naturalHeight));
      var canvas = document.createElement("canvas");
      var made = "";
      for (var quality = 0.7; quality > 0.2; quality -= 0.15) {
        canvas.width = Math.max(1, Math.round(share * picture.naturalWidth));
        canvas.height = Math.max(1, Math.round(share * picture.naturalHeight));
        canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
        made = canvas.toDataURL("image/jpeg", quality);
        if (made.length < 80000) break;
        share *= 0.8;
      }
      done(made);
    };
    reader.readAsDataURL(file);
  }

  function submitted(event) {
    event.preventDefault();
    var chosen = form.querySelector("input[name=kind]:checked");
    if (!chosen) return;
    var report = {
      made_by: number(),
      village: form.getAttribute("data-village"),
      kind: chosen.value,
      words: form.elements.words.value,
      at: new Date().toISOString()
    };
    var file = form.elements.photo && form.elements.photo.files[0];
    form.reset();
    if (!file) return kept(report, "");
    shrunk(file, function (photo) {
      kept(report, photo);
    });
  }

  function kept(report, photo) {
    if (photo) put(PHOTO + report.made_by, photo);
    keep(waiting().concat(report));
    sendAll();
  }

  if (form) form.addEventListener("submit", submitted);
  showMine();
  if (!form && !waiting().length && !pictures()) return;
  window.addEventListener("online", sendAll);
  setInterval(sendAll, 30000);
  keep(waiting());
  sendAll();
})();
