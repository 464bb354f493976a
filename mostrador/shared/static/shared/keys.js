/*
 * Keys of one letter for staff: an element with data-key is clicked (buttons, links) or focused (fields) by that key, unless
 * the person is writing. data-key="g i" is two keys, one after the other. "?" opens the list of keys. Each person can switch
 * them off there (WCAG 2.1.4); keys with Ctrl stay.
 */
import { eachFound, isTyping, keysAreOff } from "./found.js";

const PATIENCE_MS = 1_500; // between the two keys of a pair

let first = "";
let waiting = 0;

const named = (key) => [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
const begins = (key) => document.querySelector(`[data-key^="${CSS.escape(key)} "]`) !== null;

function forget() {
  clearTimeout(waiting);
  first = "";
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
  if (event.key === "Shift" || document.querySelector("dialog[open]") || keysAreOff()) return;
  const key = first ? `${first} ${event.key}` : event.key;
  const wasPair = first !== "";
  forget();
  if (key === "?") return void help(event);
  const found = named(key).find((element) => !element.disabled);
  if (found) {
    event.preventDefault();
    if (found.matches("input, textarea, select")) found.focus();
    else found.click();
  } else if (!wasPair && begins(key)) {
    event.preventDefault();
    first = key;
    waiting = setTimeout(forget, PATIENCE_MS);
  }
});

/** Open the page's own list of keys, or the general one with what this page has. */
function help(event) {
  const own = document.querySelector("[data-opens=shortcuts]");
  const general = document.getElementById("keys-help");
  if (!own && !general) return;
  event.preventDefault();
  if (own) return void own.click();
  const list = general.querySelector("[data-keys-here]");
  const here = [...document.querySelectorAll("[data-key]")].filter((element) => !element.closest("[data-staff-keys]"));
  list?.replaceChildren(...here.map(line));
  if (list) list.closest("[data-keys-of-page]").hidden = here.length === 0;
  general.showModal();
}

function line(element) {
  const row = document.createElement("div");
  const key = document.createElement("dt");
  const kbd = document.createElement("kbd");
  const meaning = document.createElement("dd");
  kbd.textContent = element.dataset.key;
  key.append(kbd);
  meaning.textContent = labelOf(element);
  row.append(key, meaning);
  return row;
}

/** Return what an element is called, without the key that is drawn in it. */
export function labelOf(element) {
  const named = element.labels?.[0]?.textContent ?? element.getAttribute("aria-label");
  if (named) return named.trim();
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd, .count").forEach((extra) => extra.remove());
  return copy.textContent.replace(/\s+/g, " ").trim();
}

eachFound("[data-switch-keys]", (box) => {
  box.closest("[hidden]").hidden = false;
  box.addEventListener("change", () => {
    (document.querySelector("[data-keys]") ?? document.documentElement).dataset.keys = box.checked ? "on" : "off";
    for (const other of document.querySelectorAll("[data-switch-keys]")) other.checked = box.checked;
    const form = new FormData(box.form);
    form.set("uses_keys", box.checked ? "1" : "0");
    fetch(box.form.action, { method: "POST", body: form, headers: { "HX-Request": "true" } });
  });
});
