/* A speed test by ndt7 (github.com/m-lab/ndt-server, ndt7-protocol.md): one WebSocket down, one up, ten seconds each. */
(function () {
  "use strict";
  const PROTOCOL = "net.measurementlab.ndt.v7";
  const LONGEST_MS = 15000;
  const GOODBYE_MS = 2000;
  /* What each way may take where data are to be saved; the rest of 10 MB is what is on its way when it stops. */
  const SAVING = { download: 6e6, upload: 2.5e6 };
  const FIRST_BYTES = 1 << 13;
  const LARGEST_BYTES = 1 << 20;
  const GROWS_AT = 16;
  const form = document.getElementById("test");
  const give = document.getElementById("give");
  if (!form || !window.WebSocket) return;
  const say = (text) => (document.getElementById("said").textContent = text);
  const comma = document.documentElement.lang === "id" ? "id" : "en";
  const number = (value) =>
    value.toLocaleString(comma, { maximumFractionDigits: value < 10 ? 1 : 0, minimumFractionDigits: value < 10 ? 1 : 0 });
  const put = (name, value) => (form.elements[name].value = number(value));
  let run = null;

  /* One way: answers its name at the server, its rate, whether the data limit ended it. */
  function test(way, limit, load) {
    return new Promise((done, fail) => {
      const socket = new WebSocket(form.dataset.server + "/ndt/v7/" + way + "?client_name=merata", PROTOCOL);
      const found = { uuid: "", mbps: 0, least: false };
      let began = 0;
      let opened = false;
      let over = false;
      const end = (code) => {
        if (over) return;
        over = true;
        clearTimeout(timer);
        // Over before the server told anything: what left the phone by then.
        if (load && began && !found.mbps) counted(found.bytes - socket.bufferedAmount, (performance.now() - began) / 1000);
        run.bytes += found.bytes || 0;
        if (opened && found.uuid) done(found);
        else fail(new Error(code === 1013 ? "busy" : "failed"));
      };
      /* What waits on a weak line can take long to go: it is not waited for. */
      const leave = () => {
        socket.close();
        setTimeout(end, GOODBYE_MS);
      };
      const timer = setTimeout(leave, LONGEST_MS);
      run.leave = leave;
      socket.binaryType = "arraybuffer";
      const counted = (bytes, seconds) => {
        if (seconds > 0) found.mbps = (bytes * 8) / seconds / 1e6;
        put(way === "download" ? "down" : "up", found.mbps);
        put("data", (run.bytes + bytes) / 1e6);
      };
      const enough = (bytes) => {
        if (bytes < limit || found.least) return false;
        found.least = true;
        leave();
        return true;
      };
      socket.onopen = () => {
        opened = true;
        began = performance.now();
        found.bytes = 0;
        if (load) load(socket, found, enough);
      };
      socket.onmessage = (event) => {
        if (typeof event.data === "string") return heard(JSON.parse(event.data), found, way, counted);
        found.bytes += event.data.byteLength;
        counted(found.bytes, (performance.now() - began) / 1000);
        enough(found.bytes);
      };
      socket.onclose = (event) => end(event.code);
    });
  }

  /* What the server measures: its name of the test, the least round trip its kernel saw, what came up. */
  function heard(told, found, way, counted) {
    if (told.ConnectionInfo) found.uuid = told.ConnectionInfo.UUID;
    if (told.TCPInfo && told.TCPInfo.MinRTT) {
      run.latency = Math.min(run.latency, told.TCPInfo.MinRTT / 1000);
      put("latency", run.latency);
    }
    if (way === "upload" && told.AppInfo) counted(told.AppInfo.NumBytes, told.AppInfo.ElapsedTime / 1e6);
  }

  /* Sends as fast as it is taken: messages grow with what went, and few wait, so that stopping is quick. */
  function upload(socket, found, enough) {
    let size = FIRST_BYTES;
    let message = noise(size);
    const more = () => {
      if (socket.readyState !== WebSocket.OPEN) return;
      while (socket.bufferedAmount < 7 * size) {
        socket.send(message);
        found.bytes += size;
        if (enough(found.bytes)) return;
        if (size < LARGEST_BYTES && size <= found.bytes / GROWS_AT) message = noise((size *= 2));
      }
      setTimeout(more, 20);
    };
    more();
  }

  /* Chance, so that nothing on the way can make it smaller. */
  function noise(size) {
    const made = new Uint8Array(size);
    for (let at = 0; at < size; at += 65536) crypto.getRandomValues(made.subarray(at, Math.min(size, at + 65536)));
    return made;
  }

  async function start(event) {
    event.preventDefault();
    if (run) return;
    run = { bytes: 0, latency: Infinity, stopped: false };
    const saving = form.elements.save.checked;
    form.elements.go.disabled = true;
    form.elements.stop.hidden = false;
    give.hidden = true;
    document.getElementById("figures").hidden = false;
    ["down", "up", "latency", "data"].forEach((name) => (form.elements[name].value = "–"));
    say(form.dataset.wait);
    try {
      const down = await test("download", saving ? SAVING.download : Infinity);
      say("");
      const up = run.stopped ? null : await test("upload", saving ? SAVING.upload : Infinity, upload);
      say(form.dataset.done + (down.least || (up && up.least) ? " " + form.dataset.least : ""));
      offer(down.uuid, up ? up.uuid : "");
    } catch (error) {
      say(run.stopped ? "" : error.message === "busy" ? form.dataset.busy : form.dataset.failed);
    }
    form.elements.go.disabled = false;
    form.elements.stop.hidden = true;
    run = null;
  }

  function stop() {
    run.stopped = true;
    if (run.leave) run.leave();
  }

  let result = null;

  function offer(down, up) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const own = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    result = { made_by: own, village: give.dataset.village, down: down, up: up };
    document.getElementById("given").textContent = "";
    give.hidden = false;
  }

  /* Where the phone is, where the person ticked that and the phone gives it; rounded before it leaves. */
  function place() {
    return new Promise((done) => {
      if (!give.elements.place.checked || !navigator.geolocation) return done({});
      navigator.geolocation.getCurrentPosition(
        (at) => done({ lon: Math.round(at.coords.longitude * 1e3) / 1e3, lat: Math.round(at.coords.latitude * 1e3) / 1e3 }),
        () => done({}),
        { timeout: 20000, maximumAge: 60000 }
      );
    });
  }

  async function given(event) {
    event.preventDefault();
    const told = document.getElementById("given");
    const said = Object.assign({}, result, await place(), { network: give.elements.network.value });
    if (said.network === "mobile") {
      said.technology = give.elements.technology.value;
      said.operator = give.elements.operator.value;
    }
    try {
      const answer = await fetch("/uji/kirim", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(said)
      });
      const words = { 201: "sent", 429: "many", 400: "wrong" };
      told.textContent = give.dataset[words[answer.status] || "later"];
      if (answer.status === 201) give.querySelector("button").disabled = true;
    } catch (error) {
      told.textContent = give.dataset.later;
    }
  }

  form.addEventListener("submit", start);
  form.elements.stop.addEventListener("click", stop);
  give.addEventListener("submit", given);
  give.addEventListener("change", () => (document.getElementById("cell").hidden = give.elements.network.value !== "mobile"));
})();
