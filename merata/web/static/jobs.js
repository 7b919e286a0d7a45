// Looks every two seconds how far the work is, and shows the whole page anew once it is over.
(function () {
  "use strict";
  var shown = document.getElementById("job");
  if (!shown || !window.fetch) return;
  function look() {
    if (document.hidden) return void setTimeout(look, 2000);
    fetch(location.pathname + "?bagian=1", { credentials: "same-origin", redirect: "error" })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.text();
      })
      .then(function (text) {
        var fresh = new DOMParser().parseFromString(text, "text/html").getElementById("job");
        if (!fresh || !fresh.hasAttribute("data-open")) return void location.reload();
        var details = shown.querySelector("details");
        var there = fresh.querySelector("details");
        if (details && there) there.open = details.open;
        shown.replaceWith(fresh);
        shown = fresh;
        setTimeout(look, 2000);
      })
      .catch(function () {
        setTimeout(look, 10000);
      });
  }
  setTimeout(look, 2000);
})();
