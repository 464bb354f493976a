/* Fields that only some values of another one use (data-shown-for, data-values) are shown as soon as it has one of them. */
for (const part of document.querySelectorAll("[data-shown-for]")) {
  const values = part.dataset.values.split(" ");
  document.addEventListener("change", ({ target }) => {
    if (target.name === part.dataset.shownFor) part.hidden = !values.includes(target.value);
  });
}
