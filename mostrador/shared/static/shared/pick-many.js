/*
 * A select of several (data-pick-many) becomes a list of what was picked, each with its button to take it out, and a field
 * that finds the rest while typing, among its own options or at an address (data-pick-from). The select stays and carries
 * the values; without this file it is used as it is.
 */
import { eachFound } from "./found.js";
import { folded, searchList } from "./search-list.js";

const SHOWN = 60;

eachFound("select[data-pick-many]", (select) => {
  const picked = document.createElement("ul");
  picked.className = "picked";
  const input = document.createElement("input");
  input.type = "text";
  input.id = select.id;
  input.className = select.className;
  const describedBy = select.getAttribute("aria-describedby");
  if (describedBy) input.setAttribute("aria-describedby", describedBy);
  select.before(picked, input);
  select.id = `${input.id}-select`;
  select.hidden = true;
  searchList(input, {
    find: select.dataset.pickFrom ? findThere : findHere,
    choose,
    none: select.dataset.none,
    label: document.querySelector(`label[for="${CSS.escape(input.id)}"]`).textContent.trim(),
  });
  draw();

  function findHere(text) {
    const words = folded(text).split(/\s+/);
    const left = [...select.options].filter((option) => !option.selected);
    const found = left.filter((option) => words.every((word) => folded(option.label).includes(word)));
    return found.slice(0, SHOWN).map(({ value, label }) => ({ value, label }));
  }

  async function findThere(text) {
    if (!text) return findHere("");
    const answer = await fetch(`${select.dataset.pickFrom}?${new URLSearchParams({ q: text })}`).catch(() => null);
    const { found } = answer?.ok ? await answer.json() : { found: [] };
    const taken = new Set([...select.selectedOptions].map((option) => option.value));
    return found.filter((row) => !taken.has(String(row.value)));
  }

  function choose({ value, label }) {
    const known = [...select.options].find((option) => option.value === String(value));
    const option = known ?? new Option(label, value);
    if (!known) select.append(option);
    option.selected = true;
    changed();
  }

  function draw() {
    picked.replaceChildren(
      ...[...select.selectedOptions].map((option) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button button-quiet";
        const name = document.createElement("span");
        name.className = "unseen";
        name.textContent = ` ${option.label}`;
        button.append(select.dataset.removeLabel, name);
        button.addEventListener("click", () => {
          option.selected = false;
          changed();
          input.focus();
        });
        item.append(`${option.label} `, button);
        return item;
      }),
    );
    picked.hidden = picked.childElementCount === 0;
  }

  function changed() {
    draw();
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
