/*
 * Forms: focus on what went wrong (data-focus) or where a page of one act begins (data-begin), how much fits (data-limit),
 * a warning before unsent text is left behind (data-keep), and one submission for one click, however nervous (data-once).
 * Every form works without this file.
 */
import { eachFound } from "./found.js";

const RESTING_MS = 15_000; // a submission that brought no answer for so long may be tried again

eachFound("[data-focus]", (summary) => summary.focus());

eachFound("[data-begin]", (part) => {
  if ((part.closest("dialog") ?? document).querySelector("[data-focus]")) return;
  requestAnimationFrame(() => {
    const fields = [...part.querySelectorAll("input:not([type=hidden], .unseen), select, textarea")];
    const first = fields.find((field) => field.getClientRects().length > 0);
    if (document.activeElement !== first && fields.includes(document.activeElement)) return; // the person was quicker
    const chosen = first?.type === "radio" && fields.find((field) => field.name === first.name && field.checked);
    (chosen || first)?.focus({ preventScroll: true });
  });
});

eachFound("[data-limit-of]", (note) => {
  const field = document.getElementById(note.dataset.limitOf);
  const limit = Number(field.dataset.limit);
  const words = new Intl.NumberFormat([document.documentElement.lang, "es"], { useGrouping: "always" });
  const silent = note.cloneNode(false); // typing must not be read aloud letter by letter: the visible count is silent
  const spoken = note;
  silent.removeAttribute("id");
  silent.removeAttribute("data-limit-of");
  silent.setAttribute("aria-hidden", "true");
  spoken.classList.add("unseen");
  spoken.setAttribute("aria-live", "polite");
  spoken.after(silent);

  const sentence = () => {
    // The server counts a line break as two characters (CR LF), as browsers send it.
    const left = limit - field.value.replace(/\r?\n/g, "\r\n").length;
    const number = Math.abs(left);
    const form = (left < 0 ? "over" : "left") + (number === 1 ? "One" : "");
    silent.classList.toggle("limit-exceeded", left < 0);
    return note.dataset[form].replace("{number}", words.format(number));
  };
  let pause;
  const tell = () => {
    silent.textContent = sentence();
    clearTimeout(pause);
    pause = setTimeout(() => (spoken.textContent = silent.textContent), 1000);
  };
  field.addEventListener("input", tell);
  silent.textContent = sentence();
});

const changed = new Set();
eachFound("form[data-unsent]", (form) => changed.add(form)); // came back from the server with text not sent yet
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-keep]")) changed.add(form);
});
document.addEventListener("kept", (event) => changed.delete(event.target)); // what was typed is kept as a draft
addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});

const sent = new WeakSet();
const release = (form) => {
  sent.delete(form);
  for (const button of form.querySelectorAll("[aria-busy]")) {
    button.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
  }
};
document.addEventListener(
  "submit",
  (event) => {
    if (!sent.has(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  { capture: true },
);
document.addEventListener("submit", (event) => {
  const form = event.target;
  changed.delete(form);
  if (!form.matches("[data-once]")) return;
  sent.add(form);
  event.submitter?.setAttribute("aria-busy", "true");
  event.submitter?.setAttribute("aria-disabled", "true");
  setTimeout(release, RESTING_MS, form);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) release(form);
});
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-once]").forEach(release);
});
