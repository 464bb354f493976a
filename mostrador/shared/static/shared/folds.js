/* Parts that are folded (<details id="…">) stay as the person left them when htmx draws them anew. */
import { eachFound } from "./found.js";

const left = new Map();

eachFound("details[id]", (details) => {
  if (left.has(details.id)) details.open = left.get(details.id);
  details.addEventListener("toggle", () => left.set(details.id, details.open));
});
