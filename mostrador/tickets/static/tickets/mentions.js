/*
 * Names of colleagues while writing an internal note: after "@" those that fit are offered (data-mentions says in which
 * field), chosen with arrows and Enter. Without this file the name is typed whole. Follows the ARIA pattern "combobox".
 */
import { eachFound } from "../shared/found.js";

const SHOWN = 6;
const BEGUN = /(?:^|[^\p{L}\p{N}])@([\p{L}\p{N} ]{0,40})$/u;
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

eachFound("[data-mentions]", (source) => {
  const names = [...source.options].map((option) => option.value);
  const field = document.querySelector(source.dataset.mentions);
  if (!field || names.length === 0) return;
  const list = document.createElement("ul");
  list.id = `${field.id}-names`;
  list.className = "combobox-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", source.dataset.label);
  list.hidden = true;
  const frame = document.createElement("div");
  frame.className = "combobox";
  field.before(frame);
  frame.append(field, list);
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-autocomplete", "list");
  let active = -1;

  field.addEventListener("input", offer);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const keys = { ArrowDown: () => mark(active + 1), ArrowUp: () => mark(active - 1), Escape: close };
    if (event.key === "Enter" || event.key === "Tab") keys[event.key] = () => choose(list.children[active]);
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) choose(item);
  });

  function offer() {
    const begun = BEGUN.exec(field.value.slice(0, field.selectionStart));
    const found = begun ? names.filter((name) => folded(name).startsWith(folded(begun[1]))) : [];
    if (found.length === 0) return close();
    list.replaceChildren(...found.slice(0, SHOWN).map(item));
    list.hidden = false;
    mark(0);
  }

  function item(name, position) {
    const element = document.createElement("li");
    element.id = `${list.id}-${position}`;
    element.className = "combobox-option";
    element.setAttribute("role", "option");
    element.textContent = name;
    return element;
  }

  function mark(position) {
    const items = [...list.children];
    active = (position + items.length) % items.length;
    items.forEach((element, index) => element.setAttribute("aria-selected", String(index === active)));
    field.setAttribute("aria-activedescendant", items[active].id);
  }

  function choose(element) {
    const until = field.selectionStart;
    const from = field.value.slice(0, until).lastIndexOf("@") + 1;
    field.setRangeText(`${element.textContent} `, from, until, "end");
    close();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function close() {
    list.hidden = true;
    active = -1;
    field.removeAttribute("aria-activedescendant");
  }
});
