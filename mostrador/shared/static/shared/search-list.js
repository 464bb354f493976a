/*
 * A field in which one searches a list and takes from it: what `find(words)` returns ({ value, label, note }, or a promise
 * of it) is offered below it, by mouse and by keyboard; `show` gets the row that is pointed at. Follows the ARIA pattern "editable combobox with list".
 */
let lists = 0;

export function searchList(input, { find, choose, none, label, show = () => {} }) {
  const list = document.createElement("ul");
  list.id = `search-list-${(lists += 1)}`;
  list.className = "combobox-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label);
  list.hidden = true;
  const frame = document.createElement("div");
  frame.className = "combobox";
  input.before(frame);
  frame.append(input, list);
  input.autocomplete = "off";
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);
  let found = [];
  let active = -1;
  let asked = 0;
  let pause = 0; // 0 once what is offered belongs to what is typed

  input.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(search, 120);
  });
  input.addEventListener("click", () => list.hidden && search());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const keys = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: () => take(active), Escape: cancel };
    if (event.key in keys && keys[event.key]() !== false) event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("mouseover", (event) => {
    const item = event.target.closest("[data-index]");
    if (item) show(found[Number(item.dataset.index)]);
  });
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[data-index]");
    if (item) take(Number(item.dataset.index));
  });

  async function search() {
    const mine = (asked += 1);
    clearTimeout(pause);
    const answer = await find(input.value.trim());
    if (mine !== asked || document.activeElement !== input) return;
    pause = 0;
    found = answer;
    list.replaceChildren(...(found.length ? found.map(option) : [nothing()]));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(input.value.trim() && found.length ? 0 : -1);
  }

  function option(row, index) {
    const item = line("combobox-option", row.label);
    item.id = `${list.id}-${index}`;
    item.dataset.index = String(index);
    if (row.note) {
      const note = document.createElement("span");
      note.className = "combobox-note";
      note.textContent = row.note;
      item.append(" ", note);
    }
    return item;
  }

  function nothing() {
    const item = line("combobox-none", none);
    item.setAttribute("aria-disabled", "true");
    return item;
  }

  function line(className, text) {
    const item = document.createElement("li");
    item.className = className;
    item.setAttribute("role", "option");
    item.textContent = text;
    return item;
  }

  function move(step) {
    if (list.hidden) return void search();
    if (found.length) mark((active + step + found.length) % found.length);
  }

  function mark(index) {
    active = index;
    const items = [...list.querySelectorAll("[data-index]")];
    items.forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    items[index]?.scrollIntoView({ block: "nearest" });
    if (index < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", items[index].id);
      show(found[index]);
    }
  }

  function take(index) {
    if (pause) return void search().then(() => pause || take(active)); // whoever types fast means the first one
    if (list.hidden) return false;
    const row = found[index];
    if (!row) return undefined;
    input.value = "";
    close();
    choose(row);
  }

  function cancel() {
    if (list.hidden) return false;
    close();
  }

  function close() {
    asked += 1;
    clearTimeout(pause);
    pause = 0;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(-1);
  }
}

/** Letters as they are compared: without accents and capitals. */
export function folded(text) {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase().trim();
}
