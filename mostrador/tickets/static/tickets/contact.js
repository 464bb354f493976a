/* How we reach you (data-contact): only the field of the chosen way is shown. Without this file both are. */
import { eachFound } from "../shared/found.js";

const FIELD_OF = { email: "email", phone: "phone" };

eachFound("form[data-contact]", (form) => {
  const show = () => {
    const way = form.elements.contact_by.value;
    for (const [choice, name] of Object.entries(FIELD_OF)) {
      form.elements[name].closest(".field").hidden = way !== choice;
    }
  };
  form.addEventListener("change", show);
  show();
});
