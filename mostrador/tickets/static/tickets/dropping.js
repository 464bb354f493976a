/*
 * Files dropped on the answer, or pasted into it, join those of its file field (data-drops-to). Without this file they are
 * chosen there.
 */
import { eachFound } from "../shared/found.js";

eachFound("[data-drops-to]", (area) => {
  const input = document.getElementById(area.dataset.dropsTo);
  const isFiles = (transfer) => [...(transfer?.types ?? [])].includes("Files");

  area.addEventListener("dragover", (event) => {
    if (!isFiles(event.dataTransfer)) return;
    event.preventDefault();
    area.classList.add("is-dropping");
  });
  area.addEventListener("dragleave", () => area.classList.remove("is-dropping"));
  area.addEventListener("drop", (event) => {
    area.classList.remove("is-dropping");
    if (!isFiles(event.dataTransfer)) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  });
  area.addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData;
    if (files.length === 0 || types.includes("text/html") || types.includes("text/plain")) return;
    event.preventDefault();
    add(files);
  });

  function add(files) {
    input.files = files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
