/* Focus never falls to the page's body: after a change in place it stays, or goes to what is nearest.
   Dialogs: a link with data-dialog opens its page in the dialog; without JavaScript it leads there. */
(() => {
  "use strict";
  const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const LANDMARK = "dialog, form, section, aside, nav, main";
  const dialog = () => document.getElementById("dialogue");
  let before = [];
  let opener = "";

  const isShown = (element) => element.isConnected && element.getClientRects().length > 0;
  const isLost = () => !document.activeElement || document.activeElement === document.body;
  function take(element) {
    if (!element || !isShown(element)) return false;
    if (!element.matches(FOCUSABLE)) element.setAttribute("tabindex", "-1");
    element.focus({ preventScroll: true });
    return document.activeElement === element;
  }

  /* The ids around what has the focus: itself, what follows, what comes before, then its regions. */
  function around(element) {
    if (!element || element === document.body) return [];
    const others = Array.from((element.closest("section, dialog, main") || document).querySelectorAll(FOCUSABLE));
    const at = others.indexOf(element);
    const near = [element, ...others.slice(at + 1), ...others.slice(0, at).reverse()];
    for (let region = element.closest(LANDMARK); region; region = region.parentElement?.closest(LANDMARK)) near.push(region);
    return near.map((each) => each.id).filter(Boolean);
  }
  function keep(asked) {
    if (!isLost()) return;
    const wanted = Array.from(document.querySelectorAll(asked || "#nowhere"));
    const known = before.map((id) => document.getElementById(id));
    [...wanted, ...known, document.getElementById(opener), document.querySelector("main")].some(take);
  }

  document.addEventListener("DOMContentLoaded", () => {
    const body = document.body;
    body.addEventListener("htmx:beforeSwap", () => { if (!isLost()) before = around(document.activeElement); });
    const after = (event) => {
      const asker = event.detail.requestConfig?.elt || event.detail.elt;
      keep(asker?.closest?.("[data-focus-after]")?.dataset.focusAfter);
    };
    body.addEventListener("htmx:afterRequest", after);
    body.addEventListener("htmx:afterSettle", after);

    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("a[data-dialog]");
      if (!link || !dialog() || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      opener = link.id;
      window.htmx.ajax("GET", link.getAttribute("href"), { source: link, target: "#dialogue-corps", swap: "innerHTML" });
    });
    body.addEventListener("htmx:afterSwap", (event) => {
      if (event.detail.target?.id === "dialogue-corps" && !dialog().open) dialog().showModal();
    });
    body.addEventListener("close-dialog", () => { if (dialog()?.open) dialog().close(); });
    dialog()?.addEventListener("click", (event) => { if (event.target === dialog()) dialog().close(); });
    dialog()?.addEventListener("close", () => {
      document.getElementById("dialogue-corps").replaceChildren();
      if (isLost() || !isShown(document.activeElement)) take(document.getElementById(opener));
    });
  });
})();
