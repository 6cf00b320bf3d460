// Warns before the end of a session, in every tab, and prolongs it on demand. The server alone ends it; without this file
// a form that is sent too late is kept, and found again after signing in.
(() => {
  "use strict";
  const dialog = document.querySelector("dialog[data-session]");
  if (!dialog) return;
  const SHARED = "session-seen";
  const seconds = (name) => Number(dialog.dataset[name]) * 1000;
  const loaded = Date.now();
  const end = loaded + seconds("left");
  const idle = seconds("idle");
  let seen = loaded;
  let timer = null;

  const show = (what) => {
    for (const part of dialog.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== what;
    dialog.querySelector("[data-stay]").hidden = what !== "idle";
    dialog.querySelector("[data-close]").hidden = what === "idle";
    dialog.querySelector("[data-leave]").hidden = what === "over";
    if (!dialog.open) dialog.showModal();
  };
  const look = () => {
    clearTimeout(timer);
    const now = Date.now();
    const over = Math.min(seen + idle, end);
    const warned = over - seconds("warning");
    if (now >= over) return show("over");
    if (now >= warned) show(over === end ? "left" : "idle");
    timer = setTimeout(look, Math.max((now < warned ? warned : over) - now, 250));
  };
  const share = () => {
    seen = Date.now();
    try {
      localStorage.setItem(SHARED, String(seen));
    } catch {
      // a browser that keeps nothing warns in each tab alone
    }
    if (dialog.open) dialog.close();
    look();
  };

  dialog.querySelector("[data-stay]").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
      if (answer.status === 204) return share();
    } catch {
      return form.submit();
    }
    show("over");
  });
  addEventListener("storage", (event) => {
    if (event.key !== SHARED || !event.newValue) return;
    seen = Math.max(seen, Number(event.newValue));
    if (dialog.open) dialog.close();
    look();
  });
  addEventListener("visibilitychange", look);
  addEventListener("pageshow", (event) => event.persisted && look());
  share();
})();

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
