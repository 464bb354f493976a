/*
 * Files dropped on the answer, or pasted into it, join those of its file field (data-drops-to); more than fit are said at
 * once. Without this file they are chosen there.
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
    const most = Number(input.dataset.most);
    const kept = input.closest(".field").querySelectorAll(".file-list li").length;
    const fitting = [...files].slice(0, Math.max(0, most - kept));
    const transfer = new DataTransfer();
    fitting.forEach((file) => transfer.items.add(file));
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    if (fitting.length === files.length) return;
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: input.dataset.tooMany, kind: "bad" } }));
  }
});
