// The doorbell: when the server rings a topic, the parts of the page that watch it fetch themselves again (htmx).
// Without this file, or without a stream, each part keeps its own link to refresh.
(() => {
  "use strict";
  const PARTS = "[data-doorbell-topic]";
  const POLL_EVERY = 10_000;
  const RETRY_AFTER = 3_000;
  let stream = null;
  let polling = null;

  const parts = () => [...document.querySelectorAll(PARTS)];
  const ring = (topic) => {
    for (const part of parts()) {
      if (topic === undefined || part.dataset.doorbellTopic === topic) part.dispatchEvent(new CustomEvent("ring"));
    }
  };
  const poll = (on) => {
    if (on && polling === null) polling = setInterval(ring, POLL_EVERY);
    if (!on && polling !== null) polling = clearInterval(polling) ?? null;
    document.documentElement.dataset.live = on ? "polling" : "stream";
  };

  // What changed is said once, by a status that stays in the page; the focus goes back to the same link or button.
  const status = document.createElement("p");
  status.className = "vh";
  status.setAttribute("role", "status");
  document.body.append(status);
  const wordsOf = (part) => part.textContent.replace(/\s+/g, " ").trim();
  const gestures = (part) => [...part.querySelectorAll("a[href], button")];
  const sameAs = (held) => (each) => each.textContent === held.textContent && each.getAttribute("href") === held.getAttribute("href");
  let before = null;
  document.addEventListener("htmx:beforeSwap", ({ target }) => {
    if (target.matches(PARTS)) before = { words: wordsOf(target), held: target.contains(document.activeElement) && document.activeElement };
  });
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (!before || !target.matches(PARTS)) return;
    const { words, held } = before;
    before = null;
    if (held) (gestures(target).find(sameAs(held)) ?? document.getElementById("contenu")).focus();
    if (words !== wordsOf(target)) status.textContent = `${target.dataset.says} ${target.querySelector(".big-say .state")?.textContent.trim() ?? ""}`;
  });

  const listen = () => {
    const first = parts().find((part) => part.dataset.doorbellTicket);
    if (!first) return;
    let lost = false;
    stream = new EventSource(`${first.dataset.doorbell}?ticket=${encodeURIComponent(first.dataset.doorbellTicket)}`);
    stream.addEventListener("ring", (event) => ring(JSON.parse(event.data)));
    stream.addEventListener("open", () => {
      poll(false);
      if (lost) ring();
      lost = false;
    });
    stream.addEventListener("error", () => {
      lost = true;
      poll(true);
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, RETRY_AFTER);
    });
  };

  addEventListener("pagehide", () => stream?.close());
  addEventListener("pageshow", (event) => event.persisted && listen());
  listen();
})();
