// Shows the official date and time of the sede in the footer and keeps it right, by the server's clock and not ours.
const places = document.querySelectorAll("time[data-official-time]");

async function serverTime(address) {
  const asked = Date.now();
  const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "omit" });
  const { now, zone } = await answer.json();
  const travel = (Date.now() - asked) / 2;
  return { ahead: Date.parse(now) + travel - Date.now(), zone };
}

function show(place, { ahead, zone }) {
  const now = new Date(Date.now() + ahead);
  const { lang } = document.documentElement;
  const language = lang === "en" ? "en-GB" : lang;  // 23 November, as the server writes it
  // Browsers without the words of a language (Basque, in Chromium) get figures, year first: 2026-11-23 05:24:05.
  const [known] = Intl.DateTimeFormat.supportedLocalesOf(language);
  place.dateTime = now.toISOString();
  place.textContent = new Intl.DateTimeFormat(known ?? "sv", {
    timeZone: zone, day: "numeric", month: known ? "long" : "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit",
  }).format(now);
  place.hidden = false;
}

for (const place of places) {
  const link = place.parentElement.querySelector("a");
  serverTime(link.href).then((clock) => {
    show(place, clock);
    setInterval(() => show(place, clock), 1000);
  }, () => {});  // without an answer the link stays, and what the server wrote
}
