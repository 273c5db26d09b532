/* The calendar and the basket never disagree: each answer holds both, and other tabs look again. */
(() => {
  "use strict";
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("preau-basket") : null;

  /* Put in place the cells that changed and leave the others, so that no tap under way is lost. */
  function patch(shown, fresh) {
    const cells = new Map(Array.from(shown.querySelectorAll("[data-cell]"), (cell) => [cell.id, cell]));
    const others = Array.from(fresh.querySelectorAll("[data-cell]"));
    if (others.length !== cells.size || others.some((cell) => !cells.has(cell.id))) return false;
    others.forEach((cell) => {
      const old = cells.get(cell.id);
      if (old.dataset.cell === cell.dataset.cell) return;
      const held = old.contains(document.activeElement);
      old.dataset.cell = cell.dataset.cell;
      old.replaceChildren(...cell.childNodes);
      window.htmx.process(old);
      if (held) old.querySelector(".cell[id]")?.focus({ preventScroll: true });
    });
    return true;
  }
  function lookAgain() {
    if (document.visibilityState === "visible") window.htmx.trigger("#fraicheur", "look-again");
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
      const shown = event.detail.target;
      if (shown.id !== "semaines") return;
      const fresh = event.detail.fragment.querySelector("#semaines");
      if (!fresh) return;
      /* An answer for the child or the week that was shown before stays out of this one. */
      if (fresh.dataset.place !== shown.dataset.place || patch(shown, fresh)) event.detail.shouldSwap = false;
    });
    document.body.addEventListener("basket-changed", () => channel?.postMessage("changed"));
    channel?.addEventListener("message", lookAgain);
    document.addEventListener("visibilitychange", lookAgain);
    window.addEventListener("pageshow", (event) => { if (event.persisted) lookAgain(); });
  });
})();
