/*
 * Pages of one act over the page where one is: a link with data-dialog opens its page in the one <dialog> (`ui.page_dialog`).
 * The page answers htmx with its title and its form. While the form has errors it comes back there; where the answer leads
 * to the page underneath, its part (data-part) is drawn anew; anywhere else the browser goes, as with links in the dialog
 * and forms that want the whole page (data-whole-page). What was typed is still there when the dialog was closed and the
 * same link opens it again. Without this file the links lead to those pages.
 */
const dialog = document.getElementById("page-dialog");
if (dialog) over(dialog);

function over(dialog) {
  const matter = dialog.querySelector("[data-matter]");
  const failed = dialog.querySelector("[data-failed]");
  let link = null; // what opened it
  let isTyped = false;

  document.addEventListener("click", (event) => {
    const pressed = event.target.closest?.("a[data-dialog]");
    if (!pressed || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const isSame = isTyped && link?.href === pressed.href;
    link = pressed;
    if (isSame) return dialog.showModal();
    isTyped = false;
    window.htmx.ajax("GET", link.href, { source: link, target: matter, swap: "innerHTML" });
  });

  matter.addEventListener("input", () => (isTyped = true));
  matter.addEventListener("submit", () => (failed.hidden = true), { capture: true });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr } = event.detail;
    if (target !== matter || !event.detail.shouldSwap) return;
    const { pathname } = new URL(xhr.responseURL);
    if (link && pathname === new URL(link.href).pathname) return;
    isTyped = false;
    dialog.close();
    if (pathname === location.pathname) {
      event.detail.target = document.getElementById(dialog.dataset.part);
      event.detail.swapOverride = "outerHTML";
    } else {
      event.detail.shouldSwap = false;
      location.assign(xhr.responseURL);
    }
  });

  matter.addEventListener("htmx:afterSwap", () => {
    failed.hidden = true;
    dialog.scrollTop = 0;
    for (const form of matter.querySelectorAll("form:not([data-whole-page])")) {
      form.setAttribute(`hx-${form.method}`, form.getAttribute("action")); // before htmx looks at it
    }
    if (!dialog.open) dialog.showModal();
  });

  for (const name of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(name, ({ detail }) => {
      if (detail.elt === link) location.assign(link.href); // its own page says why
      else if (matter.contains(detail.elt)) failed.hidden = false;
    });
  }

  // What had the focus may be gone: it goes where the act began, or to the beginning.
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (target.id !== dialog.dataset.part) return;
    if (!dialog.open && !isTyped) matter.replaceChildren(); // not before: htmx looks around what was sent
    if (document.activeElement !== document.body) return;
    const links = [...document.querySelectorAll("a[data-dialog]")];
    const again = links.find((each) => each.href === link?.href && each.checkVisibility({ contentVisibilityAuto: true }));
    (again ?? document.getElementById("main")).focus({ preventScroll: true });
  });
}
