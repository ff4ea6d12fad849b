// Filters the grid of chapters.
"use strict";
(() => {
  const plain = globalThis.findingsPlain;
  const number = new Intl.NumberFormat("en");
  const form = document.getElementById("filters");
  const grid = document.getElementById("grid");
  const shown = document.getElementById("shown");
  const nothing = document.getElementById("nothing");
  const heads = [...grid.tHead.rows[0].cells].slice(1);
  const rows = [...grid.tBodies[0].rows].map((row) => ({
    row,
    name: plain(row.dataset.name),
    columns: [...row.cells].slice(1),
    cells: [...row.cells].slice(1).filter((cell) => cell.dataset.year).map((cell) => {
      const [error, warning, info] = cell.dataset.counts.split(" ").map(Number);
      return { cell, year: cell.dataset.year, level: cell.dataset.level, checks: cell.dataset.checks.split(" "), error, warning, info };
    }),
  }));
  const total = rows.reduce((sum, one) => sum + one.cells.length, 0);

  function fits(one, want) {
    if (want.year && one.year !== want.year) return false;
    if (want.level && one.level !== want.level) return false;
    if (want.check && !one.checks.includes(want.check)) return false;
    if (want.severity === "clean") return one.error + one.warning === 0;
    return !want.severity || one[want.severity] > 0;
  }

  function apply() {
    const want = Object.fromEntries(new FormData(form));
    const text = plain(want.text.trim());
    let count = 0;
    const years = new Set(); // those with a chapter that fits: the others are no columns, so that all are in sight
    for (const one of rows) {
      const named = !text || one.name.includes(text);
      let here = 0;
      for (const cell of one.cells) {
        const good = named && fits(cell, want);
        cell.cell.classList.toggle("out", !good);
        here += good;
        if (good) years.add(cell.year);
      }
      one.row.hidden = here === 0;
      count += here;
    }
    heads.forEach((head, column) => {
      const off = !years.has(head.dataset.year);
      head.hidden = off;
      for (const one of rows) one.columns[column].hidden = off;
    });
    grid.hidden = count === 0;
    shown.textContent = count === total ? `${number.format(total)} chapters` : `${number.format(count)} of ${number.format(total)} chapters`;
    nothing.hidden = count > 0;
  }

  const filters = globalThis.findingsFilters(form, apply);
  for (const button of document.querySelectorAll("button[data-check]")) {
    button.addEventListener("click", () => {
      filters.set("check", button.dataset.check);
      form.scrollIntoView({ block: "start" });
      form.elements.check.focus({ preventScroll: true });
    });
  }
})();
