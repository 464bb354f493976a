/*
 * Changes to the text of a textarea, in the marks of Markdown. Each goes through the browser's own way of typing, so
 * that it can be undone (Ctrl+Z) and everybody who listens to `input` hears of it.
 */

const ITEM = /^(\s*)([-*+]|(\d+)([.)]))\s+/;
const HEADING = /^(#{1,6})\s+/;

/** Put `text` where the selection is; then select what lies between `from` and `to`, counted from its beginning. */
export function insert(area, text, from = text.length, to = from) {
  replace(area, area.selectionStart, area.selectionEnd, text, from, to);
}

/** Put `text` in paragraphs of its own after the selection. */
export function insertAfter(area, text, from, to) {
  area.setSelectionRange(area.selectionEnd, area.selectionEnd);
  insertBlock(area, text, from, to);
}

/** Put `text` in paragraphs of its own where the selection is. */
function insertBlock(area, text, from = text.length, to = from) {
  const before = area.value.slice(0, area.selectionStart);
  const after = area.value.slice(area.selectionEnd);
  const start = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const end = after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
  insert(area, start + text + end, start.length + from, start.length + to);
}

export function selected(area) {
  return area.value.slice(area.selectionStart, area.selectionEnd);
}

/** Set the selection between two marks, or take them away when it stands between them already. */
export function wrap(area, mark, words) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const size = mark.length;
  if (value.slice(start - size, start) === mark && value.slice(end, end + size) === mark) {
    return replace(area, start - size, end + size, value.slice(start, end), 0, end - start);
  }
  const [, before, text, after] = /^(\s*)([^]*?)(\s*)$/.exec(selected(area)); // marks stand close to the words
  const inner = text || words;
  const from = before.length + size;
  insert(area, before + mark + inner + mark + after, from, from + inner.length);
}

/** Begin the selected lines with a mark, or take it away when all have it. */
export function list(area, { ordered }) {
  changeLines(area, (lines) => {
    const filled = lines.filter((line) => line.trim());
    const isSame = (line) => Boolean(ITEM.exec(line)) && Boolean(ITEM.exec(line)[3]) === ordered;
    if (filled.length && filled.every(isSame)) return lines.map((line) => line.replace(ITEM, "$1"));
    let number = 0;
    return lines.map((line) => {
      if (!line.trim() && lines.length > 1) return line;
      number += 1;
      return `${ordered ? `${number}.` : "-"} ${line.replace(ITEM, "$1").replace(HEADING, "")}`;
    });
  });
}

/** From words to title, from title to smaller title, and back. */
export function heading(area) {
  changeLines(area, (lines) =>
    lines.map((line) => {
      const level = HEADING.exec(line)?.[1].length ?? 0;
      const words = line.replace(HEADING, "");
      return { 0: `## ${words}`, 2: `### ${words}` }[level] ?? words;
    }),
  );
}

/** On Enter in a list: begin the next item, or end the list at an empty one. Says whether it did. */
export function continueList(area) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const lineStart = value.lastIndexOf("\n", start - 1) + 1;
  const line = value.slice(lineStart, start);
  const item = ITEM.exec(line);
  if (!item || start !== end) return false;
  if (line === item[0] && /^(\n|$)/.test(value.slice(start))) replace(area, lineStart, start, "", 0, 0);
  else insert(area, `\n${item[1]}${item[3] ? `${Number(item[3]) + 1}${item[4]}` : item[2]} `);
  return true;
}

/** Move the lines of the selection up or down. */
export function moveLines(area, step) {
  const { value } = area;
  const [start, end] = lineRange(area);
  const lines = value.slice(start, end);
  if (step < 0 && start > 0) {
    const before = value.lastIndexOf("\n", start - 2) + 1;
    replace(area, before, end, `${lines}\n${value.slice(before, start - 1)}`, 0, lines.length);
  } else if (step > 0 && end < value.length) {
    const after = value.indexOf("\n", end + 1) < 0 ? value.length : value.indexOf("\n", end + 1);
    const moved = value.slice(end + 1, after);
    replace(area, start, after, `${moved}\n${lines}`, moved.length + 1, moved.length + 1 + lines.length);
  }
}

/** Set the selected lines between an opening and a closing line; the title, if there is one, is selected. */
export function fence(area, opening, title, words) {
  const inner = selected(area).trim() || words;
  const head = title ? `${opening} ${title}` : opening;
  const text = `${head}\n${inner}\n:::`;
  if (title) insertBlock(area, text, opening.length + 1, head.length);
  else insertBlock(area, text, head.length + 1, head.length + 1 + inner.length);
}

/** Return a link whose words and address cannot end it early. */
export function link(words, address) {
  const whole = address.replace(/[\s()<>]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return `[${words.replace(/[[\]\\]/g, "\\$&")}](${whole})`;
}

function changeLines(area, change) {
  const [start, end] = lineRange(area);
  const lines = area.value.slice(start, end).split("\n");
  const text = change(lines).join("\n");
  replace(area, start, end, text, lines.length > 1 ? 0 : text.length, text.length);
}

function lineRange(area) {
  const start = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const end = area.value.indexOf("\n", area.selectionEnd);
  return [start, end < 0 ? area.value.length : end];
}

function replace(area, start, end, text, from, to) {
  area.focus();
  area.setSelectionRange(start, end);
  // The only way to type for somebody that browsers let be undone; where it is gone, at least the text is right.
  const typed = text ? document.execCommand("insertText", false, text) : start === end || document.execCommand("delete");
  if (!typed) {
    area.setRangeText(text, start, end, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  area.setSelectionRange(start + from, start + to);
}
