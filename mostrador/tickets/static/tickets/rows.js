/*
 * Lists of the desk. By keys: j and k (or the arrows, once in the list) move between rows, o opens (Enter opens by itself,
 * because the row's link has the focus), x ticks, X ticks the page, Shift and x (or click) everything in between. What is
 * ticked is kept while the list renews itself: rows change in place, those that left are dimmed, new ones wait behind a
 * button; nothing moves until the person says so. Without this file the list is a page with boxes and buttons.
 */
import { isTyping, keysAreOff } from "../shared/found.js";

const STEPS = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };
const TIME_PASSES_MS = 60_000; // what is left of the terms is drawn again

const rows = () => [...document.querySelectorAll("[data-row]")];
const linkOf = (row) => row.querySelector("th a");
const boxOf = (row) => row.querySelector("input[name=t]");
const current = () => document.activeElement?.closest?.("[data-row]") ?? null;

// --- Keys ---------------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]") || keysAreOff()) return;
  const all = rows();
  const row = current();
  if (event.key === "o" && row) {
    event.preventDefault();
    linkOf(row).click();
  }
  if (event.key === "x" && row) {
    event.preventDefault();
    tick(row, !boxOf(row)?.checked, false);
  }
  if (event.key === "X") {
    event.preventDefault();
    if (row && last && last !== row) tickBetween(row);
    else tickAll(!all.every((each) => boxOf(each)?.checked));
  }
  if (event.key === "Escape" && ticked().length && !document.querySelector("[data-toast]")) clear();
  const step = STEPS[event.key];
  if (!step || (event.key.startsWith("Arrow") && !row)) return;
  const next = row ? all[all.indexOf(row) + step] : all[0];
  if (!next) return;
  event.preventDefault();
  linkOf(next).focus();
  next.scrollIntoView({ block: "nearest" });
});

// --- What is ticked -----------------------------------------------------------------------------------

const bar = document.querySelector("[data-bulk]");
let last = null; // the row that was ticked last

const ticked = () => rows().filter((row) => boxOf(row)?.checked);

function tick(row, checked) {
  const box = boxOf(row);
  if (!box) return;
  box.checked = checked;
  last = row;
  tell();
}

function tickBetween(row) {
  const all = rows();
  const [from, to] = [all.indexOf(last), all.indexOf(row)].sort((a, b) => a - b);
  const checked = boxOf(last).checked;
  for (const each of all.slice(from, to + 1)) if (boxOf(each)) boxOf(each).checked = checked;
  last = row;
  tell();
}

function tickAll(checked) {
  for (const row of rows()) if (boxOf(row)) boxOf(row).checked = checked;
  tell();
}

function clear() {
  tickAll(false);
  const whole = bar?.querySelector("[name=all]");
  if (whole) whole.checked = false;
  document.getElementById("bulk-act")?.replaceChildren();
  tell();
}

function tell() {
  if (!bar) return;
  const number = ticked().length;
  const wasHidden = bar.hidden;
  const isBusy = document.getElementById("bulk-act").childElementCount > 0;
  const whole = bar.querySelector("[name=all]")?.checked ?? false;
  bar.hidden = number === 0 && !isBusy && !whole;
  document.getElementById("bulk-form").hidden = number === 0 && !whole;
  const count = bar.querySelector("[data-bulk-count]");
  count.textContent = number === 1 ? count.dataset.one : count.dataset.many.replace("{number}", number);
  const page = document.getElementById("bulk-page");
  if (page) {
    page.checked = number > 0 && number === rows().length;
    page.indeterminate = number > 0 && !page.checked;
  }
  // What floats must not cover the last rows, nor what has the focus.
  document.getElementById("main").style.paddingBlockEnd = bar.hidden ? "" : `${bar.offsetHeight + 16}px`;
  if (wasHidden && !bar.hidden) current()?.scrollIntoView({ block: "nearest" });
}

if (bar) {
  bar.dataset.floating = "";
  bar.querySelectorAll("[hidden]").forEach((part) => (part.hidden = false));
  document.addEventListener("click", (event) => {
    const box = event.target.closest?.("input[name=t]");
    if (!box) return;
    const row = box.closest("[data-row]");
    if (event.shiftKey && last?.isConnected && last !== row) tickBetween(row);
    else tick(row, box.checked);
  });
  document.getElementById("bulk-page")?.addEventListener("change", (event) => tickAll(event.target.checked));
  bar.querySelector("[name=all]")?.addEventListener("change", tell);
  bar.addEventListener("click", (event) => {
    if (event.target.closest("[data-bulk-clear]")) clear();
    if (event.target.closest("[data-bulk-cancel]")) {
      event.preventDefault();
      document.getElementById("bulk-act").replaceChildren();
      tell();
      (linkOf(last ?? rows()[0] ?? bar) ?? bar).focus();
    }
  });
  // A key on a row without a tick is for that row.
  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest?.("#bulk-form [name=kind]");
      const row = current();
      if (button && row && ticked().length === 0 && !bar.querySelector("[name=all]")?.checked) tick(row, true);
    },
    { capture: true },
  );
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!event.detail.elt.closest?.("[data-bulk]")) return;
    tell();
    const act = document.getElementById("bulk-act");
    if (!act.querySelector("form.bulk-ask")) return;
    const fields = [...act.querySelectorAll("[data-focus], input:not([type=hidden]), select, textarea, [data-bulk-go]")];
    fields.find((field) => field.getClientRects().length > 0)?.focus();
  });
  document.addEventListener("bulk-done", () => {
    tickAll(false);
    const whole = bar.querySelector("[name=all]");
    if (whole) whole.checked = false;
    tell();
    renew();
  });
  tell();
}

// --- Live ---------------------------------------------------------------------------------------------

const words = document.querySelector("[data-list-words]")?.dataset;
const mark = words ? document.querySelector(".live-mark[hx-get]") : null;
let news = mark?.getAttribute("hx-get"); // asks whether anything has changed since the list was fetched
let waiting = null; // the list as it is now, until the person wants to see it
let asking = false;

/** Fetch the list again from its own address and change what is on the page in place. */
async function renew() {
  if (asking || document.hidden || !rowsBody()) return;
  asking = true;
  try {
    const answer = await fetch(location.href, { headers: { "HX-Request": "true", "HX-Current-URL": location.href } });
    if (!answer.ok || answer.redirected || answer.headers.has("HX-Redirect")) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    news = fresh.querySelector(".live-mark[hx-get]")?.getAttribute("hx-get") ?? news;
    compare(fresh);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // the network was away: the next change tries again
  } finally {
    asking = false;
  }
}

const rowsBody = () => rows()[0]?.parentElement ?? null;

function compare(fresh) {
  const freshRows = new Map([...fresh.querySelectorAll("[data-row]")].map((row) => [row.dataset.ticket, row]));
  const here = rows();
  const known = new Set(here.map((row) => row.dataset.ticket));
  const arrived = [...freshRows.keys()].filter((key) => !known.has(key));
  // New ones push the last rows to the next page: those have not left the list.
  const hasNext = fresh.querySelector("[rel=next]") !== null;
  const tail = hasNext && arrived.length ? here.slice(-arrived.length) : [];
  waiting = { fresh, freshRows, arrived };
  standingStill(() => {
    for (const row of here) {
      const now = freshRows.get(row.dataset.ticket);
      if (now) change(row, now);
      else if (!tail.includes(row)) dim(row);
    }
    announce(arrived.length);
  });
}

/** Change rows without the one under the pointer, else the one with the focus, else the first in view moving. */
function standingStill(act) {
  const held = document.querySelector("[data-row]:hover") ?? current();
  const anchor = held ?? rows().find((row) => row.getBoundingClientRect().bottom > 0);
  const place = anchor?.getBoundingClientRect().top;
  act();
  if (anchor?.isConnected) scrollBy(0, anchor.getBoundingClientRect().top - place);
}

function change(row, now) {
  row.classList.remove("row-gone");
  const cells = (of) => [...of.children].filter((cell) => !cell.matches(".choose"));
  const before = cells(row);
  cells(now).forEach((cell, index) => {
    const old = before[index];
    if (!old || old.innerHTML === cell.innerHTML) return;
    keepHeight(row);
    const hadFocus = old.contains(document.activeElement);
    const fresh = document.importNode(cell, true);
    old.replaceWith(fresh);
    if (hadFocus) fresh.querySelector("a")?.focus({ preventScroll: true });
  });
}

function dim(row) {
  if (row.classList.contains("row-gone") || !mark) return;
  keepHeight(row);
  row.classList.add("row-gone");
  const head = row.querySelector("th");
  let note = head.querySelector(".row-note");
  if (!note) {
    note = document.createElement("span");
    note.className = "row-note";
    head.append(note);
  }
  note.textContent = words.gone; // in the place of the other words, so that no line is added
}

/** Rows do not get lower when they get fewer words. */
function keepHeight(row) {
  row.style.height = `${row.getBoundingClientRect().height}px`;
}

function announce(number) {
  if (!mark) return;
  const gone = document.querySelectorAll(".row-gone").length;
  if (!number && !gone) return void mark.replaceChildren();
  const told = number === 0 ? words.refresh : number === 1 ? words.one : words.many.replace("{number}", number);
  if (mark.querySelector("button")?.textContent === told) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet";
  button.textContent = told;
  button.addEventListener("click", show);
  mark.replaceChildren(button);
}

/** Put the list as it is now, keeping the rows that stay, what is ticked, the focus and the place on the screen. */
function show() {
  const { fresh, freshRows, arrived } = waiting;
  const body = rowsBody();
  const hadFocus = mark.contains(document.activeElement);
  const own = new Map(rows().map((row) => [row.dataset.ticket, row]));
  standingStill(() => {
    body.replaceChildren(...[...freshRows].map(([key, row]) => own.get(key) ?? document.importNode(row, true)));
    for (const row of rows()) row.style.height = "";
    for (const selector of [".pagination", "main > .tabs", "main .views"]) {
      const [old, now] = [document.querySelector(selector), fresh.querySelector(selector)];
      if (old && now) old.replaceWith(document.importNode(now, true));
    }
    mark.replaceChildren();
  });
  const first = rows().find((row) => row.dataset.ticket === arrived[0]) ?? rows()[0];
  if (hadFocus && first) linkOf(first).focus({ preventScroll: true });
  tell();
}

if (mark) {
  // The cheap question "has anything changed that I see?" comes first; its answer is only the signal.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target === mark) event.detail.path = news;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== mark || !rowsBody()) return;
    event.detail.shouldSwap = false;
    if (event.detail.xhr.responseText.trim()) renew();
  });
  setInterval(renew, TIME_PASSES_MS);
  document.addEventListener("visibilitychange", () => document.hidden || renew());
}
