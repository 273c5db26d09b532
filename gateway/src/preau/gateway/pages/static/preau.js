/* What the pages gain from JavaScript beyond htmx. Every page works without it. */
(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const euros = new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR" });

  /* Tell readers of the screen what changed. */
  function say(text) {
    const region = document.getElementById("live");
    if (!region) return;
    region.textContent = "";
    window.setTimeout(() => { region.textContent = text; }, 60);
  }

  /* Invoices: the amount follows what is ticked. */
  function sumInvoices(form) {
    const chosen = all("input[data-cents]", form).filter((box) => box.checked);
    const total = chosen.reduce((sum, box) => sum + Number(box.dataset.cents), 0);
    const text = euros.format(total / 100);
    all("[data-sum]", form).forEach((place) => { place.textContent = text; });
    all("[data-sum-count]", form).forEach((place) => {
      place.textContent = chosen.length === 0 ? place.dataset.none
        : chosen.length === 1 ? place.dataset.one : place.dataset.many.replace("{n}", chosen.length);
    });
    all("[data-sum-button]", form).forEach((button) => { button.disabled = chosen.length === 0; });
    return text;
  }
  function tickAll(box, form) {
    all(`input[data-group="${box.dataset.tickGroup}"]`, form).forEach((each) => { each.checked = box.checked; });
  }
  function watchInvoices(form) {
    form.addEventListener("change", (event) => {
      if (event.target.dataset.tickGroup) tickAll(event.target, form);
      say(`${form.dataset.sumLabel} ${sumInvoices(form)}`);
    });
    sumInvoices(form);
  }

  /* Time left before a hold ends; the page asks the server again at the end. */
  function watchCountdown(place) {
    const end = Date.parse(place.dataset.until);
    const skew = Date.parse(place.dataset.now) - Date.now();
    const show = () => {
      const left = Math.max(0, Math.round((end - Date.now() - skew) / 1000));
      place.textContent = `${Math.floor(left / 60)} min ${String(left % 60).padStart(2, "0")} s`;
      if (left === 0) { window.clearInterval(timer); window.setTimeout(() => window.location.reload(), 1500); }
    };
    const timer = window.setInterval(show, 1000);
    show();
  }

  /* The check that a human registers: find the counter whose derived key has the asked prefix (ALTCHA, version 2). */
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (octet) => octet.toString(16).padStart(2, "0")).join("");
  async function derive(parameters, password) {
    const salt = bytes(parameters.salt);
    const length = parameters.keyLength || 32;
    const digest = (/SHA-\d+/.exec(parameters.algorithm) || ["SHA-256"])[0];
    if (parameters.algorithm.toUpperCase().startsWith("PBKDF2")) {
      const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
      return crypto.subtle.deriveBits({ name: "PBKDF2", salt, iterations: parameters.cost, hash: digest }, key, length * 8);
    }
    let data = new Uint8Array([...salt, ...password]);
    for (let round = 0; round < Math.max(1, parameters.cost); round += 1) data = await crypto.subtle.digest(digest, data);
    return data.slice(0, length);
  }
  async function solve(challenge) {
    const parameters = challenge.parameters;
    const nonce = bytes(parameters.nonce);
    const prefix = (parameters.keyPrefix || "00").toLowerCase();
    const password = new Uint8Array(nonce.length + 4);
    password.set(nonce);
    const started = performance.now();
    for (let counter = 0; ; counter += 1) {
      new DataView(password.buffer).setUint32(nonce.length, counter);
      const key = hex(await derive(parameters, password));
      if (key.startsWith(prefix)) {
        const solution = { counter, derivedKey: key, time: Math.round(performance.now() - started) };
        return btoa(JSON.stringify({ challenge, solution }));
      }
    }
  }
  async function proveHuman(box) {
    const field = box.querySelector("input[name=altcha]");
    const text = box.querySelector("[data-human-text]");
    box.hidden = false;
    try {
      const answer = await fetch(box.dataset.challenge, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      text.textContent = box.dataset.busy;
      field.value = await solve(await answer.json());
      text.textContent = box.dataset.done;
      box.classList.add("tone-good");
    } catch (error) {
      text.textContent = box.dataset.failed;
      box.classList.add("tone-bad");
    }
  }

  /* Uploads: how far they are. */
  function watchUpload(form) {
    form.addEventListener("htmx:xhr:progress", (event) => {
      const bar = form.querySelector("progress");
      if (bar && event.detail.total) { bar.hidden = false; bar.value = Math.round((100 * event.detail.loaded) / event.detail.total); }
    });
  }

  /* What failed in place is told in sight, wherever the page is scrolled to, until something succeeds. */
  function keepInSight() {
    const messages = document.getElementById("messages");
    if (!messages) return;
    messages.classList.add("messages-floating");
    messages.dataset.failed = "yes";
  }

  function prepare(root) {
    all("form[data-invoices]", root).forEach(watchInvoices);
    all("[data-until]", root).forEach(watchCountdown);
    all("[data-challenge]", root).forEach(proveHuman);
    all("form[data-upload]", root).forEach(watchUpload);
    all("select[data-go], input[data-go]", root).forEach((field) => field.addEventListener("change", () => field.form.requestSubmit()));
    all("[data-show-password]", root).forEach((box) => box.addEventListener("change", () => {
      all(box.dataset.showPassword).forEach((field) => { field.type = box.checked ? "text" : "password"; });
    }));
  }

  let waiting = 0;
  function progress(step) {
    waiting = Math.max(0, waiting + step);
    document.getElementById("progress")?.classList.toggle("busy", waiting > 0);
  }

  document.addEventListener("DOMContentLoaded", () => {
    prepare(document);
    document.getElementById("error-summary")?.focus();
    document.addEventListener("click", (event) => {
      all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      all("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
    });
    /* A form that costs money or places leaves once; a second press changes nothing. */
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (!form.matches("[data-once]") || form.hasAttribute("hx-post")) return;
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "yes";
      progress(1);
    });
    window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));
    document.body.addEventListener("htmx:beforeRequest", () => progress(1));
    document.body.addEventListener("htmx:afterRequest", () => progress(-1));
    document.body.addEventListener("htmx:load", (event) => { if (event.detail.elt !== document.body) prepare(event.detail.elt); });
    /* The session ended meanwhile: go and sign in, rather than put that page into this one. */
    document.body.addEventListener("htmx:beforeSwap", (event) => {
      if (event.detail.isError && !(event.detail.xhr.getResponseHeader("Content-Type") || "").startsWith("text/html")) {
        event.detail.shouldSwap = false;
      }
      const came = new URL(event.detail.xhr.responseURL || window.location.href, window.location.href);
      if (/^\/(agent\/)?connexion$/.test(came.pathname) && came.pathname !== window.location.pathname) {
        event.detail.shouldSwap = false;
        window.location.assign(`${came.pathname}?suite=${encodeURIComponent(window.location.pathname + window.location.search)}`);
      }
    });
    document.body.addEventListener("htmx:sendError", () => {
      document.getElementById("messages")?.replaceChildren(document.getElementById("cut").content.cloneNode(true));
      keepInSight();
      say(document.body.dataset.offline);
    });
    document.body.addEventListener("htmx:responseError", () => { keepInSight(); say(document.body.dataset.failed); });
    document.body.addEventListener("htmx:afterOnLoad", (event) => {
      const messages = document.getElementById("messages");
      if (event.detail.successful && messages?.dataset.failed) { messages.replaceChildren(); delete messages.dataset.failed; }
    });
    document.body.addEventListener("say", (event) => say(event.detail.value));
  });
})();
