/* What the agents' pages gain from JavaScript: the keyboard, and boxes that follow each other. */
(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;

  /* The box of the whole page ticks the others, follows them, and the bar says how many there are. */
  function watchSelection(whole) {
    const form = whole.form;
    const boxes = all(`input[type=checkbox][name="${whole.dataset.checkAll}"][form="${form.id}"]`);
    const place = form.querySelector("[data-check-count]");
    const show = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      whole.checked = boxes.length > 0 && ticked === boxes.length;
      whole.indeterminate = ticked > 0 && ticked < boxes.length;
      if (place) {
        place.textContent = ticked === 0 ? place.dataset.none : ticked === 1 ? place.dataset.one : place.dataset.many.replace("{n}", ticked);
      }
    };
    whole.addEventListener("change", () => { boxes.forEach((box) => { box.checked = whole.checked; }); show(); });
    boxes.forEach((box) => box.addEventListener("change", show));
    window.addEventListener("pageshow", show);
    show();
  }

  /* In a list, "j" and "k" go from row to row; Enter then opens the row, as everywhere. Elsewhere they are letters
     like others: whoever speaks to the machine says some (WCAG 2.1.4). */
  function step(row, by) {
    const links = all("tbody th[scope=row] a", row.closest("table"));
    const present = links.findIndex((link) => row.contains(link));
    links[Math.min(Math.max(present + by, 0), links.length - 1)]?.focus();
  }

  document.addEventListener("DOMContentLoaded", () => {
    all("input[data-check-all]").forEach(watchSelection);
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === "/") {
        const search = document.getElementById("global-search");
        if (search) { event.preventDefault(); search.focus(); search.select(); }
      } else if (event.key === "j" || event.key === "k") {
        const row = event.target.closest(".work tbody tr");
        if (row) step(row, event.key === "j" ? 1 : -1);
      }
    });
  });
})();
