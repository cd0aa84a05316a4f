// An agent's sound: one peer, the server, in A-law by WebRTC. On the desk for as long as the page is open, on the page of the
// headset for a check in which one hears oneself. What the server does with the sound is the agent's state on the desk.
"use strict";
(() => {
const part = document.getElementById("sound");
if (!part) return;
const words = part.dataset, check = "check" in words;
const of = (name) => part.querySelector(`[data-part=${name}]`);
const kept = { get: (name) => localStorage.getItem("sound." + name) || "", set: (name, value) => localStorage.setItem("sound." + name, value) };
// Comes back so soon, and again as often; who hears nothing of the server for so long has lost it.
const SOON_MS = 200, AGAIN_MS = 1000, SILENT_S = 3;
let peer = null, stream = null, session = null, wanted = false, connecting = false, again = 0, loudest = 0, began = 0;

function show(state, text) {
  words.state = state;
  of("state").textContent = text || words[state];
  of("state").className = "badge " + (state === "on" ? "ready" : state === "off" ? "" : state === "connecting" ? "hold" : "no_audio");
  of("turn").firstChild.textContent = wanted ? words.stop : words.connect;
  of("turn").classList.toggle("main", !wanted);
}

// A microphone that is there and was chosen; what speaks of the browser is told in words of ours.
async function microphone() {
  if (stream && stream.getAudioTracks()[0]?.readyState === "live") return stream;
  if (!navigator.mediaDevices) throw { stays: true, text: words.insecure };
  const chosen = kept.get("microphone");
  const audio = { channelCount: 1, echoCancellation: true, autoGainControl: true, noiseSuppression: kept.get("quiet") !== "no" };
  if (chosen) audio.deviceId = { ideal: chosen };
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio });
  } catch (fault) {
    throw fault.name === "NotAllowedError" ? { stays: true, text: words.forbidden } : { stays: false, text: words.missing };
  }
  stream.getAudioTracks()[0].onended = () => lost();
  return stream;
}

async function connect(back) {
  clearTimeout(again);
  wanted = true;
  if (connecting) return;
  connecting = true;
  show("connecting");
  try {
    const from = await microphone();
    close();
    const made = peer = new RTCPeerConnection();
    const line = made.addTransceiver(from.getAudioTracks()[0], { direction: "sendrecv", streams: [from] });
    line.setCodecPreferences(RTCRtpReceiver.getCapabilities("audio").codecs.filter((codec) => codec.mimeType === "audio/PCMA"));
    made.ontrack = (event) => { of("ears").srcObject = new MediaStream([event.track]); };
    made.onconnectionstatechange = () => {
      if (peer !== made) return;
      if (made.connectionState === "connected") { began = performance.now(); loudest = 0; show("on"); }
      if (["disconnected", "failed", "closed"].includes(made.connectionState)) lost();
    };
    await made.setLocalDescription();
    const asked = { offer: made.localDescription.sdp };
    if (back && session !== null) asked.before = session;
    const told = await offer(asked);
    session = told.session;
    await made.setRemoteDescription({ type: "answer", sdp: told.answer });
    hear();
    devices();
  } catch (fault) {
    close();
    if (fault.stays) leave();
    show(fault.stays ? "failed" : "connecting", fault.text || words.failed);
    if (wanted) again = setTimeout(() => connect(back), AGAIN_MS);
  } finally {
    connecting = false;
  }
}

async function offer(asked) {
  const options = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(asked) };
  const answer = await fetch(check ? "/api/v1/desk/sound-check" : "/api/v1/desk/sound", options)
    .catch(() => { throw { stays: false, text: words.lost }; });
  if (answer.status === 401) location.reload();
  const told = await answer.json().catch(() => ({}));
  // What the server refuses it refuses again; where it is not there, it will be.
  if (!answer.ok) throw { stays: answer.status < 500, text: told.message };
  return told;
}

function lost() {
  if (!wanted || connecting) return;
  show("connecting");
  clearTimeout(again);
  again = setTimeout(() => connect(true), SOON_MS);
}

function close() {
  if (peer) peer.close();
  peer = null;
}

function stop() {
  clearTimeout(again);
  close();
  leave();
  show("off");
}

// The microphone is let go of, so that its light goes out.
function leave() {
  wanted = false;
  release();
}
function release() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
}

// Where it is heard.
function hear() {
  const ears = of("ears"), chosen = kept.get("speaker");
  if (ears.setSinkId) ears.setSinkId(chosen).catch(() => {});
  ears.play().catch(() => {});
}

// Level, loss, jitter and the way there and back.
let before = { received: 0, lost: 0 }, silent = 0;
const number = (value, digits) => value.toLocaleString(document.documentElement.lang || undefined, { maximumFractionDigits: digits });
async function look() {
  const figures = { level: 0, received: 0, lost: 0, jitter: 0, way: 0, lostThere: 0 };
  for (const one of peer ? (await peer.getStats()).values() : []) {
    if (one.type === "media-source") figures.level = one.audioLevel || 0;
    if (one.type === "inbound-rtp") Object.assign(figures, { received: one.packetsReceived, lost: Math.max(0, one.packetsLost), jitter: one.jitter * 1000 });
    if (one.type === "remote-inbound-rtp") Object.assign(figures, { way: (one.roundTripTime || 0) * 1000, lostThere: one.fractionLost || 0 });
  }
  of("level").value = Math.sqrt(figures.level);
  loudest = Math.max(loudest, figures.level);
  return figures;
}
setInterval(look, 200);
setInterval(async () => {
  const now = await look();
  silent = words.state === "on" && now.received === before.received ? silent + 1 : 0;
  before = now;
  if (silent >= SILENT_S) { silent = 0; lost(); }
  const loss = Math.max(now.lost / Math.max(1, now.lost + now.received), now.lostThere) * 100;
  const there = words.state === "on";
  of("figures").textContent = there ? `${words.loss} ${number(loss, 1)} % · ${words.jitter} ${number(now.jitter, 0)} ${words.ms}` + (check ? ` · ${words.way} ${number(now.way, 0)} ${words.ms}` : "") : "";
  of("figures").className = loss > 3 || now.jitter > 50 ? "bad" : "soft";
  if (check) judge(there, loss, now);
}, 1000);

function judge(there, loss, now) {
  const late = performance.now() - began > 5000;
  const fault = loudest < 0.01 ? words.muteWord : loss > 3 ? words.lossy : now.jitter > 50 || now.way > 300 ? words.slow : "";
  of("verdict").textContent = there && late ? fault || words.good : "";
  of("verdict").className = fault ? "bad" : "good";
}

// The devices to choose from; their names are told once one of them may be used.
async function devices() {
  const all = await navigator.mediaDevices?.enumerateDevices() || [];
  for (const list of part.querySelectorAll("[data-device]")) {
    const kind = list.dataset.device === "microphone" ? "audioinput" : "audiooutput";
    list.length = 1;
    for (const one of all) if (one.kind === kind && one.deviceId && one.label) list.add(new Option(one.label, one.deviceId));
    list.value = kept.get(list.dataset.device);
    if (list.selectedIndex < 0) list.selectedIndex = 0;
  }
}
part.addEventListener("change", (event) => {
  const name = event.target.dataset.device;
  if (name) kept.set(name, event.target.value);
  else if (event.target === of("quiet")) kept.set("quiet", of("quiet").checked ? "yes" : "no");
  if (name === "speaker") return hear();
  release();
  if (wanted) connect(false);
});
part.addEventListener("click", (event) => { if (event.target.closest("[data-part=turn]")) wanted ? stop() : begin(); });
navigator.mediaDevices?.addEventListener("devicechange", devices);
// The server hears of it at once, and need not wait for silence.
addEventListener("pagehide", close);

function begin() {
  kept.set("wanted", "yes");
  connect(false);
}

if (of("quiet")) of("quiet").checked = kept.get("quiet") !== "no";
show("off");
devices();
// Who has allowed it once need not ask for it anew each time.
if (!check && kept.get("wanted") === "yes") connect(false);
})();
