/* Dialogs: a button (data-opens) shows the native <dialog> of that id; a click beside it closes it. */
import { eachFound } from "./found.js";

eachFound("[data-opens]", (button) => {
  button.hidden = false;
  button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
});

eachFound("dialog", (dialog) => {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // the backdrop belongs to the dialog itself
  });
});
