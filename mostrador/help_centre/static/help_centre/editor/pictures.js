/*
 * The tool "picture", and pictures dragged or pasted into a text: each is sent, and its mark is put where the text was
 * being written. Nobody gets past the dialog without saying in words what the picture shows.
 */
import { insertAfter } from "../../shared/marks.js";
import { hasWords } from "../../shared/pasted-html.js";
import { openOver } from "../../shared/rich-text.js";
import { tokenOf } from "./server.js";

const dialog = document.getElementById("add-picture");
const form = dialog.querySelector("form[data-asks]");
const field = document.getElementById("picture-file");
const words = document.getElementById("picture-words");
const refusal = dialog.querySelector("[data-refusal]");
const chosen = dialog.querySelector("[data-chosen]");
const waiting = []; // pictures that came together are asked about one after the other
let area;
let back;
let file;
let isSending = false;

document.addEventListener("rich-text", (event) => {
  if (event.detail.tool === "picture") open(event.target);
});
document.addEventListener("paste", (event) => {
  if (takesPictures(event.target) && !hasWords(event.clipboardData.getData("text/html"))) take(event, event.clipboardData);
});
document.addEventListener("dragover", (event) => {
  if (takesPictures(event.target) && event.dataTransfer.types.includes("Files")) {
    event.preventDefault();
    event.target.classList.add("is-target");
  }
});
for (const name of ["dragleave", "drop"]) {
  document.addEventListener(name, (event) => event.target.classList?.remove("is-target"));
}
document.addEventListener("drop", (event) => takesPictures(event.target) && take(event, event.dataTransfer));

field.addEventListener("change", () => choose(field.files[0]));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
dialog.addEventListener("cancel", (event) => isSending && event.preventDefault());
dialog.addEventListener("close", () => waiting.length && setTimeout(open, 0, area, waiting.shift()));

function takesPictures(element) {
  if (!element.matches?.("textarea")) return false;
  return document.querySelector(`[data-toolbar-of="${CSS.escape(element.id)}"] [data-tool=picture]`) !== null;
}

function take(event, { files }) {
  const pictures = [...files];
  if (!pictures.length) return;
  event.preventDefault();
  const [first, ...rest] = pictures;
  waiting.push(...rest);
  open(event.target, first);
}

function open(target, picture) {
  area = target;
  form.reset();
  say("");
  choose(picture);
  back = openOver(area, dialog);
  (picture ? words : field).focus();
}

function choose(picture) {
  file = picture;
  chosen.textContent = picture?.name ?? "";
  chosen.hidden = !picture || field.files.length > 0;
}

async function send() {
  if (isSending) return;
  if (!file) return fault("missing-file", field);
  if (!words.value.trim()) return fault("missing-words", words);
  isSending = true;
  const data = new FormData(form);
  data.set("csrfmiddlewaretoken", tokenOf(form));
  data.set("picture", file);
  const asked = { method: "POST", body: data, headers: { "HX-Request": "true" } };
  const answer = await fetch(form.dataset.address, asked).catch(() => null);
  const { key, words: why } = (await answer?.json().catch(() => null)) ?? {};
  isSending = false;
  if (!key) return say(why ?? form.dataset.broken);
  const shown = words.value.trim().replace(/\s+/g, " ").replace(/[[\]\\]/g, "\\$&");
  dialog.close();
  back();
  insertAfter(area, `![${shown}](imagen:${key})`);
}

function fault(name, where) {
  say(dialog.querySelector(`[data-${name}]`).textContent);
  where.focus();
}

function say(text) {
  refusal.textContent = text;
  refusal.hidden = !text;
}
