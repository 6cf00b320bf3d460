// Passkeys: a form marked data-passkey asks the server for a challenge, the browser for an answer, then goes as any form.
// Nothing else on our pages needs a script. Without this file, the form says so, and the other ways stay.
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
  const text = (buffer) =>
    btoa(Array.from(new Uint8Array(buffer), (each) => String.fromCharCode(each)).join(""))
      .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const named = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

  const ask = {
    create: (options) => navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: named(options.excludeCredentials),
      },
    }),
    get: (options) => navigator.credentials.get({
      publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) },
    }),
  };
  const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const told = (made) => {
    const response = {};
    for (const part of PARTS) if (made.response[part]) response[part] = text(made.response[part]);
    if (made.response.getTransports) response.transports = made.response.getTransports();
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response });
  };

  const challenge = async (form) => {
    const token = form.elements.csrfmiddlewaretoken.value;
    const answer = await fetch(form.dataset.challenge, { method: "POST", headers: { "X-CSRFToken": token } });
    if (!answer.ok || answer.redirected) throw new Error("no challenge");
    return answer.json();
  };
  const say = (form, what) => {
    const place = form.querySelector("[data-said]");
    place.textContent = form.dataset[what] ?? form.dataset.failed;
    place.hidden = false;
  };

  const prepare = (form) => {
    const button = form.querySelector("button");
    if (!window.PublicKeyCredential) {
      button.hidden = true;
      return say(form, "unsupported");
    }
    form.addEventListener("submit", async (event) => {
      if (event.submitter?.formNoValidate) return; // to look at what was typed, no more
      event.preventDefault();
      button.disabled = true;
      form.querySelector("[data-said]").hidden = true;
      try {
        const made = await ask[form.dataset.passkey](await challenge(form));
        form.elements.credential.value = told(made);
        form.submit();
      } catch (error) {
        say(form, { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known" }[error.name] ?? "failed");
        button.disabled = false;
      }
    });
  };
  document.querySelectorAll("form[data-passkey]").forEach(prepare);
})();
