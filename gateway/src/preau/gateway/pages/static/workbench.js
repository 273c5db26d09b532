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

  /* A row's record beside its list, on a screen that is wide enough; elsewhere its link leads to the page. */
  function watchPanel(panel) {
    const body = document.getElementById("volet-corps");
    let opener = null;
    const close = () => {
      if (panel.hidden) return;
      panel.hidden = true;
      body.replaceChildren();
      opener?.setAttribute("aria-expanded", "false");
      opener?.focus();
      opener = null;
    };
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-peek]");
      if (!link || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      if (!window.matchMedia("(min-width: 75rem)").matches) return;
      event.preventDefault();
      if (opener === link) { close(); return; }
      opener?.setAttribute("aria-expanded", "false");
      opener = link;
      body.replaceChildren(); // no record stands beside the line of another one
      document.getElementById("volet-page").href = link.href;
      const show = () => {
        if (opener !== link) return;
        if (body.childElementCount === 0) { panel.hidden = false; close(); return; } // what failed is told in the page
        panel.hidden = false;
        panel.scrollTop = 0;
        link.setAttribute("aria-expanded", "true");
        panel.focus({ preventScroll: true });
      };
      window.htmx.ajax("GET", link.getAttribute("href"), { source: link, target: "#volet-corps", select: "#fiche", swap: "innerHTML ignoreTitle:true" }).then(show, show);
    });
    document.getElementById("volet-fermer").addEventListener("click", close);
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.defaultPrevented) close(); });
    all("a[data-peek]").forEach((link) => { link.setAttribute("aria-expanded", "false"); link.setAttribute("aria-controls", "volet"); });
  }

  /* One row more of a form: a copy of the last one, empty, with the next number. */
  function addRow(button) {
    const name = button.dataset.addRow;
    const rows = all(`[data-row="${name}"]`);
    const last = rows[rows.length - 1];
    if (!last || rows.length >= Number(button.dataset.most)) return false;
    const number = Number(last.dataset.number) + 1;
    const dashed = name.replaceAll(".", "-");
    const copy = last.cloneNode(true);
    copy.dataset.number = String(number);
    all("[name], [id], [for], [aria-describedby]", copy).forEach((each) => {
      for (const attribute of ["name", "id", "for", "aria-describedby", "aria-labelledby"]) {
        const text = each.getAttribute(attribute);
        if (text) each.setAttribute(attribute, text.replace(`${name}.${number - 1}.`, `${name}.${number}.`).replaceAll(`${dashed}-${number - 1}-`, `${dashed}-${number}-`));
      }
      each.removeAttribute("aria-invalid");
    });
    all(".field-error", copy).forEach((each) => each.remove());
    all(".field-bad", copy).forEach((each) => each.classList.remove("field-bad"));
    all("[data-row-number]", copy).forEach((each) => { each.textContent = String(number + 1); });
    all("input", copy).forEach((field) => {
      field.checked = false;
      if (field.type === "radio") field.value = String(number);
      else if (field.type !== "checkbox") field.value = "";
    });
    all("select", copy).forEach((field) => { field.selectedIndex = 0; });
    last.after(copy);
    copy.querySelector("input:not([type=hidden]), select")?.focus();
    if (number + 1 >= Number(button.dataset.most)) button.hidden = true;
    return true;
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-add-row]");
      if (button && addRow(button)) event.preventDefault();
    });
    all("input[data-check-all]").forEach(watchSelection);
    all("#volet").forEach(watchPanel);
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const search = document.getElementById("global-search");
      if (!search?.hasAttribute("aria-keyshortcuts")) return; // turned off in the menu of the account
      if (event.key === "/") {
        if (search) { event.preventDefault(); search.focus(); search.select(); }
      } else if (event.key === "j" || event.key === "k") {
        const row = event.target.closest(".work tbody tr");
        if (row) step(row, event.key === "j" ? 1 : -1);
      }
    });
  });
})();
