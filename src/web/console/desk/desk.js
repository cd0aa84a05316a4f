// The agent's desk. Parts of the page are renewed when an event tells that something has changed; what is being typed is left
// alone. Every act goes to /api/v1/desk; a refusal is shown in the words that came with it.
"use strict";
const desk = document.getElementById("desk");
const told = document.getElementById("told");
const $ = (selector) => document.querySelector(selector);

function say(text) {
  told.textContent = text;
  if (text) setTimeout(() => { if (told.textContent === text) told.textContent = ""; }, 6000);
}

// The call that is shown: an act that comes late is not to be another one's.
const shown = () => $("#bar")?.dataset.attempt;

function post(path, body, attempt, options) {
  const of = attempt && path !== "state" ? "?attempt=" + attempt : "";
  const headers = { "content-type": "application/json" };
  return fetch("/api/v1/desk/" + path + of, { method: "POST", headers, body: body && JSON.stringify(body), ...options });
}

async function ask(path, body, attempt = shown()) {
  try {
    const answer = await post(path, body, attempt);
    if (answer.status === 401) reload();
    const words = await answer.json().catch(() => ({}));
    return { ok: answer.ok, again: answer.status >= 500, code: words.fault, why: (words.why || []).map((one) => one.message), message: words.message || desk.dataset.failed };
  } catch {
    return { ok: false, again: true, why: [], message: desk.dataset.notDone };
  }
}

async function act(path, body) {
  const answer = await ask(path, body);
  if (!answer.ok) say(answer.why.join(" ") || answer.message);
  await renew();
  return answer.ok;
}

// Who is signed in no more is led to the door.
function reload() {
  leaving = true;
  location.reload();
}

// Puts the server's parts in the place of ours, but for those with the same key.
let renewing = null, again = false;
function renew() {
  if (renewing) { again = true; return renewing; }
  renewing = (async () => {
    do {
      again = false;
      const answer = await fetch("/desk/parts").catch(() => null);
      if (answer && answer.redirected) return reload();
      if (answer && answer.ok) place(new DOMParser().parseFromString(await answer.text(), "text/html").body);
    } while (again);
  })().finally(() => { renewing = null; });
  return renewing;
}

function place(fresh) {
  const muted = $("[data-call=mute]")?.getAttribute("aria-pressed");
  for (const id of ["bar", "debtor", "script", "note", "outcome", "day"]) {
    const [old, next] = [document.getElementById(id), fresh.querySelector("#" + id)];
    if (!old || !next || (next.dataset.key && next.dataset.key === old.dataset.key)) continue;
    const open = [...old.querySelectorAll("details[open] summary")].map((one) => one.dataset.objection);
    const focused = old.contains(document.activeElement) ? path(document.activeElement) : null;
    const typed = id === "outcome" ? typedIn(old) : null;
    const chosen = id === "bar" ? chosenIn(old, next) : null;
    old.replaceWith(document.importNode(next, true));
    for (const code of open) if (code) $(`[data-objection="${CSS.escape(code)}"]`)?.parentElement.setAttribute("open", "");
    if (typed) putBack(typed);
    if (chosen) chooseAgain(chosen);
    if (id === "note") noteShown();
    if (focused) document.getElementById(id).querySelector(focused)?.focus();
  }
  const mute = $("[data-call=mute]");
  if (mute && muted) mute.setAttribute("aria-pressed", muted);
  for (const [selector, from] of [["[data-complain]", fresh], ["[data-trigger]", fresh]]) {
    const [ours, theirs] = [$(selector), from.querySelector(selector)];
    if (ours && theirs) ours.setAttribute("aria-pressed", theirs.getAttribute("aria-pressed"));
  }
  const [case_, theirs] = [$("#complained"), fresh.querySelector("#complained")];
  if (case_ && theirs) case_.hidden = theirs.hidden;
  offerToAsk();
  guardTheDoor();
  tick();
}

// To whom a call is to be handed on, and the list of pauses that lies open. Who is there no more leaves nobody chosen.
function chosenIn(old, next) {
  const to = old.dataset.attempt === next.dataset.attempt ? old.querySelector("#to") : null;
  return { to: to && to.value, pauses: !!old.querySelector("details.pauses[open]") };
}
function chooseAgain(chosen) {
  const [to, pauses] = [$("#to"), $("details.pauses")];
  if (to && chosen.to !== null) to.value = chosen.to;
  if (pauses) pauses.open = chosen.pauses;
}

// Whoever leaves in a talk is asked: the debtor would be left alone.
function guardTheDoor() {
  const out = $("form[action='/sign-out']");
  if (out && up()) out.dataset.ask = desk.dataset.leaveAsk;
  else if (out) delete out.dataset.ask;
}
const up = () => !!$("#bar[data-up]");
document.addEventListener("click", (event) => {
  const away = event.target.closest("header a[href]");
  if (!away || !up()) return;
  leaving = confirm(desk.dataset.leaveAsk);
  if (!leaving) event.preventDefault();
});
document.addEventListener("submit", (event) => { leaving = !event.defaultPrevented; });
// The tab that is closed asks as well, in the browser's words, but not whoever was asked; so do an outcome that is not written yet
// and a note that is not kept. Whoever goes all the same leaves the note behind.
let noting, unsent = null, leaving = false;
const begun = () => !!$("#written input[name=code]:checked");
addEventListener("beforeunload", (event) => {
  if (unsent || ((up() || begun()) && !leaving)) event.preventDefault();
});
addEventListener("pagehide", () => {
  const { text, attempt } = unsent || {};
  if (unsent) post("note", { text, was: kept }, attempt, { keepalive: true }).catch(() => {});
});

function path(element) {
  if (element.id) return "#" + element.id;
  for (const name of ["data-call", "data-look", "data-turn", "data-stage", "data-objection", "data-save", "name"]) {
    const value = element.getAttribute(name);
    if (value) return `[${name}="${CSS.escape(value)}"]`;
  }
  return null;
}

// The outcome's form, when it is renewed because more of it may be shown.
function typedIn(part) {
  const form = part.querySelector("#written");
  if (!form) return null;
  const attempt = part.dataset.key.split("-").slice(0, 2).join("-");
  return { attempt, fields: [...new FormData(form)], mine: form.elements.mine.checked };
}
function putBack(typed) {
  const [part, form] = [$("#outcome"), $("#written")];
  if (!form || part.dataset.key.split("-").slice(0, 2).join("-") !== typed.attempt) return;
  for (const [name, value] of typed.fields) {
    const field = form.elements[name];
    if (field && name !== "mine") field.value = value;
  }
  form.elements.mine.checked = typed.mine;
  wanted();
}

// Clocks.
const minutes = (ms) => {
  const s = Math.max(0, Math.floor(ms / 1000));
  return Math.floor(s / 60) + ":" + String(s % 60).padStart(2, "0");
};
function tick() {
  for (const clock of document.querySelectorAll("[data-since]")) clock.textContent = minutes(Date.now() - clock.dataset.since);
  for (const left of document.querySelectorAll("[data-ends]")) {
    const ms = left.dataset.ends - Date.now();
    left.textContent = (ms < 0 ? "+" : "−") + minutes(Math.abs(ms));
    left.classList.toggle("over", ms < 0);
  }
}
setInterval(tick, 1000);
tick();

// What a disposition wants beside itself.
function wanted() {
  const chosen = $("#written input[name=code]:checked");
  for (const part of document.querySelectorAll("#written .wanted")) part.hidden = part.dataset.for !== chosen?.dataset.wants;
  const why = $("#why");
  if (why) why.textContent = "";
}

let checking;
function check() {
  clearTimeout(checking);
  checking = setTimeout(async () => {
    const form = $("#written"), shown = $("#check");
    if (!form?.elements.on?.value || !shown) return;
    const answer = await ask("promise-check", { on: form.elements.on.value, amount: form.elements.amount.value });
    shown.className = answer.ok ? "good" : "bad";
    shown.textContent = answer.ok ? "✓" : answer.why.join(" ") || answer.message;
  }, 250);
}

async function save(ready) {
  const form = $("#written");
  await sendNote();
  if (!form) return ready && act("state", { to: "ready" });
  const of = (name) => form.elements[name]?.value || undefined;
  const chosen = form.querySelector("input[name=code]:checked");
  const body = { code: chosen?.value || "", reason: of("reason"), debtor_type: of("debtor_type"), ready };
  if (chosen?.dataset.wants === "promise" && of("on")) body.promise = { on: of("on"), amount: of("amount") || "" };
  if (chosen?.dataset.wants === "callback" && of("callback")) {
    body.callback = of("callback");
    body.callback_is_mine = form.elements.mine.checked;
  }
  const answer = await ask("disposition", body);
  if (!answer.ok && $("#why")) $("#why").textContent = answer.why.join(" ") || answer.message;
  await renew();
}

// The note is kept half a second after the last key; one that could not be sent is sent again until it is answered. Each goes with
// what it is written over, as far as this window knows: where another window has kept something else, both stand in the note.
let kept = "", sending = null;
function noteShown() { kept = $("#text")?.defaultValue ?? ""; }
function keepNote() {
  unsent = { attempt: shown(), text: $("#text").value };
  $("#kept").textContent = desk.dataset.notSaved;
  clearTimeout(noting);
  noting = setTimeout(sendNote, 500);
}
function sendNote() {
  clearTimeout(noting);
  sending ??= sendUnsent().finally(() => { sending = null; });
  return sending;
}
async function sendUnsent() {
  while (unsent) {
    const note = unsent, isShown = () => $("#kept") && shown() === note.attempt;
    const answer = await ask("note", { text: note.text, was: kept }, note.attempt);
    if (answer.ok && isShown()) kept = note.text;
    if (answer.code === "note_changed" && isShown() && await joined()) continue;
    if (answer.again) noting = setTimeout(sendNote, 3000);
    // What was typed meanwhile goes next.
    else if (unsent === note) unsent = null;
    const refused = answer.again ? desk.dataset.lost : answer.why.join(" ") || answer.message;
    if (isShown() && !(unsent && answer.ok)) $("#kept").textContent = answer.ok ? desk.dataset.saved : refused;
    if (answer.again) return;
  }
}
async function keptElsewhere() {
  const answer = await fetch("/api/v1/desk").catch(() => null);
  const call = answer?.ok ? (await answer.json()).call : null;
  return call && String(call.attempt) === shown() ? call.note : null;
}
// Another window's words, with ours below them.
async function joined() {
  const theirs = await keptElsewhere(), text = $("#text");
  if (theirs === null || !text) return false;
  kept = theirs;
  text.value = theirs + "\n" + text.value;
  unsent = { attempt: shown(), text: text.value };
  return true;
}
// Another window has kept something: shown here, where nothing is being typed.
async function noteTold() {
  const before = kept, theirs = await keptElsewhere();
  if (theirs === null || unsent || sending || kept !== before || theirs === kept || !$("#text")) return;
  kept = $("#text").value = theirs;
}

desk.addEventListener("input", (event) => {
  if (event.target.id === "text") keepNote();
  if (event.target.name === "code") wanted();
  if (["on", "amount"].includes(event.target.name)) check();
  if (event.target.form?.id === "written") $("#why").textContent = "";
});
desk.addEventListener("submit", (event) => event.preventDefault());
desk.addEventListener("click", (event) => {
  const button = event.target.closest("button, summary");
  if (!button) return;
  const data = button.dataset;
  if (data.turn) act("state", data.pause ? { to: data.turn, pause: data.pause } : { to: data.turn });
  else if (data.call === "mute") {
    const on = button.getAttribute("aria-pressed") !== "true";
    act("call", { do: on ? "mute" : "unmute" }).then((ok) => ok && $("[data-call=mute]")?.setAttribute("aria-pressed", on));
  } else if (data.to && !$(data.to).value) $(data.to).focus();
  else if (data.call) act("call", data.to ? { do: data.call, to: $(data.to).value } : { do: data.call });
  else if (data.choose) { $("#to").value = data.choose; $("#to").focus(); }
  else if ("identify" in data) act("identity");
  else if ("look" in data) look();
  else if ("askPaid" in data) act("paid-question").then((ok) => ok && look());
  else if (data.stage) act("mark", { kind: "stage", code: data.stage });
  else if (data.objection) { if (!button.parentElement.open) ask("mark", { kind: "objection", code: data.objection }); }
  else if ("complain" in data) act("complaint", { text: $("#text")?.value || "" });
  else if ("trigger" in data) act("mark", { kind: "trigger" });
  else if (data.save) save(data.save === "ready");
  else if (data.decide) decide(data.decide);
});

// Has he paid? What is known this moment; where the creditor may be asked, Enter does it.
let looking = null;
async function look() {
  looking = shown();
  await renew();
  const looked = $("#looked");
  if (looked) looked.textContent = new Date().toLocaleTimeString(document.documentElement.lang);
  offerToAsk();
  ($("#ask-paid") || $("[data-look]"))?.focus();
}

// He has asked about this call: the question to the creditor stays offered.
function offerToAsk() {
  const ask = $("#ask-paid");
  if (ask) ask.hidden = !looking || looking !== shown();
}

let calledAt = 0;
const TWICE = 2000;
async function decide(what) {
  if (what === "call") calledAt = Date.now();
  const reason = $("#preview [name=reason]").value.trim();
  const answer = await ask("preview", what === "skip" ? { decide: what, reason } : { decide: what });
  const why = answer.why.join(" ") || answer.message;
  // Of whom he wants called: the next one may be shown by now.
  if (!answer.ok && what === "call") say(why);
  else if (!answer.ok && $("#preview #why")) $("#preview #why").textContent = why;
  await renew();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
  const press = (element) => {
    if (!element) return;
    event.preventDefault();
    if (element.matches("select, input")) element.focus();
    else element.click();
  };
  if (event.target.id === "to" && event.key === "Enter" && !event.ctrlKey) {
    event.preventDefault();
    $("[data-call=transfer]")?.click();
  } else if (/^F\d+$/.test(event.key)) {
    // The desk's own keys are never the browser's, whose search would take the next digits; F5 may load the page anew.
    if (/^F([1-46-9]|10)$/.test(event.key)) event.preventDefault();
    // Who presses F9 twice wants the call, not its end.
    const twice = event.key === "F9" && (event.repeat || Date.now() - calledAt < TWICE);
    if (!twice) press($(`[data-hotkey=${event.key}]`));
  } else if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); save(true); }
  else if (event.altKey && /^[1-9]$/.test(event.key)) {
    event.preventDefault();
    press(document.querySelectorAll("[data-turn=away]")[event.key - 1]);
  }
  else if (!typing && !event.ctrlKey && !event.altKey && !event.metaKey && /^\d$/.test(event.key)) {
    const choice = $(`#written [data-digit="${event.key}"]`);
    if (!choice) return;
    event.preventDefault();
    choice.checked = true;
    wanted();
    ($(`.wanted[data-for="${choice.dataset.wants}"] input`) || choice).focus();
  }
});

// The browser itself comes back after a break and names the last event it has. Where it gives up, the program was started
// anew: then we ask again, and whoever has to sign in is led to the door.
function listen() {
  const events = new EventSource("/api/v1/desk/events");
  for (const name of ["state", "call", "identified", "paid", "preview", "wrap_up", "overrun", "recording", "reset"]) events.addEventListener(name, renew);
  events.addEventListener("note", noteTold);
  // Whom he wanted called is not: the next one may be there already.
  events.addEventListener("not_called", (event) => say(JSON.parse(event.data).message[document.documentElement.lang]));
  events.addEventListener("error", () => {
    say(desk.dataset.lost);
    if (events.readyState !== EventSource.CLOSED) return;
    setTimeout(() => { renew(); listen(); }, 3000);
  });
  events.addEventListener("open", () => { say(""); sendNote(); });
}
listen();
noteShown();
wanted();
guardTheDoor();
