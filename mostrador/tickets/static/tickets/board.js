/*
 * The board: a ticket dragged to a person fills in the form that is there anyway and sends it. While something is held or
 * the form has the focus, the board does not draw itself anew.
 */
const KEY = "application/x-mostrador-ticket";

const columnOf = (event) => event.target.closest?.("[data-agent]");
let held = false;

document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.("[data-card]");
  if (!card) return;
  held = true;
  event.dataTransfer.setData(KEY, card.dataset.card);
  event.dataTransfer.effectAllowed = "move";
});

document.addEventListener("dragend", () => {
  held = false;
  document.querySelectorAll("[data-over]").forEach((column) => column.removeAttribute("data-over"));
});

document.addEventListener("dragover", (event) => {
  const column = columnOf(event);
  if (!column || !event.dataTransfer.types.includes(KEY)) return;
  event.preventDefault();
  document.querySelectorAll("[data-over]").forEach((other) => other !== column && other.removeAttribute("data-over"));
  column.setAttribute("data-over", "");
});

document.addEventListener("drop", (event) => {
  const column = columnOf(event);
  const ticket = event.dataTransfer.getData(KEY);
  if (!column || !ticket) return;
  event.preventDefault();
  held = false;
  const form = document.getElementById("board-form");
  const choice = form.querySelector(`input[name="ticket"][value="${CSS.escape(ticket)}"]`);
  if (!choice || choice.closest("[data-agent]") === column) return;
  choice.checked = true;
  form.elements.agent.value = column.dataset.agent;
  form.requestSubmit();
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const board = event.target.id === "board";
  if (board && (held || document.getElementById("board-form").contains(document.activeElement))) event.preventDefault();
});
