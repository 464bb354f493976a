/*
 * A toolbar (data-toolbar-of) that writes the marks of Markdown into its textarea: by mouse, by its own keys (arrows,
 * Home, End) and by those of word processors (Ctrl+B, Ctrl+I, Ctrl+K; Alt+arrows move lines). Lists go on at Enter, and
 * what is pasted from Word or a page keeps its headings and lists. Tab stays what it is. Tools that belong to one page
 * (a picture, a link to an article) reach it as the event "rich-text" of the textarea. Without this file people type
 * the marks.
 */
import { eachFound } from "./found.js";
import { continueList, fence, heading, insert, insertAfter, link, list, moveLines, selected, wrap } from "./marks.js";
import { hasWords, markdownOf } from "./pasted-html.js";

const KEYS = { b: "bold", i: "italic", k: "link" };
const TOOLS = {
  heading: (area) => heading(area),
  bold: (area, words) => wrap(area, "**", words),
  italic: (area, words) => wrap(area, "*", words),
  list: (area) => list(area, { ordered: false }),
  steps: (area) => list(area, { ordered: true }),
  table: (area, words) => insertAfter(area, table(words.split("|")), 2, 2 + words.split("|")[0].length),
  details: (area, words) => fence(area, "::: details", ...words.split("|")),
  link: openLink,
  callout: openCallout,
};

eachFound("[data-toolbar-of]", (toolbar) => {
  const area = document.getElementById(toolbar.dataset.toolbarOf);
  const buttons = [...toolbar.querySelectorAll("button")];
  toolbar.hidden = false;
  const use = (tool) => {
    const button = buttons.find((each) => each.dataset.tool === tool);
    if (!button) return false;
    if (TOOLS[tool]) TOOLS[tool](area, button.dataset.words ?? "");
    else area.dispatchEvent(new CustomEvent("rich-text", { bubbles: true, detail: { tool } }));
    return true;
  };
  const rove = (to) => {
    buttons.forEach((button) => (button.tabIndex = button === to ? 0 : -1));
    to.focus();
  };
  buttons.forEach((button, index) => (button.tabIndex = index ? -1 : 0));
  toolbar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) use(button.dataset.tool);
  });
  toolbar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    rove(buttons.at(to % buttons.length));
  });
  area.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (isTaken(event, area, use)) event.preventDefault();
  });
  area.addEventListener("paste", (event) => {
    const html = event.clipboardData.getData("text/html");
    if (event.defaultPrevented || !hasWords(html)) return;
    event.preventDefault();
    insert(area, markdownOf(html));
  });
});

function isTaken(event, area, use) {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  if ((ctrlKey || metaKey) && !altKey && !shiftKey) return key.toLowerCase() in KEYS && use(KEYS[key.toLowerCase()]);
  if (altKey && !ctrlKey && !metaKey && !shiftKey && (key === "ArrowUp" || key === "ArrowDown")) {
    moveLines(area, key === "ArrowUp" ? -1 : 1);
    return true;
  }
  return key === "Enter" && !ctrlKey && !metaKey && !altKey && !shiftKey && continueList(area);
}

function table([first, second]) {
  const blank = (words) => " ".repeat(words.length);
  return `| ${first} | ${second} |\n| --- | --- |\n| ${blank(first)} | ${blank(second)} |`;
}

/**
 * Show a dialog about a text. What is returned goes back to the text as it was left: behind a dialog, a textarea forgets
 * its selection. Closing the dialog goes back too.
 */
export function openOver(area, dialog) {
  const { selectionStart, selectionEnd } = area;
  let isBack = false;
  const back = () => {
    if (isBack) return;
    isBack = true;
    area.focus();
    area.setSelectionRange(selectionStart, selectionEnd);
  };
  dialog.addEventListener("close", back, { once: true });
  dialog.showModal();
  return back;
}

/** Show a dialog; when its form is sent, `then` gets its fields and the button that was pressed. */
function ask(area, dialog, then) {
  const form = dialog.querySelector("form[data-asks]");
  const back = openOver(area, dialog);
  const submitted = (event) => {
    event.preventDefault();
    dialog.close();
    back();
    then(new FormData(form), event.submitter);
  };
  form.addEventListener("submit", submitted, { once: true });
  dialog.addEventListener("close", () => form.removeEventListener("submit", submitted), { once: true });
}

function openLink(area) {
  const dialog = document.getElementById("rich-text-link");
  const [words, address] = dialog.querySelectorAll("input");
  words.value = selected(area);
  address.value = "";
  ask(area, dialog, (fields) => {
    const typed = fields.get("address").trim();
    const whole = /^[a-z][a-z0-9+.-]*:|^[/#]/i.test(typed) ? typed : `https://${typed}`;
    insert(area, link(fields.get("words").trim() || typed, whole));
  });
  (words.value ? address : words).focus();
}

function openCallout(area, words) {
  const dialog = document.getElementById("rich-text-callout");
  ask(area, dialog, (_fields, button) => fence(area, `::: ${button.value}`, "", words));
}
