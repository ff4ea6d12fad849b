// Colours the map by a column of the table below it, so that it can show no other values than the table.
"use strict";
(() => {
  const form = document.getElementById("filters");
  const svg = document.querySelector(".world svg");
  const table = document.getElementById("by-year");
  const years = [...form.elements.map.options].map((option) => option.value);
  const rows = new Map([...table.tBodies[0].rows].map((row) => [row.dataset.iso3, row]));

  function draw() {
    const year = form.elements.map.value;
    svg.setAttribute("aria-label", `World map of the report of ${year}; its values are those of the table below`);
    for (const shape of svg.querySelectorAll("[data-iso3]")) {
      const row = rows.get(shape.dataset.iso3);
      const link = row && row.cells[1 + years.indexOf(year)].querySelector("a");
      shape.removeAttribute("class");
      shape.replaceChildren();
      if (!link) continue;
      shape.setAttribute("class", link.parentElement.dataset.shade || [...link.parentElement.classList].at(-1));
      const title = document.createElementNS(svg.namespaceURI, "title");
      title.textContent = `${row.cells[0].textContent}: ${link.textContent}`;
      shape.append(title);
    }
  }

  svg.addEventListener("click", (event) => {
    const row = rows.get(event.target.dataset.iso3);
    row?.cells[1 + years.indexOf(form.elements.map.value)].querySelector("a")?.click();
  });
  form.hidden = false;
  globalThis.findingsFilters(form, draw);
})();
