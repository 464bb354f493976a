/*
 * Who else has the ticket in front of them (data-presence): this page says every 20 seconds that it is there, while it is
 * visible, and whether somebody is writing in it; the answer is who else is. Without this file the page only shows who
 * was there when it was drawn.
 */
import { eachFound, isTyping } from "../shared/found.js";

const BEAT_MS = 20_000;
const STOPPED_WRITING_MS = 15_000;
const AGAIN_MS = 3_000; // who came while this page's stream was being opened

eachFound("[data-presence]", (place) => {
  const form = place.querySelector("form");
  const who = place.querySelector("[role=status]");
  let wroteAt = -Infinity;
  let saidWriting = false;

  const isWriting = () => performance.now() - wroteAt < STOPPED_WRITING_MS;
  const body = (name, value) => {
    const data = new FormData(form);
    data.set(name, value);
    return data;
  };

  async function beat() {
    if (document.hidden) return;
    saidWriting = isWriting();
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { "HX-Request": "true" },
      body: body("writes", saidWriting ? "1" : "0"),
    }).catch(() => null);
    const html = answer?.ok && !answer.redirected ? (await answer.text()).trim() : null;
    if (html !== null && html !== who.innerHTML.trim()) who.innerHTML = html;
  }

  function leave() {
    navigator.sendBeacon(form.action, body("leaves", "1"));
  }

  function typed(event) {
    if (!isTyping(event.target) || !event.target.matches("textarea, [contenteditable]")) return;
    wroteAt = performance.now();
    if (!saidWriting) beat();
  }

  const timer = setInterval(() => {
    if (place.isConnected) beat();
    else stop(); // another drawing of the ticket has taken this one's place
  }, BEAT_MS);
  const changed = () => (document.hidden ? leave() : beat());

  function stop() {
    clearInterval(timer);
    document.removeEventListener("input", typed);
    document.removeEventListener("visibilitychange", changed);
    removeEventListener("pagehide", leave);
  }

  document.addEventListener("input", typed);
  document.addEventListener("visibilitychange", changed);
  addEventListener("pagehide", leave);
  beat();
  setTimeout(() => place.isConnected && beat(), AGAIN_MS);
});
