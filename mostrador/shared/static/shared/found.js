/** Call `enhance` once for each element that matches: those of the page now, and those that htmx brings later. */
export function eachFound(selector, enhance) {
  const seen = new WeakSet();
  const scan = (root) => {
    const matches = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) matches.unshift(root);
    for (const element of matches) {
      if (seen.has(element)) continue;
      seen.add(element);
      enhance(element);
    }
  };
  scan(document);
  document.addEventListener("htmx:load", (event) => scan(event.detail.elt));
}

/** Say whether the person is writing, so that single keys mean letters and not commands. */
export function isTyping(element) {
  return element.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") ?? false;
}

/** Say whether the person has switched off keys of one letter (WCAG 2.1.4). */
export function keysAreOff() {
  return document.querySelector("[data-keys=off]") !== null;
}

/** Letters as they are compared: without accents and capitals. */
export function plainLetters(text) {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase().trim();
}
