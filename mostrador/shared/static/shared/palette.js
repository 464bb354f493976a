/*
 * The command palette (Ctrl K, or the button in the rail): what can be done on this page, where one can go, and what the
 * server finds, in one list. ARIA: a dialog with a combobox whose list is always open. Without this file the button leads to
 * a page that finds the same.
 */
import { plainLetters } from "./found.js";
import { labelOf } from "./keys.js";

const PAUSE_MS = 90; // after the last letter
const MOST_OF_PAGE = 8;

const dialog = document.getElementById("palette");
if (dialog) palette();

function palette() {
  const field = dialog.querySelector("[role=combobox]");
  const list = dialog.querySelector("[role=listbox]");
  const told = dialog.querySelector("[role=status]");
  let own = []; // of this page: { label, note, element, title }
  let active = -1;
  let pause = 0;
  let asking = null;
  let moved = false;

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else if (!document.querySelector("dialog[open]")) open();
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-opens-palette]");
    if (!opener || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });
  dialog.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option, event.ctrlKey || event.metaKey);
    else if (event.target === dialog || event.target.closest("[data-close-palette]")) dialog.close();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("pointermove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && event.pointerType === "mouse") mark(options().indexOf(option), false);
  });
  field.form.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", () => {
    moved = false;
    draw();
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.key in steps) {
      event.preventDefault();
      move(steps[event.key]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const option = options()[active];
      if (option) take(option, event.ctrlKey || event.metaKey);
    }
  });

  const options = () => [...list.querySelectorAll("[role=option]")];

  function open() {
    own = whatThisPageHas();
    field.value = "";
    moved = false;
    list.replaceChildren();
    dialog.showModal();
    field.focus();
    draw();
  }

  /** Draw what this page has at once, and what the server finds below it when it comes. */
  function draw() {
    const words = plainLetters(field.value).split(/\s+/).filter(Boolean);
    const fits = (item) => words.every((word) => plainLetters(item.label).includes(word));
    const groups = new Map();
    for (const item of own.filter(fits)) {
      if (!groups.has(item.title)) groups.set(item.title, []);
      if (words.length || groups.get(item.title).length < MOST_OF_PAGE) groups.get(item.title).push(item);
    }
    list.querySelectorAll("[data-own]").forEach((group) => group.remove());
    list.prepend(...[...groups].map(([title, items], index) => groupOf(title, items, index)));
    settle();
    clearTimeout(pause);
    pause = setTimeout(ask, field.value ? PAUSE_MS : 0);
  }

  function groupOf(title, items, index) {
    const group = document.createElement("div");
    group.setAttribute("role", "group");
    group.setAttribute("aria-labelledby", `palette-own-${index}`);
    group.dataset.own = "";
    const head = document.createElement("div");
    head.id = `palette-own-${index}`;
    head.className = "palette-title";
    head.textContent = title;
    group.append(head, ...items.map(optionOf));
    return group;
  }

  function optionOf(item) {
    const option = document.createElement("div");
    option.setAttribute("role", "option");
    option.className = "palette-option";
    const label = document.createElement("span");
    label.textContent = item.label;
    option.append(label);
    if (item.key) {
      const key = document.createElement("kbd");
      key.textContent = item.key;
      key.setAttribute("aria-hidden", "true");
      option.append(" ", key);
    }
    option.does = item.element;
    return option;
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const form = new FormData(field.form);
    try {
      const answer = await fetch(dialog.dataset.palette, {
        method: "POST", body: form, signal: asking.signal, headers: { "HX-Request": "true" },
      });
      if (!answer.ok || answer.headers.has("HX-Redirect")) return;
      const found = document.createElement("template");
      found.innerHTML = await answer.text();
      list.querySelectorAll("[role=group]:not([data-own])").forEach((group) => group.remove());
      const groups = [...found.content.querySelectorAll("[role=group]")];
      // What one was at lately comes first while nothing is typed; what is found, after what stood there already.
      if (field.value.trim()) list.append(...groups);
      else list.prepend(...groups.filter(leavesThisPage));
      settle();
      const number = options().length;
      told.textContent = number ? told.dataset.many.replace("{number}", number) : told.dataset.none;
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  /** Take the page where one is out of a group; tell whether anything is left. */
  function leavesThisPage(group) {
    group.querySelector(`[data-href="${location.pathname}"]`)?.remove();
    return group.querySelector("[role=option]") !== null;
  }

  function settle() {
    options().forEach((option, index) => (option.id = `palette-option-${index}`));
    const chosen = moved ? options().findIndex((option) => option.getAttribute("aria-selected") === "true") : 0;
    mark(options().length ? Math.max(chosen, 0) : -1);
  }

  function move(step) {
    const number = options().length;
    if (!number) return;
    moved = true;
    const beyond = active + step;
    const wraps = Math.abs(step) === 1;
    mark(wraps ? (beyond + number) % number : Math.min(Math.max(beyond, 0), number - 1));
  }

  function mark(index, scrolls = true) {
    active = index;
    options().forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = options()[index];
    if (!option) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", option.id);
    if (scrolls) option.scrollIntoView({ block: "nearest" });
  }

  function take(option, elsewhere) {
    const href = option.dataset.href ?? option.does?.getAttribute("href");
    if (elsewhere && href) return void open_(href);
    dialog.close();
    if (option.dataset.href) location.assign(option.dataset.href);
    else if (option.does.matches("input, textarea, select")) option.does.focus();
    else option.does.click();
  }

  const open_ = (href) => window.open(href, "_blank", "noopener");

  /** Buttons and links with a key, those of the heading and of the context, and the sections of the desk. */
  function whatThisPageHas() {
    const { actions, places } = dialog.dataset;
    const seen = new Set();
    const items = [];
    const add = (title, element) => {
      const label = labelOf(element);
      if (!label || seen.has(label) || element.disabled) return;
      seen.add(label);
      items.push({ title, label, element, key: element.dataset.key });
    };
    const isThere = (element) => element.getClientRects().length > 0 || element.closest("details:not([open])");
    const isShown = (element) => isThere(element) && !element.matches("[role=search] button");
    const ofPage = "#main [data-key], .aside [data-key], .page-heading-actions :is(a, button), .aside :is(a, button)";
    [...document.querySelectorAll(ofPage)].filter(isShown).forEach((element) => add(actions, element));
    document.querySelectorAll("[data-staff-keys] button[data-key]").forEach((element) => add(actions, element));
    document.querySelectorAll("[data-staff-keys] a[data-key], .rail-navigation a").forEach((element) => add(places, element));
    return items;
  }
}
