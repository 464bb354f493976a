/* File fields (data-files): show what was chosen with its size, add to it in several goes, take one out again. */
import { eachFound } from "./found.js";

eachFound("input[type=file][data-files]", (input) => {
  const list = document.createElement("ul");
  list.className = "file-list";
  list.setAttribute("aria-live", "polite");
  list.hidden = true;
  input.after(list);
  let chosen = [];

  input.addEventListener("change", () => {
    const isNew = (file) => !chosen.some((old) => old.name === file.name && old.size === file.size);
    chosen = input.multiple ? [...chosen, ...[...input.files].filter(isNew)] : [...input.files];
    show();
  });
  input.form?.addEventListener("reset", () => {
    chosen = [];
    show();
  });

  function show() {
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
