/*
 * Live parts of a page: <section data-live="{{ signed topic }}" hx-get="…" hx-trigger="live">.
 * One stream carries all topics of the page and only says "this changed"; the part then fetches itself from its normal
 * address. When the stream cannot be reached, every part is fetched at intervals instead. Works without htmx too: anybody
 * may listen to the event "live".
 */
const ADDRESS = "/vivo/";
const POLL_MS = 20_000;
const PATIENCE_MS = 10_000; // how long the stream may be away before the page asks at intervals
const AGAIN_MS = 120_000; // a stream that was refused may be welcome later
const SPREAD_MS = 1_500; // everybody's stream breaks at once when the server restarts; not everybody asks at once

let stream = null;
let listened = "";
let polling = null;
let waiting = null;
let again = null;

const parts = () => [...document.querySelectorAll("[data-live]")];
const topicOf = (part) => part.dataset.live.split("~")[0];

function announce(topic) {
  for (const part of parts()) {
    if (topic === undefined || topicOf(part) === topic) {
      part.dispatchEvent(new CustomEvent("live", { bubbles: false }));
    }
  }
}

function poll() {
  polling ??= setInterval(() => {
    if (!document.hidden) announce();
  }, POLL_MS);
}

function stopPolling() {
  clearInterval(polling);
  clearTimeout(waiting);
  polling = waiting = null;
}

function connect(topics) {
  stream?.close();
  clearTimeout(again);
  stopPolling();
  const query = new URLSearchParams(topics.map((topic) => ["topic", topic]));
  stream = new EventSource(`${ADDRESS}?${query}`);
  let openedBefore = false;
  stream.addEventListener("open", () => {
    stopPolling();
    // What happened meanwhile was not heard.
    if (openedBefore) setTimeout(announce, Math.random() * SPREAD_MS);
    openedBefore = true;
  });
  stream.addEventListener("change", (message) => announce(message.data));
  stream.addEventListener("error", () => {
    if (stream.readyState !== EventSource.CLOSED) {
      waiting ??= setTimeout(poll, PATIENCE_MS);
      return;
    }
    poll(); // refused: the browser does not try again by itself
    clearTimeout(again);
    again = setTimeout(() => connect(topics), AGAIN_MS);
  });
}

function look() {
  const topics = [...new Set(parts().map((part) => part.dataset.live))].sort();
  if (topics.join(" ") === listened) return;
  listened = topics.join(" ");
  if (topics.length > 0) {
    connect(topics);
  } else {
    stream?.close();
    clearTimeout(again);
    stopPolling();
  }
}

look();
document.addEventListener("htmx:afterSettle", look); // a fragment may bring or take away live parts
addEventListener("pagehide", () => stream?.close());
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  listened = "";
  look();
  announce();
});
