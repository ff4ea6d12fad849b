// Filters the grid of chapters. The filters are kept in the fragment of the URL (#year=2019&level=none), so that Back,
// reload and a shared link show the same chapters. A fragment also works for pages opened from disk.
"use strict";
(() => {
  const field = (id) => document.getElementById(`f-${id}`);
  const fields = { text: field("text"), year: field("year"), level: field("level"), severity: field("severity"), check: field("check") };
  const form = document.getElementById("filters");
  const grid = document.getElementById("grid");
  const shown = document.getElementById("shown");
  const nothing = document.getElementById("nothing");
  const heads = [...grid.tHead.rows[0].cells].slice(1);
  const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
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
    const want = {};
    for (const [name, input] of Object.entries(fields)) want[name] = input.value;
    const text = plain(want.text.trim());
    let count = 0;
    for (const one of rows) {
      const named = !text || one.name.includes(text);
      let here = 0;
      for (const cell of one.cells) {
        const good = named && fits(cell, want);
        cell.cell.classList.toggle("out", !good);
        here += good;
      }
      one.row.hidden = here === 0;
      count += here;
    }
    heads.forEach((head, column) => {
      const off = Boolean(want.year) && head.dataset.year !== want.year;
      head.hidden = off;
      for (const one of rows) one.columns[column].hidden = off;
    });
    shown.textContent = count === total ? `${total} chapters` : `${count} of ${total} chapters`;
    nothing.hidden = count > 0;
  }

  // The fragment for the present filters: empty if there are none.
  function written() {
    const parts = new URLSearchParams();
    for (const [name, input] of Object.entries(fields)) if (input.value.trim()) parts.set(name, input.value.trim());
    return String(parts);
  }

  // Sets the filters from the URL. A fragment without "=" is the anchor of a heading and leaves them as they are.
  function read() {
    const fragment = location.hash.slice(1);
    if (fragment && !fragment.includes("=")) return void apply();
    const parts = new URLSearchParams(fragment);
    for (const [name, input] of Object.entries(fields)) {
      input.value = parts.get(name) || "";
      if (input.value === "" && input.tagName === "SELECT") input.selectedIndex = 0;
    }
    apply();
  }

  // Typing changes the present entry of the history, every other filter adds one, so Back undoes one choice.
  function store(typing) {
    const target = `${location.pathname}${location.search}${written() ? `#${written()}` : ""}`;
    if (written() === location.hash.slice(1)) return;
    history[typing ? "replaceState" : "pushState"](null, "", target);
  }

  form.addEventListener("input", (event) => {
    apply();
    store(event.target === fields.text);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => {
    apply();
    store(false);
  }));
  for (const button of document.querySelectorAll("button[data-check]")) {
    button.addEventListener("click", () => {
      fields.check.value = button.dataset.check;
      apply();
      store(false);
      form.scrollIntoView({ block: "start" });
      fields.check.focus({ preventScroll: true });
    });
  }
  addEventListener("popstate", read);
  addEventListener("hashchange", read);
  addEventListener("pageshow", read); // after Back the browser may have restored old values of the fields
  apply();
  read();
})();
