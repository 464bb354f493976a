/*
 * Sending: Ctrl+Enter, what a third party needs only where it is asked for, and the seconds in which an answer can be
 * taken back. Of answers that leave together one asks for the page (hx-sync), which shows them all. Without this file the fields are all there and an answer that waits says that it leaves at once.
 */
import { eachFound } from "../shared/found.js";

const ASK_AGAIN_MS = [1500, 3000, 5000, 5000, 10_000, 20_000, 40_000];

let isTakenBack = false;
let hasLeft = false;

eachFound("#reply-form", (form) => {
  const after = form.elements.after;
  const third = form.elements.third_party?.closest(".field");
  const follow = () => (third.hidden = after.value !== "third_party" && !third.matches(".field-bad"));
  after?.addEventListener("change", follow);
  if (third) follow();
  sentByKeys(form, "reply-send");
  if (!isTakenBack) return;
  isTakenBack = false;
  const area = form.elements.text;
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
});

eachFound("#note-form", (form) => sentByKeys(form, "note-send"));

function sentByKeys(form, button) {
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(document.getElementById(button));
  });
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-undo]")) isTakenBack = true;
});

eachFound("[data-leaves-in]", (waiting) => {
  const words = waiting.querySelector("[data-countdown]");
  const leaves = performance.now() + 1000 * Number(waiting.dataset.leavesIn);
  const tick = () => {
    if (!waiting.isConnected) return;
    const left = Math.ceil((leaves - performance.now()) / 1000);
    words.textContent = left > 0 ? words.dataset.words.replace("{seconds}", String(left)) : words.dataset.sending;
    if (left > 0) setTimeout(tick, 250);
    else ask(0);
  };
  const ask = (times) => {
    if (times >= ASK_AGAIN_MS.length) return;
    setTimeout(() => {
      if (!waiting.isConnected) return;
      hasLeft = true;
      waiting.dispatchEvent(new Event("left"));
      ask(times + 1);
    }, ASK_AGAIN_MS[times]);
  };
  tick();
});

// What was not sent after all is in the draft: the page begins again with it, unless something else is being written.
eachFound("[data-not-sent]", () => {
  if (hasLeft && !document.getElementById("reply_text")?.value) location.reload();
});
