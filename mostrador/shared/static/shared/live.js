/*
 * Live parts of a page: <section data-live="{{ signed topic }}" hx-get="…" hx-trigger="live">.
 * One stream carries all topics of the page. A part hears
 *   "live" and "live:change"  its topic has changed, or may have: it fetches itself from its normal address;
 *   "live:<event>"            something happened, with { id, topic, data } in `detail`, in order and once. What is only
 *                             for now (who is writing) has no id.
 * Whoever shows what events tell of also says since when: data-live-since="{{ position }}", of when it was drawn.
 * When the stream cannot be reached, every part is told "live" at intervals instead. A page that nobody looks at lets go
 * of its stream and catches up when it is shown again, unless a part has `data-live-always`. Works without htmx too.
 */
const ADDRESS = "/vivo/";
const POLL_MS = 20_000;
const PATIENCE_MS = 10_000; // how long the stream may be silent before the page asks at intervals
const AGAIN_MS = [5_000, 120_000]; // a stream that was refused may be welcome later: soon, then less and less often
const SPREAD_MS = 1_500; // everybody's stream breaks at once when the server restarts; not everybody asks at once
const SWAPPED_MS = 10_000; // what htmx has just brought is not older
const ON_THE_WAY_MS = 2_000; // until the request for the stream arrives
const HIDDEN_MS = 60_000;
const MOST_SEEN = 2_000; // the server never repeats more than 500

let stream = null;
let listened = "";
let last = ""; // the position that the stream has reached
let behind = false; // hints were missed, or may have been
let isFirst = true; // the first stream of the page, which shows what was true when it was asked for
let refusals = 0;
let polling = null;
let waiting = null;
let again = null;
let hiding = null;
const seen = new Set();

const parts = () => [...document.querySelectorAll("[data-live]")];
const topicOf = (part) => part.dataset.live.split("~")[0];

function dispatch(topic, name, detail) {
  for (const part of parts()) {
    if (topic === undefined || topicOf(part) === topic) {
      part.dispatchEvent(new CustomEvent(name, { bubbles: false, detail: detail ?? { topic: topicOf(part) } }));
    }
  }
}

function announce(topic) {
  dispatch(topic, "live");
  dispatch(topic, "live:change");
}

function tell(message) {
  const { id, topic, event, data } = JSON.parse(message.data);
  if (id !== undefined) {
    if (seen.has(id)) return;
    seen.add(id);
    if (seen.size > MOST_SEEN) seen.delete(seen.values().next().value);
  }
  dispatch(topic, `live:${event}`, { id, topic, data });
}

function poll() {
  polling ??= setInterval(() => {
    if (!document.hidden) announce();
  }, POLL_MS);
}

function beginToWait() {
  waiting ??= setTimeout(poll, PATIENCE_MS);
}

function stopPolling() {
  clearInterval(polling);
  clearTimeout(waiting);
  polling = waiting = null;
}

function close() {
  stream?.close();
  stream = null;
  clearTimeout(again);
  stopPolling();
}

/* The stream is heard: headers alone do not say so, a proxy may hold back what follows. */
function heard(message) {
  if (message.lastEventId) last = message.lastEventId;
  stopPolling();
  refusals = 0;
  if (behind) setTimeout(announce, Math.random() * SPREAD_MS);
  behind = false;
}

function connect(topics) {
  stream?.close();
  clearTimeout(again);
  const query = new URLSearchParams(topics.map((topic) => ["topic", topic]));
  if (last) query.set("last", last);
  query.set("age", String(Math.ceil((isFirst ? performance.now() : SWAPPED_MS) + ON_THE_WAY_MS)));
  isFirst = false;
  stream = new EventSource(`${ADDRESS}?${query}`);
  beginToWait();
  stream.addEventListener("position", heard);
  stream.addEventListener("change", (message) => {
    announce(message.data);
    heard(message);
  });
  stream.addEventListener("live", (message) => {
    tell(message);
    heard(message);
  });
  stream.addEventListener("error", () => {
    behind = true;
    if (stream.readyState !== EventSource.CLOSED) {
      beginToWait();
      return;
    }
    poll(); // refused: the browser does not try again by itself
    const pause = Math.min(AGAIN_MS[0] * 2 ** refusals++, AGAIN_MS[1]);
    again = setTimeout(() => connect(topics), pause * (0.75 + Math.random() / 2));
  });
}

function look() {
  const topics = [...new Set(parts().map((part) => part.dataset.live))].sort();
  if (topics.join(" ") === listened) return;
  if (!last) last = document.querySelector("[data-live-since]")?.dataset.liveSince ?? "";
  listened = topics.join(" ");
  if (topics.length > 0) {
    connect(topics);
  } else {
    close();
  }
}

function catchUp() {
  listened = "";
  behind = false;
  look();
  announce();
}

function letGo() {
  if (document.querySelector("[data-live-always]")) return;
  close();
}

look();
document.addEventListener("htmx:afterSettle", look); // a fragment may bring or take away live parts
document.addEventListener("visibilitychange", () => {
  clearTimeout(hiding);
  if (document.hidden) {
    hiding = setTimeout(letGo, HIDDEN_MS);
  } else if (stream === null && listened) {
    catchUp();
  }
});
addEventListener("pagehide", () => close());
addEventListener("pageshow", (event) => {
  if (event.persisted) catchUp();
});
