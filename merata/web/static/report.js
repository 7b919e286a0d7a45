/* Reports: kept on the phone with a number of their own, pictures shrunk, and sent once when there is a link. */
(function () {
  "use strict";
  var KEY = "merata-reports";
  var MINE = "merata-mine";
  var PHOTO = "merata-photo";
  var form = document.getElementById("report");
  var store;
  try {
    store = window.localStorage;
    store.setItem("merata", "1");
    store.removeItem("merata");
  } catch (e) {
    return;
  }

  function list(key) {
    try {
      return JSON.parse(store.getItem(key) || "[]");
    } catch (e) {
      return [];
    }
  }

  function put(key, value) {
    try {
      store.setItem(key, value);
      return true;
    } catch (e) {
      return false; // full
    }
  }

  /* The link of a report that arrived, by which this phone alone says whether it works again. */
  function link(to, one) {
    var made = document.createElement("a");
    made.href = (/^\/en\//.test(location.pathname) ? "/en" : "") + "/lapor/" + one.reference + "/" + one.secret + "/";
    made.appendChild(document.createTextNode(one.reference));
    to.appendChild(document.createTextNode(" "));
    to.appendChild(made);
  }

  function showMine(place) {
    if (!list(MINE).length) return;
    place.hidden = false;
    list(MINE).forEach(function (one) {
      link(place.lastElementChild.appendChild(document.createElement("li")), one);
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
    var file = form.elements.photo.files[0];
    if (!file) return kept(report, "");
    shrunk(file, function (photo) {
      kept(report, photo);
    });
  }

  /* Words first: where there is no room for both, the picture goes; where there is none at all, the form is sent. */
  function kept(report, photo) {
    if (!put(KEY, JSON.stringify(list(KEY).concat(report)))) return form.submit();
    if (photo) put(PHOTO + report.made_by, photo);
    form.reset();
    show();
    sendAll();
  }

  function last() {
    var arrived = list(MINE);
    return arrived[arrived.length - 1] || { reference: "" };
  }

  var told = last().reference;

  function show() {
    var sent = document.getElementById("sent");
    document.getElementById("waiting").hidden = !list(KEY).length;
    if (last().reference !== told) link(sent.lastElementChild, last());
    sent.hidden = !sent.lastElementChild.firstChild;
    told = last().reference;
  }

  /* Where the first picture lies whose report arrived; pictures come after all words, which are lighter. */
  function picture() {
    for (var at = 0; at < store.length; at++) {
      if (store.key(at).indexOf(PHOTO + "/") === 0) return store.key(at);
    }
    return "";
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
      var status = request.status;
      // Refused for good: it would be refused again. Too many, or the server is ill: later.
      if (status === 201 || (status >= 400 && status < 500 && status !== 429)) {
        done(status === 201 && JSON.parse(request.responseText));
        sendAll();
      }
    };
    request.onerror = request.ontimeout = function () {
      sending = false;
    };
    request.send(body);
  }

  function sendAll() {
    var next = list(KEY)[0];
    if (sending) return;
    if (next) sendReport(next);
    else if (picture()) sendPicture(picture());
  }

  function sendReport(next) {
    post("/lapor/kirim", "application/json", JSON.stringify(next), function (one) {
      var photo = store.getItem(PHOTO + next.made_by);
      if (one && photo) put(PHOTO + "/" + one.reference + "/" + one.secret, photo);
      store.removeItem(PHOTO + next.made_by);
      if (one) put(MINE, JSON.stringify(list(MINE).concat(one).slice(-20)));
      var left = list(KEY).filter(function (report) {
        return report.made_by !== next.made_by;
      });
      put(KEY, JSON.stringify(left));
      if (form) show();
    });
  }

  function sendPicture(key) {
    var text = atob(store.getItem(key).split(",")[1] || "");
    var bytes = new Uint8Array(text.length);
    for (var at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
    post("/lapor" + key.slice(PHOTO.length) + "/foto", "image/jpeg", bytes, function () {
      store.removeItem(key);
    });
  }

  if (document.getElementById("mine")) showMine(document.getElementById("mine"));
  if (form) {
    document.getElementById("waiting").hidden = !list(KEY).length;
    form.addEventListener("submit", submitted);
  }
  window.addEventListener("online", sendAll);
  setInterval(sendAll, 30000);
  sendAll();
})();
