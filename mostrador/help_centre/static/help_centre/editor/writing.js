/*
 * The page on which a text is written (data-writing): it is saved some seconds after each change and shown beside as
 * readers will see it. What could not be saved is said in words, stays in the page and is tried again: without
 * connection, or when the session has ended. When somebody else has saved, nothing more is sent until both texts have been
 * compared. What can be done next with the text is drawn again once it is a draft. Without this file the same buttons
 * save and show.
 */
import { tokenOf } from "./server.js";

const SAVE_AFTER_MS = 3000; // without typing
const SAVE_AT_LEAST_MS = 20_000;
const SHOW_AFTER_MS = 400;
const TRY_AGAIN_MS = 15_000;

const form = document.querySelector("form[data-writing]");
const state = form.querySelector("[data-state]");
const signIn = form.querySelector("[data-sign-in]");
const compare = form.querySelector("[data-compare]");
const paper = document.querySelector("[data-preview]");
const steps = document.querySelector("[data-steps]");
let isChanged = form.querySelector(".error-summary") !== null; // came back with words that are not saved
let isStopped = false; // somebody else has saved
let isFollowed = false; // the steps are those of what has been saved here
let isLeaving = false; // with all the words, to the page that compares
let changedAt = 0;
let saving = null;
let pause;
let show;
let showing = new AbortController();

for (const each of form.querySelectorAll("[data-without-scripts]")) each.hidden = true;
form.addEventListener("input", () => {
  if (!isChanged) changedAt = Date.now();
  isChanged = true;
  if (!isStopped && !saving && signIn.hidden) say(form.dataset.unsaved);
  const most = Math.max(0, changedAt + SAVE_AT_LEAST_MS - Date.now());
  saveIn(Math.min(SAVE_AFTER_MS, most));
  clearTimeout(show);
  show = setTimeout(preview, SHOW_AFTER_MS);
});
addEventListener("focus", () => signIn.hidden || saveIn(0)); // back from signing in
addEventListener("online", () => isChanged && saveIn(0));
addEventListener("beforeunload", (event) => (isChanged || saving) && !isLeaving && event.preventDefault());

// The button saves without leaving. Whatever else leaves this page or acts on the article comes after saving.
document.addEventListener(
  "submit",
  (event) => {
    const { target, submitter } = event;
    if (target.method === "dialog" || target.closest("dialog")) return;
    if (target === form && submitter === compare) isLeaving = true;
    else if (target === form) {
      event.preventDefault();
      event.stopImmediatePropagation();
      isChanged = true;
      saveIn(0);
    } else if (isChanged) {
      event.preventDefault();
      event.stopImmediatePropagation();
      save().then(() => isChanged || target.requestSubmit(submitter));
    }
  },
  { capture: true },
);

function saveIn(milliseconds) {
  clearTimeout(pause);
  if (!isStopped) pause = setTimeout(save, milliseconds);
}

/** Save what there is now; one at a time, so that nobody saves over themselves. */
async function save() {
  clearTimeout(pause);
  if (saving) await saving;
  if (!isChanged || isStopped) return;
  saving = send();
  await saving;
  saving = null;
}

async function send() {
  isChanged = false;
  say(form.dataset.saving);
  const answer = await post(form.dataset.keeps);
  const told = await (answer?.json().catch(() => null));
  signIn.hidden = !(answer?.headers.has("HX-Redirect") || answer?.status === 403);
  if (answer?.ok && told) {
    form.elements.stand.value = told.stand;
    if (!isFollowed) follow();
    if (isChanged) return saveIn(SAVE_AFTER_MS); // more was typed meanwhile
    return say(told.words);
  }
  isChanged = true;
  if (!told) {
    say(signIn.hidden ? form.dataset.unreachable : form.dataset.signedOut, "bad");
    return saveIn(TRY_AGAIN_MS);
  }
  say(told.words, "bad");
  isStopped = told.is_conflict;
  compare.hidden = !isStopped;
}

/** Offer what can be done with a draft: before the first saving there may have been none, or one with a date. */
async function follow() {
  isFollowed = true;
  const answer = await fetch(location.href).catch(() => null);
  const html = answer?.ok ? await answer.text().catch(() => "") : "";
  const newer = new DOMParser().parseFromString(html, "text/html").querySelector("[data-steps]");
  isFollowed = newer !== null && !saving && !steps.contains(document.activeElement);
  if (isFollowed) steps.replaceChildren(...newer.children);
}

async function preview() {
  showing.abort();
  showing = new AbortController();
  const answer = await post(form.dataset.previews, showing.signal);
  if (!answer?.ok || answer.headers.has("HX-Redirect")) return;
  const html = await answer.text().catch(() => null);
  if (html === null) return;
  const { scrollTop } = paper;
  paper.innerHTML = html;
  paper.scrollTop = scrollTop;
}

function post(address, signal) {
  const body = new FormData(form);
  body.set("csrfmiddlewaretoken", tokenOf(form));
  return fetch(address, { method: "POST", body, signal, headers: { "HX-Request": "true" } }).catch(() => null);
}

function say(words, kind = "") {
  state.textContent = words;
  state.dataset.kind = kind;
}
