/* Fields that depend on another's answer: data-depending holds {field: "other=answer"}; shown only then.
   Without this file all of them show, and say on which answer. */
import { eachFound } from "../shared/found.js";

const controlOf = (form, name) => {
  const found = form.elements[name];
  return found instanceof RadioNodeList ? found[0] : found;
};

eachFound("form[data-depending]", (form) => {
  const rules = Object.entries(JSON.parse(form.dataset.depending || "{}"));
  const show = () => {
    for (const [name, rule] of rules) {
      const [other, answer] = rule.split("=");
      const field = controlOf(form, name).closest(".field");
      const above = controlOf(form, other).closest(".field");
      field.hidden = above.hidden || !new FormData(form).getAll(other).includes(answer);
    }
  };
  form.addEventListener("change", show);
  show();
});
