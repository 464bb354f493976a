/*
 * Lists of the desk by keys: j and k (or the arrows, once in the list) move between rows, o opens; Enter opens by itself,
 * because the row's link has the focus.
 */
import { isTyping } from "../shared/found.js";

const SWITCHED_OFF = "mostrador.keys-off"; // as in shared/keys.js
const STEPS = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };

const links = () => [...document.querySelectorAll("[data-row] th a")];

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]") || localStorage.getItem(SWITCHED_OFF)) return;
  const rows = links();
  const current = rows.indexOf(document.activeElement);
  if (event.key === "o" && current >= 0) {
    event.preventDefault();
    rows[current].click();
  }
  const step = STEPS[event.key];
  if (!step || (event.key.startsWith("Arrow") && current < 0)) return;
  const next = current < 0 ? rows[0] : rows[current + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest" });
});
