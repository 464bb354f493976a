/* Print buttons (data-print): hidden until this file can do what they say. */
import { eachFound } from "../shared/found.js";

eachFound("[data-print]", (button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
