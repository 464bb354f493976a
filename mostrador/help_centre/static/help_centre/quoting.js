/* On the page of a review (data-quotable): words selected in the text become the quote of the comment being written. */
import { eachFound } from "../shared/found.js";

eachFound("[data-quotable]", (text) => {
  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    const quote = document.querySelector("[data-quote]");
    if (!quote || selection.isCollapsed || !text.contains(selection.anchorNode) || !text.contains(selection.focusNode)) return;
    quote.value = selection.toString().replace(/\s+/g, " ").trim().slice(0, quote.maxLength);
  });
});
