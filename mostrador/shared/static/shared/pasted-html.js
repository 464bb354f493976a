/*
 * What was copied from Word, a mail or a page, as Markdown: headings, bold, italic, lists, links and tables; everything
 * else as text. Nothing is trusted here: the server cleans whatever the text becomes.
 */

import { link } from "./marks.js";

const BLOCKS = "address, article, aside, blockquote, div, dl, dd, dt, figure, footer, h1, h2, h3, h4, h5, h6, header, li, main, ol, p, pre, section, table, ul";
const LEFT_OUT = "head, script, style, title, template, noscript, svg, iframe, object, img, input, button, select, textarea";

/** Say whether there are words in it: a picture copied from a page comes as HTML too. */
export function hasWords(html) {
  return html !== "" && parsed(html).textContent.trim() !== "";
}

export function markdownOf(html) {
  const blocks = blocksOf(parsed(html));
  return blocks
    .map((block, index) => {
      const next = blocks[index + 1];
      return block.text + (next ? (block.isItem && next.isItem ? "\n" : "\n\n") : "");
    })
    .join("");
}

/** Styles are only read, so they are called something that no browser applies (and our security policy would refuse). */
function parsed(html) {
  const plain = html.replace(/<style[^]*?<\/style>/gi, "").replace(/\sstyle\s*=/gi, " data-style=");
  const { body } = new DOMParser().parseFromString(plain, "text/html");
  body.querySelectorAll(LEFT_OUT).forEach((element) => element.remove());
  return body;
}

function blocksOf(element, depth = 0) {
  const blocks = [];
  let loose = [];
  const settle = () => {
    const text = tidied(loose.map(inlineOf).join(""));
    if (text) blocks.push({ text: protectedStart(text) });
    loose = [];
  };
  for (const node of element.childNodes) {
    if (node.nodeType === Node.ELEMENT_NODE && (node.matches(BLOCKS) || node.querySelector(BLOCKS))) {
      settle();
      blocks.push(...blockOf(node, depth));
    } else loose.push(node);
  }
  settle();
  return blocks;
}

function blockOf(element, depth) {
  const name = element.localName;
  if (/^h[1-6]$/.test(name)) {
    const text = tidied(inlineOf(element)).replace(/\n/g, " ").replace(/\*\*/g, "");
    return text ? [{ text: `${Number(name[1]) < 3 ? "##" : "###"} ${text}` }] : [];
  }
  if (name === "ul" || name === "ol") return itemsOf(element, depth);
  if (name === "table") return tableOf(element);
  if (style(element).includes("mso-list")) return [wordItem(element)];
  if (name === "blockquote") return blocksOf(element).map(({ text }) => ({ text: text.replace(/^/gm, "> ") }));
  return blocksOf(element, depth);
}

function itemsOf(listElement, depth) {
  const ordered = listElement.localName === "ol";
  const items = [];
  let number = 0;
  for (const child of listElement.children) {
    if (child.matches("ul, ol")) items.push(...itemsOf(child, depth + 1)); // as some programs nest them
    else {
      number += 1;
      const [first, ...rest] = blocksOf(child, depth + 1);
      const mark = ordered ? `${number}.` : "-";
      const text = first && !first.isItem ? first.text.replace(/\n/g, " ") : "";
      items.push({ isItem: true, text: `${"   ".repeat(depth)}${mark} ${text}` });
      for (const block of first?.isItem ? [first, ...rest] : rest) {
        items.push(block.isItem ? block : { isItem: true, text: block.text.replace(/^/gm, "   ".repeat(depth + 1)) });
      }
    }
  }
  return items;
}

/** Word writes lists as paragraphs which say in their style that they are items, and at which level. */
function wordItem(paragraph) {
  const copy = paragraph.cloneNode(true);
  const marker = [...copy.querySelectorAll("[data-style]")].find((span) => /mso-list:\s*ignore/i.test(style(span)));
  const sign = marker?.textContent.trim() ?? "";
  marker?.remove();
  const level = Number(/level(\d)/.exec(style(paragraph))?.[1] ?? 1) - 1;
  const ordered = /^(\d+|[a-z]{1,4})[.)]/i.exec(sign);
  const mark = ordered ? `${Number.parseInt(ordered[1], 10) || 1}.` : "-";
  return { isItem: true, text: `${"   ".repeat(level)}${mark} ${tidied(inlineOf(copy)).replace(/\n/g, " ")}` };
}

function tableOf(table) {
  const rows = [...table.rows].map((row) =>
    [...row.cells].map((cell) => tidied(inlineOf(cell)).replace(/\n+/g, " ").replace(/\|/g, "\\|")),
  );
  const width = Math.max(0, ...rows.map((row) => row.length));
  if (width < 2) return rows.flat().filter(Boolean).map((text) => ({ text: protectedStart(text) })); // only a frame
  const line = (cells) => `| ${Array.from({ length: width }, (_, index) => cells[index] ?? "").join(" | ")} |`;
  return [{ text: [line(rows[0]), line(Array(width).fill("---")), ...rows.slice(1).map(line)].join("\n") }];
}

function inlineOf(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data.replace(/[\s\u00a0]+/g, " ").replace(/[\\*`]/g, "\\$&");
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  if (node.localName === "br") return "\n";
  const text = [...node.childNodes].map(inlineOf).join("");
  if (node.matches(BLOCKS)) return `${text}\n`;
  if (node.localName === "a") return linked(node, text);
  if (isBold(node)) return marked(text, "**");
  if (isItalic(node)) return marked(text, "*");
  return text;
}

function linked(anchor, text) {
  const address = anchor.getAttribute("href") ?? "";
  return /^(https?:|mailto:|tel:)/i.test(address) && text.trim() ? link(text.trim(), address) : text;
}

function isBold(element) {
  const weight = /(?:^|;)\s*font-weight:\s*(\w+)/.exec(style(element))?.[1];
  if (weight) return weight === "bold" || Number(weight) >= 600;
  return element.matches("b, strong");
}

function isItalic(element) {
  const slant = /(?:^|;)\s*font-style:\s*(\w+)/.exec(style(element))?.[1];
  return slant ? slant === "italic" : element.matches("i, em");
}

function marked(text, mark) {
  const [, before, words, after] = /^(\s*)([^]*?)(\s*)$/.exec(text);
  return !words || words.includes("**") || words.includes("\n") ? text : before + mark + words + mark + after;
}

function tidied(text) {
  return text.replace(/ *\n */g, "\n").replace(/\n{2,}/g, "\n").replace(/ {2,}/g, " ").trim();
}

/** A paragraph that begins as a heading or an item would is not one. */
function protectedStart(text) {
  return text.replace(/^(\d+)([.)])(?=\s)/gm, "$1\\$2").replace(/^([#>+-]+)(?=\s)/gm, "\\$1");
}

function style(element) {
  return (element.dataset?.style ?? "").toLowerCase();
}
