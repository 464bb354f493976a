/* The tool "article": a dialog in which an article is found by words of its title; its link is put into the text. */
import { link, insert, selected } from "../../shared/marks.js";
import { openOver } from "../../shared/rich-text.js";
import { searchList } from "../../shared/search-list.js";

const dialog = document.getElementById("link-to-article");
const input = document.getElementById("link-to-article-search");
let area;
let back;

dialog.querySelector("form[data-asks]").addEventListener("submit", (event) => event.preventDefault());
searchList(input, {
  find,
  none: input.dataset.none,
  label: dialog.querySelector("h2").textContent,
  choose({ label, slug }) {
    dialog.close();
    back();
    insert(area, link(selected(area).trim() || label, `articulo:${slug}`));
  },
});

document.addEventListener("rich-text", (event) => {
  if (event.detail.tool !== "article") return;
  area = event.target;
  input.value = selected(area).slice(0, 100);
  back = openOver(area, dialog);
  input.focus();
});

async function find(text) {
  const answer = await fetch(`${input.dataset.finds}?${new URLSearchParams({ q: text })}`).catch(() => null);
  return answer?.ok && !answer.redirected ? (await answer.json()).found : [];
}
