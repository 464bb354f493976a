// Tells which result of a search was opened (data-result), and its place, so that editors see what people look for.
// No cookie goes with it.
const results = document.querySelector("[data-search]");

if (results) {
  const links = [...results.querySelectorAll("[data-result]")];
  const articles = links.filter((link) => link.dataset.result);
  for (const link of links) {
    link.addEventListener("click", () => tell(link));
    link.addEventListener("auxclick", (event) => event.button === 1 && tell(link));
  }

  function tell(link) {
    const told = new URLSearchParams({ key: results.dataset.search });
    if (link.dataset.result) {
      told.set("article", link.dataset.result);
      told.set("place", String(articles.indexOf(link) + 1));
    }
    fetch(results.dataset.opened, { method: "POST", body: told, keepalive: true, credentials: "omit" }).catch(() => {});
  }
}
