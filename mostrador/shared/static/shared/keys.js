/*
 * Single keys for staff: an element with data-key is clicked (buttons, links) or focused (fields) by that key, unless the
 * person is writing. "?" opens the list of keys. They can be switched off there (WCAG 2.1.4), for this browser.
 */
import { eachFound, isTyping } from "./found.js";

const SWITCHED_OFF = "mostrador.keys-off";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]") || localStorage.getItem(SWITCHED_OFF)) return;
  const target = event.key === "?" ? "[data-opens=shortcuts]" : `[data-key="${CSS.escape(event.key)}"]`;
  const element = document.querySelector(target);
  if (!element) return;
  event.preventDefault();
  if (element.matches("input, textarea, select")) element.focus();
  else element.click();
});

eachFound("[data-switch-keys]", (box) => {
  box.closest("[hidden]").hidden = false;
  box.checked = !localStorage.getItem(SWITCHED_OFF);
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(SWITCHED_OFF);
    else localStorage.setItem(SWITCHED_OFF, "1");
  });
});
