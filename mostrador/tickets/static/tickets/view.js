/*
 * The page where a view is put together: of a condition (data-condition) only the fields that its comparison needs are
 * shown. Without this file all of them are, and each says when it counts.
 */
import { eachFound } from "../shared/found.js";

const NONE = new Set(["is_empty", "is_not_empty"]);
const LENGTH = new Set(["older_than", "newer_than", "due_within"]);

function needed(operator) {
  if (NONE.has(operator)) return [];
  if (LENGTH.has(operator)) return ["amount", "unit"];
  return operator === "between" ? ["value", "until"] : ["value"];
}

eachFound("[data-condition]", (row) => {
  const operator = row.querySelector("[data-operator] select");
  const show = () => {
    const shown = needed(operator.value);
    for (const part of row.querySelectorAll("[data-part]")) part.hidden = !shown.includes(part.dataset.part);
  };
  operator.addEventListener("change", show);
  show();
});
