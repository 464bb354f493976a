// Tells the server that an article was read, once, when it has been on the screen for some seconds. No cookie, no trace.
const SECONDS = 5;
const article = document.querySelector("[data-reading]");

if (article && navigator.sendBeacon) {
  setTimeout(() => {
    if (document.visibilityState === "visible") navigator.sendBeacon(article.dataset.reading);
  }, SECONDS * 1000);
}
