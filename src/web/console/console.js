// Renews the parts of a page that say where they come from: <section data-live="/live">, every other second. A part is
// left alone while the page is not looked at, and for good once an answer says that it is the last. Without this script the page shows what it showed when it was opened.
"use strict";
for (const part of document.querySelectorAll("[data-live]")) {
  const renewing = setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(part.dataset.live, { headers: { "x-part": "1" } });
      if (answer.redirected) location.reload();
      if (answer.ok) part.innerHTML = await answer.text();
      if (answer.headers.has("x-last")) clearInterval(renewing);
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
