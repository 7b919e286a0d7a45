/* The map that moves: Leaflet and the borders are fetched when somebody asks for them. */
(function () {
  "use strict";
  var box = document.getElementById("map"), ask = document.getElementById("map-ask");
  var wait = document.getElementById("map-wait"), failed = document.getElementById("map-failed");
  var FILLS = { served: "#1f7a4d", promised: "#2b6cb0", late: "#b45309", unserved: "#b3261e" };
  /* Lines of other kinds, so that it can be read without its colours. */
  var DASHES = { served: null, promised: "6 3", late: "2 4", unserved: "10 3 2 3" };
  document.getElementById("map-none").hidden = true;
  ask.hidden = false;
  ask.querySelector("button").addEventListener("click", begin);

  function begin() {
    ask.hidden = true;
    failed.hidden = true;
    wait.hidden = false;
    var style = document.createElement("link"), script = document.createElement("script");
    style.rel = "stylesheet";
    style.href = box.getAttribute("data-style");
    script.src = box.getAttribute("data-script");
    script.onload = borders;
    script.onerror = fail;
    document.head.appendChild(style);
    document.head.appendChild(script);
  }

  function fail() {
    wait.hidden = true;
    failed.hidden = false;
    ask.hidden = false;
  }

  function borders() {
    var request = new XMLHttpRequest();
    request.open("GET", box.getAttribute("data-borders"));
    request.onload = function () {
      if (request.status === 200) draw(JSON.parse(request.responseText));
      else fail();
    };
    request.onerror = fail;
    request.send();
  }

  function draw(villages) {
    wait.hidden = true;
    box.hidden = false;
    var map = L.map(box, { attributionControl: false, zoomSnap: 0.25 });
    var layer = L.geoJSON(villages, {
      style: function (village) {
        var word = village.properties.stands;
        return { color: FILLS[word], dashArray: DASHES[word], weight: 1.5, fillOpacity: 0.35 };
      },
      pointToLayer: function (village, place) {
        return L.circleMarker(place, { radius: 6 });
      },
      onEachFeature: function (village, drawn) {
        drawn.bindPopup(function () {
          return told(village);
        });
      }
    }).addTo(map);
    map.fitBounds(layer.getBounds());
  }

  function told(village) {
    var text = document.createElement("div"), link = document.createElement("a");
    link.href = box.getAttribute("data-village").replace("CODE", village.id);
    link.textContent = village.properties.name;
    text.appendChild(link);
    text.appendChild(document.createTextNode(", " + village.properties.district + ": " + box.getAttribute("data-" + village.properties.stands)));
    return text;
  }
})();
