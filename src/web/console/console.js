// Renews the parts of a page that say where they come from: <section data-live="/live">, every other second. A part is
// left alone while the page is not looked at, and for good once an answer says that it is the last. Without this script the page shows what it showed when it was opened.
"use strict";
// Only what has changed is put anew, so that the focus, a selected text and what lies open stay. What leads or acts elsewhere
// than before is another thing: the focus goes with the old one, wherever it stands now, and never to its neighbour.
function renew(part, text) {
  const fresh = part.cloneNode(false);
  fresh.innerHTML = text;
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const name = focused && named(focused);
  renewChildren(part, fresh);
  if (name && document.activeElement !== focused) part.querySelector(name)?.focus({ preventScroll: true });
}
function renewChildren(old, fresh) {
  for (const [at, node] of [...fresh.childNodes].entries()) {
    const was = old.childNodes[at];
    if (!was) old.append(node.cloneNode(true));
    else if (!was.isEqualNode(node)) renewNode(was, node);
  }
  while (old.childNodes.length > fresh.childNodes.length) old.lastChild.remove();
}
function renewNode(old, fresh) {
  if (old.nodeName !== fresh.nodeName || named(old) !== named(fresh)) return old.replaceWith(fresh.cloneNode(true));
  if (old.nodeType !== Node.ELEMENT_NODE) { old.nodeValue = fresh.nodeValue; return; }
  // Whether it lies open is the reader's.
  const kept = old.localName === "details" ? "open" : "";
  for (const { name } of [...old.attributes]) if (name !== kept && !fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of [...fresh.attributes]) if (name !== kept && old.getAttribute(name) !== value) old.setAttribute(name, value);
  renewChildren(old, fresh);
}
// A selector of what leads or acts somewhere; nothing of what only shows.
function named(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return null;
  const of = (name) => node.hasAttribute(name) ? `[${name}="${CSS.escape(node.getAttribute(name))}"]` : "";
  if (node.id) return "#" + CSS.escape(node.id);
  if (node.localName === "a") return "a" + of("href");
  if (node.localName === "form") return "form" + of("action");
  if (!["button", "input", "select", "textarea"].includes(node.localName)) return null;
  return `form[action="${CSS.escape(node.form?.getAttribute("action") ?? "")}"] ${node.localName}${of("name")}${of("value")}`;
}
for (const part of document.querySelectorAll("[data-live]")) {
  const renewing = setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(part.dataset.live, { headers: { "x-part": "1" } });
      if (answer.redirected) location.reload();
      if (answer.ok) renew(part, await answer.text());
      if (answer.headers.has("x-last")) {
        clearInterval(renewing);
        if (part.dataset.then === "reload") location.reload();
      }
      part.classList.toggle("stale", !answer.ok);
    } catch {
      part.classList.add("stale");
    }
  }, 2000);
}
document.addEventListener("submit", (event) => {
  const ask = event.target.dataset.ask;
  if (ask && !confirm(ask)) event.preventDefault();
});
// A file's text that was changed and not sent is asked for before its page goes.
let sends = false;
document.addEventListener("submit", (event) => { sends = !event.defaultPrevented && !!event.target.querySelector("textarea.code"); });
addEventListener("beforeunload", (event) => {
  const changed = [...document.querySelectorAll("textarea.code")].some((text) => text.value !== text.defaultValue);
  if (changed && !sends) event.preventDefault();
});
// Leads a player to a mark: <button data-sound="sound" data-seek="12.5">.
document.addEventListener("click", (event) => {
  const mark = event.target.closest("[data-seek]");
  const sound = mark && document.getElementById(mark.dataset.sound);
  if (!sound) return;
  const seek = () => { sound.currentTime = Number(mark.dataset.seek); sound.play(); };
  if (sound.readyState > 0) return seek();
  sound.addEventListener("loadedmetadata", seek, { once: true });
  sound.load();
});
// Sends a file piece by piece: <form action="/imports" data-send="1048576" data-largest="…" data-too-large="…">. The form's
// address gives the file its own, which takes the pieces and shows what came of them.
async function send(form) {
  const [file] = form.elements.file.files;
  const [progress, said, button] = ["progress", "output", "button"].map((part) => form.querySelector(part));
  const refuse = async (answer) => { throw new Error((await answer.text()) || `HTTP ${answer.status}`); };
  said.value = "";
  if (file.size === 0 || file.size > Number(form.dataset.largest)) { said.value = form.dataset.tooLarge; return; }
  button.disabled = true;
  [progress.hidden, progress.max, progress.value] = [false, file.size, 0];
  try {
    const begun = await fetch(form.action, { method: "POST", body: new URLSearchParams({ name: file.name, size: file.size }) });
    if (!begun.ok) await refuse(begun);
    const piece = Number(form.dataset.send);
    for (let at = 0; at < file.size; at += piece) {
      const taken = await fetch(`${begun.url}/pieces?at=${at}`, {
        method: "POST", headers: { "content-type": "application/octet-stream" }, body: file.slice(at, at + piece),
      });
      if (!taken.ok) await refuse(taken);
      progress.value = Math.min(file.size, at + piece);
    }
    location = begun.url;
  } catch (fault) {
    said.value = fault.message;
    [button.disabled, progress.hidden] = [false, true];
  }
}
document.addEventListener("submit", (event) => {
  if (!event.target.dataset.send) return;
  event.preventDefault();
  send(event.target);
});
