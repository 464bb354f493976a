/*
 * A call or a visit, written down while the person speaks (data-log-contact): the timer that fills in the minutes, and
 * fields that only matter to a choice. Everything works without this file; buttons that only serve then are hidden.
 */
import { eachFound } from "../shared/found.js";

const SECOND = 1000;

function clock(seconds) {
  const parts = [Math.floor(seconds / 60), Math.floor(seconds % 60)];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** Count from when the page was opened; whoever types the minutes has the last word. */
function startTimer(form, place) {
  const minutes = form.elements.minutes;
  const shown = place.querySelector("[role=timer]");
  const button = place.querySelector("button");
  let counted = Number(minutes.value || 0) * 60;
  let since = performance.now();
  let isTyped = false;

  const elapsed = () => counted + (since === null ? 0 : (performance.now() - since) / SECOND);
  const show = () => {
    const words = since === null ? place.dataset.stopped : place.dataset.running;
    shown.textContent = words.replace("{time}", clock(elapsed()));
    if (!isTyped && since !== null) minutes.value = Math.ceil(elapsed() / 60);
  };
  button.addEventListener("click", () => {
    counted = elapsed();
    since = since === null ? performance.now() : null;
    button.textContent = since === null ? place.dataset.go : place.dataset.stop;
    show();
  });
  minutes.addEventListener("input", () => (isTyped = true));
  place.hidden = false;
  show();
  const ticking = setInterval(() => (form.isConnected ? show() : clearInterval(ticking)), SECOND);
}

function follow(form) {
  const isInPerson = form.elements.channel.value === "in_person";
  form.elements.office.closest(".field").hidden = !isInPerson;
  const resolve = form.querySelector("[data-resolve]");
  resolve.textContent = isInPerson ? resolve.dataset.inPerson : resolve.dataset.phone;
  const isAdded = [...form.querySelectorAll("[name=add_to]")].some((choice) => choice.checked && choice.value);
  form.elements.subject.closest(".field").hidden = isAdded;
}

eachFound("form[data-log-contact]", (form) => {
  form.addEventListener("change", () => follow(form));
  form.addEventListener("htmx:afterSettle", () => follow(form));
  follow(form);
  startTimer(form, form.querySelector("[data-timer]"));
});

eachFound("[data-without-scripts]", (row) => (row.hidden = true));
