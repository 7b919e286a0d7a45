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

  function waiting() {
    try {
      return JSON.parse(store.getItem(KEY) || "[]");
    } catch (e) {
      return [];
    }
  }

  function keep(reports) {
    store.setItem(KEY, JSON.stringify(reports));
    if (form) document.getElementById("waiting").hidden = !reports.length;
  }

  function without(made_by) {
    return waiting().filter(function (report) {
      return report.made_by !== made_by;
    });
  }

  function tell(reference) {
    if (!form) return;
    var sent = document.getElementById("sent");
    sent.hidden = false;
    sent.lastElementChild.textContent += " " + reference;
  }

  var sending = false;

  function sendAll() {
    var next = waiting()[0];
    if (!next || sending) return;
    sending = true;
    var request = new XMLHttpRequest();
    request.open("POST", "/lapor/kirim");
    request.setRequestHeader("Content-Type", "application/json");
    request.timeout = 60000;
    request.onload = function () {
      sending = false;
      // Refused for good: it would be refused again. Too many, or the server is ill: later.
      if (request.status === 201 || request.status === 400) keep(without(next.made_by));
      if (request.status === 201) tell(JSON.parse(request.responseText).reference);
      if (request.status === 201 || request.status === 400) sendAll();
    };
    request.onerror = request.ontimeout = function () {
      sending = false;
    };
    request.send(JSON.stringify(next));
  }

  function submitted(event) {
    event.preventDefault();
    var chosen = form.querySelector("input[name=kind]:checked");
    if (!chosen) return;
    keep(
      waiting().concat({
        made_by: form.elements.made_by.value + "-" + Date.now().toString(36).slice(-3),
        village: form.getAttribute("data-village"),
        kind: chosen.value,
        words: form.elements.words.value,
        at: new Date().toISOString()
      })
    );
    form.reset();
    sendAll();
  }

  if (form) form.addEventListener("submit", submitted);
  if (!form && !waiting().length) return;
  window.addEventListener("online", sendAll);
  setInterval(sendAll, 30000);
  keep(waiting());
  sendAll();
})();
