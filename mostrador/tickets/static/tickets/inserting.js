/*
 * What is put into an answer: an article, as a link or as its text, and a prepared answer. Both are found in a dialog; a
 * prepared answer also by "/" at the beginning of a line. Without this file both have pages of their own.
 */
import { eachFound } from "../shared/found.js";
import { insert, link, selected } from "../shared/marks.js";
import { openOver } from "../shared/rich-text.js";
import { searchList } from "../shared/search-list.js";

let area;
let back;

tool("article", "put-article", async (dialog, { value, slug, label }) => {
  const asText = dialog.querySelector("[name=as]:checked").value === "text";
  const words = selected(area).trim() || label;
  dialog.close();
  back();
  await putArticle({ slug, label: words, asText, address: `${finds(dialog)}${value}/` });
});

tool("canned", "put-canned", async (dialog, { value }) => {
  const token = dialog.querySelector("[name=csrfmiddlewaretoken]").value;
  dialog.close();
  back();
  const answer = await json(`${finds(dialog)}${value}/poner/`, { method: "POST", headers: { "X-CSRFToken": token } });
  if (answer) put(answer);
});

eachFound("[data-without-scripts]", (element) => (element.hidden = true));

eachFound("#reply_text", (text) => {
  text.addEventListener("keydown", (event) => {
    const { value, selectionStart: at, selectionEnd: end } = text;
    if (event.key !== "/" || event.isComposing || at !== end || (at && value[at - 1] !== "\n")) return;
    event.preventDefault();
    let isChosen = false;
    const dialog = open("put-canned", text);
    dialog.addEventListener("chosen", () => (isChosen = true), { once: true });
    dialog.addEventListener("close", () => setTimeout(() => isChosen || insert(text, "/")), { once: true });
  });
});

eachFound("[data-puts-article]", (form) => {
  form.addEventListener("submit", (event) => {
    const text = document.getElementById("reply_text");
    if (!text) return;
    event.preventDefault();
    area = text;
    const { slug, title, text: address } = form.dataset;
    putArticle({ slug, label: title, asText: event.submitter?.value === "text", address });
  });
});

function tool(name, id, chosen) {
  const dialog = document.getElementById(id);
  if (!dialog) return;
  const input = dialog.querySelector("[data-finds]");
  dialog.querySelector("form[data-asks]").addEventListener("submit", (event) => event.preventDefault());
  // Choosing how keeps the focus in the field: leaving it closes the list, which would move what is being pressed.
  dialog.querySelector("fieldset")?.addEventListener("mousedown", (event) => event.preventDefault());
  searchList(input, {
    find: async (text) => (await json(`${input.dataset.finds}?${new URLSearchParams({ q: text })}`))?.found ?? [],
    none: input.dataset.none,
    label: dialog.querySelector("h2").textContent,
    show: (row) => preview(dialog.querySelector("[data-preview]"), row),
    choose(row) {
      dialog.dispatchEvent(new Event("chosen"));
      chosen(dialog, row);
    },
  });
  document.addEventListener("rich-text", (event) => {
    if (event.detail.tool === name) open(id, event.target);
  });
}

function open(id, text) {
  const dialog = document.getElementById(id);
  const input = dialog.querySelector("[data-finds]");
  area = text;
  input.value = id === "put-article" ? selected(text).slice(0, 100) : "";
  back = openOver(text, dialog);
  input.focus();
  input.click(); // shows what there is
  return dialog;
}

function preview(place, { text, language }) {
  if (!place) return;
  place.textContent = text;
  place.lang = language;
}

function finds(dialog) {
  return dialog.querySelector("[data-finds]").dataset.finds;
}

async function putArticle({ slug, label, asText, address }) {
  if (!asText) return insert(area, link(label, `articulo:${slug}`));
  const answer = await json(address);
  if (answer) put(answer);
}

function put({ text, words }) {
  insert(area, text);
  if (words) document.dispatchEvent(new CustomEvent("toast", { detail: { text: words, kind: "warning" } }));
}

async function json(address, options = {}) {
  const headers = { Accept: "application/json", ...options.headers };
  const answer = await fetch(address, { ...options, headers }).catch(() => null);
  return answer?.ok && !answer.redirected ? answer.json().catch(() => null) : null;
}
