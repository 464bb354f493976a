// Tells the server which of the suggested articles somebody opens before they write, so that editors learn which did
// not help. Only the draft of this visitor remembers it.
for (const list of document.querySelectorAll("[data-suggested]")) {
  const tell = (event) => {
    const link = event.target.closest("a");
    if (!link || event.button === 2 || !navigator.sendBeacon) return;
    const article = link.pathname.split("/").filter(Boolean).pop();
    navigator.sendBeacon(list.dataset.suggested, new URLSearchParams({ article }));
  };
  list.addEventListener("click", tell);
  list.addEventListener("auxclick", tell);
}
