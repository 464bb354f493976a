/*
 * File fields (data-files): show what was chosen with its size, add to it in several goes, take one out again. What is
 * too big, too much or of a kind that is never taken (data-most-bytes, data-most, data-refused) is told at once and left
 * out; the server decides in the end.
 */
import { eachFound } from "./found.js";

eachFound("input[type=file][data-files]", (input) => {
  const list = document.createElement("ul");
  list.className = "file-list";
  list.setAttribute("aria-live", "polite");
  list.hidden = true;
  const faults = document.createElement("div");
  faults.className = "field-error";
  faults.setAttribute("role", "alert");
  faults.hidden = true;
  input.after(list, faults);
  let chosen = [];

  input.addEventListener("change", () => {
    const isNew = (file) => !chosen.some((old) => old.name === file.name && old.size === file.size);
    const told = [];
    const fitting = [...input.files].filter((file) => {
      const fault = faultOf(file, input.dataset);
      if (fault) told.push(fault.replace("{name}", () => file.name));
      return !fault;
    });
    chosen = input.multiple ? [...chosen, ...fitting.filter(isNew)] : fitting;
    const room = Math.max(0, Number(input.dataset.most ?? Infinity) - kept());
    if (chosen.length > room) told.push(input.dataset.tooMany);
    chosen = chosen.slice(0, room);
    show(told);
  });
  input.form?.addEventListener("reset", () => {
    chosen = [];
    show();
  });

  /** How many wait on the server already. */
  function kept() {
    return input.closest(".field")?.querySelectorAll(".file-list [name=remove_file]").length ?? 0;
  }

  function show(told = []) {
    faults.hidden = told.length === 0;
    faults.replaceChildren(...told.map((sentence) => Object.assign(document.createElement("p"), { textContent: sentence })));
    const transfer = new DataTransfer();
    chosen.forEach((file) => transfer.items.add(file));
    input.files = transfer.files;
    list.replaceChildren(...chosen.map(line));
    list.hidden = chosen.length === 0;
  }

  function line(file) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet";
    button.append(input.dataset.removeLabel, span("unseen", ` ${file.name}`));
    button.addEventListener("click", () => {
      chosen = chosen.filter((other) => other !== file);
      show();
      input.focus();
    });
    item.append(span("file-name", file.name), span("file-size", size(file.size)), button);
    return item;
  }
});

function faultOf({ name, size: bytes }, { mostBytes, tooBig, empty, refused }) {
  if (bytes > Number(mostBytes ?? Infinity)) return tooBig;
  if (bytes === 0 && empty) return empty;
  const ending = name.split(".").pop().toLowerCase();
  return JSON.parse(refused ?? "[]").find(([endings]) => endings.includes(ending))?.[1];
}

function span(className, text) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

/** The same words as the template filter `file_size`: decimal units. */
function size(bytes) {
  const [value, unit, digits] = bytes < 1e6 ? [Math.max(1, bytes / 1e3), "kB", 0] : [bytes / 1e6, "MB", 1];
  return `${value.toLocaleString([document.documentElement.lang, "es"], { maximumFractionDigits: digits })} ${unit}`;
}
