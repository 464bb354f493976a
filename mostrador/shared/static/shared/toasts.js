/*
 * Toasts: short messages in a corner that stay until they are closed, by their button or Escape. The server shows one after an htmx request with the
 * header HX-Trigger: {"toast": {"text": "…", "kind": "good"}}; kind is info, good, warning or bad.
 */
import { eachFound } from "./found.js";

const region = document.getElementById("toasts");

document.addEventListener("toast", (event) => {
  const { text, kind = "info" } = event.detail;
  const toast = region.querySelector("template").content.firstElementChild.cloneNode(true);
  toast.classList.replace("toast-info", `toast-${kind}`);
  toast.querySelector("p").textContent = text;
  region.querySelectorAll("[data-toast]").forEach((old) => old.remove());
  region.append(toast);
  closable(toast);
});

eachFound("[data-toast]", (toast) => {
  closable(toast);
  if (region.contains(toast)) setTimeout(() => toast.isConnected && region.append(toast), 300); // a live region tells only what comes later
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  document.querySelectorAll("[data-toast]").forEach((toast) => toast.remove());
});

function closable(toast) {
  const button = toast.querySelector("[data-close-toast]");
  button.hidden = false;
  button.addEventListener("click", () => toast.remove());
}
