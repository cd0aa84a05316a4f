// Renews the parts of a page that say where they come from: <section data-live="/live">, every other second. A part is
// left alone while the page is not looked at. Without this script the page shows what it showed when it was opened.
"use strict";
for (const part of document.querySelectorAll("[data-live]")) {
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(part.dataset.live, { headers: { "x-part": "1" } });
      if (answer.redirected) location.reload();
      if (answer.ok) part.innerHTML = await answer.text();
      part.classList.toggle("stale", !answer.ok);
    } catch {
      part.classList.add("stale");
    }
  }, 2000);
}
for (const form of document.querySelectorAll("form[data-ask]")) {
  form.addEventListener("submit", (event) => {
    if (!confirm(form.dataset.ask)) event.preventDefault();
  });
}
