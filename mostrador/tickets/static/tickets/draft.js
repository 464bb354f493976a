/*
 * What is typed where the desk writes (data-draft) is kept a moment after each change, and found again on returning. A
 * newer text, from another tab, is never written over: this page says so and stops keeping; so it does when the ticket was
 * joined to another, where the words wait. Without this file nothing is kept until it is sent.
 */
import { eachFound } from "../shared/found.js";

const KEEP_AFTER_MS = 1200; // without typing
const TRY_AGAIN_MS = 10_000;

eachFound("[data-draft]", (composer) => {
  const [answer, note] = ["#reply_text", "#note_note"].map((name) => composer.querySelector(name));
  const words = composer.querySelector("[data-draft-words]");
  const token = composer.querySelector("[name=csrfmiddlewaretoken]");
  let { stand } = composer.dataset;
  let pause = 0;
  let isStopped = false;
  let keeping = null;

  composer.addEventListener("input", (event) => {
    if (event.target === answer || event.target === note) keepIn(KEEP_AFTER_MS);
  });
  composer.addEventListener("submit", () => {
    clearTimeout(pause);
    keeping?.abort();
  });
  composer.addEventListener("htmx:sendError", () => keepIn(TRY_AGAIN_MS));
  document.addEventListener("visibilitychange", () => document.hidden && pause && keep());

  function keepIn(milliseconds) {
    clearTimeout(pause);
    if (!isStopped) pause = setTimeout(keep, milliseconds);
  }

  async function keep() {
    clearTimeout(pause);
    pause = 0;
    if (isStopped || !composer.isConnected) return;
    if (keeping) return keepIn(KEEP_AFTER_MS);
    keeping = new AbortController();
    const sent = new URLSearchParams({ text: answer?.value ?? "", note: note?.value ?? "", stand });
    const { signal } = keeping;
    const told = await fetch(composer.dataset.draft, {
      method: "POST",
      body: sent,
      headers: { "X-CSRFToken": token.value },
      keepalive: sent.toString().length < 60_000,
      signal,
    }).catch(() => null);
    keeping = null;
    if (signal.aborted || !composer.isConnected) return;
    const kept = told && !told.redirected && [200, 409].includes(told.status) ? await told.json().catch(() => null) : null;
    if (!kept) return keepIn(TRY_AGAIN_MS);
    say(kept, told.status === 409);
    isStopped = told.status === 409;
    if (isStopped) return;
    stand = kept.stand;
    if (pause) return; // more was typed meanwhile
    for (const form of [answer?.form, note?.form]) form?.dispatchEvent(new CustomEvent("kept", { bubbles: true }));
  }

  function say({ words: text, link }, isBad) {
    words.textContent = text;
    if (link) words.append(" ", Object.assign(document.createElement("a"), { href: link.address, textContent: link.label }));
    words.classList.toggle("field-error", isBad);
  }
});
