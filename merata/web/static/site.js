/* What only adds: pages that were seen stay readable without a link, and reports that wait are sent once there is one. */
(function () {
  "use strict";
  if (location.protocol === "file:") return;
  var saving = navigator.connection && navigator.connection.saveData;
  if ("serviceWorker" in navigator && !saving) {
    navigator.serviceWorker.register("/sw.js").catch(function () {});
  }

  /* Whether something waits to be sent: the pages of reports see to it themselves. */
  function waits() {
    if (document.getElementById("report") || document.getElementById("mine")) return false;
    try {
      for (var at = 0; at < localStorage.length; at++) {
        if (localStorage.key(at).indexOf("merata-photo/") === 0) return true;
      }
      return (localStorage.getItem("merata-reports") || "[]") !== "[]";
    } catch (e) {
      return false;
    }
  }

  function load() {
    var script = document.createElement("script");
    script.src = "/static/report.js";
    script.onerror = function () {
      setTimeout(load, 30000);
    };
    document.head.appendChild(script);
  }

  if (waits()) load();
})();
