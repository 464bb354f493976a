/*
 * A search box (data-suggestions: the address that answers) offers pages while somebody types; without this file it is
 * sent as it is. Follows the ARIA pattern "editable combobox with list autocomplete": the arrows choose, Enter opens
 * what is chosen or else sends the box, Escape closes. How many there are is said aloud politely.
 */
import { eachFound } from "./found.js";

const PAUSE = 150; // milliseconds without typing
const FEWEST = 2; // characters

eachFound("input[data-suggestions]", (input) => {
  const list = document.createElement("ul");
  list.id = `${input.id}-suggestions`;
  list.className = "combobox-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0]?.textContent.trim() ?? "");
  list.hidden = true;
  const said = document.createElement("p");
  said.className = "unseen";
  said.setAttribute("role", "status");
  input.after(list);
  input.form.append(said);
  input.type = "text"; // a search field may not be a combobox
  input.setAttribute("enterkeyhint", "search");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  let active = -1;
  let waiting;
  let asking = new AbortController();

  input.addEventListener("input", () => {
    stop();
    if (input.value.trim().length < FEWEST) return close();
    waiting = setTimeout(ask, PAUSE);
  });
  input.addEventListener("blur", leave);
  input.form.addEventListener("submit", leave);
  addEventListener("pagehide", leave); // going back finds the box closed
  input.addEventListener("keydown", (event) => {
    const keys = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: open, Escape: cancel };
    if (!event.isComposing && event.key in keys && keys[event.key]() !== false) event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[data-href]");
    if (option) location.assign(option.dataset.href);
  });

  async function ask() {
    asking = new AbortController();
    const address = `${input.dataset.suggestions}?${new URLSearchParams({ q: input.value.trim() })}`;
    try {
      const answer = await fetch(address, { signal: asking.signal, credentials: "omit" });
      if (answer.ok) show(await answer.text());
    } catch {
      close(); // asked again meanwhile, or no network: the box can still be sent
    }
  }

  function show(html) {
    const answer = new DOMParser().parseFromString(html, "text/html");
    const options = [...answer.querySelectorAll("[role=option]")];
    options.forEach((option, position) => (option.id = `${list.id}-${position}`));
    list.replaceChildren(...options);
    said.textContent = answer.querySelector("p")?.textContent ?? "";
    list.hidden = options.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(-1);
  }

  function move(step) {
    if (list.hidden) return false;
    const places = list.children.length + 1; // the field itself is one of them
    mark(((active + 1 + step + places) % places) - 1);
  }

  function mark(position) {
    active = position;
    [...list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === position)));
    list.children[position]?.scrollIntoView({ block: "nearest" });
    if (position < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[position].id);
  }

  function open() {
    if (list.hidden || active < 0) return false;
    location.assign(list.children[active].dataset.href);
  }

  function cancel() {
    if (list.hidden) return false;
    close();
  }

  function close() {
    list.hidden = true;
    said.textContent = "";
    input.setAttribute("aria-expanded", "false");
    mark(-1);
  }

  function leave() {
    stop();
    close();
  }

  function stop() {
    clearTimeout(waiting);
    asking.abort();
  }
});
