/* What only adds: pages that were seen stay readable without a link, and reports that wait are sent once there is one. */
(function () {
  "use strict";
  if (location.protocol === "file:") return;
  var saving = navigator.connection && navigator.connection.saveData;
  if ("serviceWorker" in navigator && !saving) {
    navigator.serviceWorker.register("/sw.js").catch(function () {});
  }

  var KEY = "merata-reports";
  var MINE = "merata-mine";
  var PHOTO = "merata-photo";
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
    } catch (e) {
      return; // full: the words are kept without the picture
    }
  }

  /* Say to the page of the form, if this is one, that something was sent. */
  function tell() {
    document.dispatchEvent(new Event("merata-sent"));
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
      tell();
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

  document.addEventListener("merata-kept", sendAll);
  if (!document.getElementById("report") && !list(KEY).length && !picture()) return;
  window.addEventListener("online", sendAll);
  setInterval(sendAll, 30000);
  sendAll();
})();
