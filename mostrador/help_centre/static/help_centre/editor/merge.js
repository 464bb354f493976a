/* Two texts of the same part: a button (data-put) puts one of them, as it stands in the page, into the field. */
for (const row of document.querySelectorAll("[data-choices]")) row.hidden = false;

document.addEventListener("click", ({ target }) => {
  const source = target.dataset?.put && document.getElementById(target.dataset.put);
  if (!source) return;
  const field = target.closest(".merge").querySelector("textarea, input");
  field.focus();
  field.select();
  if (!document.execCommand("insertText", false, source.textContent)) field.value = source.textContent; // can be undone
});
