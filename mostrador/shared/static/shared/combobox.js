/*
 * A select (data-combobox) becomes a field that is searched while typing, accents ignored. The select stays and carries
 * the value; without this file it is used as it is. Follows the ARIA pattern "editable combobox with list autocomplete".
 */
import { eachFound } from "./found.js";

const SHOWN = 60;

eachFound("select[data-combobox]", (select) => {
  const options = [...select.options].filter((option) => option.value && !option.disabled);
  const hadFocus = document.activeElement === select;
  const input = textField(select);
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.className = "combobox-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", select.labels[0]?.textContent.trim() ?? "");
  list.hidden = true;
  const frame = document.createElement("div");
  frame.className = "combobox";
  select.before(frame);
  frame.append(input, list, select);
  const none = [...select.options].find((option) => !option.value);
  if (/\p{L}/u.test(none?.label ?? "")) input.placeholder = none.label; // what leaving it empty means
  input.setAttribute("aria-controls", list.id);
  select.id = `${input.id}-select`;
  select.hidden = true;
  if (hadFocus) input.focus({ preventScroll: true });
  let active = -1;

  input.addEventListener("input", () => open(input.value));
  input.addEventListener("click", () => list.hidden && open(""));
  input.addEventListener("blur", settle);
  input.addEventListener("keydown", (event) => {
    const keys = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: take, Escape: cancel };
    if (keys[event.key]?.() !== false && event.key in keys) event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[data-index]");
    if (item) choose(options[Number(item.dataset.index)]);
  });

  function open(text) {
    const words = folded(text).split(/\s+/);
    const found = options.filter((option) => words.every((word) => folded(option.label).includes(word)));
    list.replaceChildren(...found.slice(0, SHOWN).map(item));
    if (found.length === 0) list.append(nothing());
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(text && found.length ? 0 : -1);
  }

  function item(option, position) {
    const element = document.createElement("li");
    element.id = `${list.id}-${position}`;
    element.className = "combobox-option";
    element.setAttribute("role", "option");
    element.dataset.index = String(options.indexOf(option));
    element.textContent = option.label;
    return element;
  }

  function nothing() {
    const element = document.createElement("li");
    element.className = "combobox-none";
    element.setAttribute("role", "option");
    element.setAttribute("aria-disabled", "true");
    element.textContent = select.dataset.none;
    return element;
  }

  function move(step) {
    if (list.hidden) return open("");
    const count = list.querySelectorAll("[data-index]").length;
    if (count) mark((active + step + count) % count);
  }

  function mark(position) {
    active = position;
    const items = [...list.querySelectorAll("[data-index]")];
    items.forEach((element, index) => element.setAttribute("aria-selected", String(index === position)));
    items[position]?.scrollIntoView({ block: "nearest" });
    if (position < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", items[position].id);
  }

  function take() {
    const item = list.querySelector('[aria-selected="true"]');
    if (list.hidden || !item) return false; // Enter sends the form, as in any field
    choose(options[Number(item.dataset.index)]);
  }

  function choose(option) {
    select.value = option.value;
    input.value = option.label;
    close();
    select.dispatchEvent(new Event("input", { bubbles: true }));
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function cancel() {
    if (list.hidden) return false;
    close();
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(-1);
  }

  /** On leaving: a whole label is taken as chosen, nothing means nothing, anything else goes back to what was chosen. */
  function settle() {
    const exact = options.find((option) => folded(option.label) === folded(input.value));
    if (exact && exact.value !== select.value) choose(exact);
    if (!input.value.trim()) select.value = "";
    input.value = select.value ? select.selectedOptions[0].label : "";
    close();
  }
});

function textField(select) {
  const input = document.createElement("input");
  input.type = "text";
  input.id = select.id;
  input.className = select.className;
  input.autocomplete = "off";
  input.value = select.value ? select.selectedOptions[0].label : "";
  for (const name of ["aria-describedby", "aria-invalid", "required"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  return input;
}

function folded(text) {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase().trim();
}
