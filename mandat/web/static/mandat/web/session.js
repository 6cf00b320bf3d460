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
