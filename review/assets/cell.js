// What can be copied from a cell: a link, a citation, and a line for corrections.csv.
"use strict";
globalThis.findingsCell = (() => {
  const main = document.getElementById("main");
  const doc = main.dataset.doc;
  const tableOf = (line) => line.id.replace(/-[0-9]+$/, "");
  const fieldsOf = (cell) => cell.dataset.c.split(" ");
  // The cells of a row; one that stands beside others has those of their heading too.
  const cellsOf = (line) => [
    ...(line.localName === "td" ? line.parentElement.querySelectorAll(":scope > .cell") : []),
    ...line.querySelectorAll(".cell"),
  ];

  // The values of a cell as the CSV file has them, one for each of its columns.
  function valuesOf(cell) {
    const fields = fieldsOf(cell);
    const written = cell.dataset.v === undefined ? cell.textContent : cell.dataset.v;
    return fields.length > 1 && cell.dataset.v !== undefined ? JSON.parse(written) : [written];
  }

  // The fragment of a row or cell: "laws-2" or "laws-2.status".
  const fragment = (line, cell) => (cell ? `${line.id}.${fieldsOf(cell)[0]}` : line.id);
  const link = (line, cell) => `${location.href.split("#")[0]}#${fragment(line, cell)}`;

  function find(text) {
    const [, id, column] = text.match(/^(.*?)(?:\.([a-z_]+))?$/s);
    const line = document.getElementById(id);
    if (!column || !line || !line.classList.contains("line")) return null;
    const cell = cellsOf(line).find((one) => fieldsOf(one)[0] === column);
    return cell ? { line, cell } : null;
  }

  function citation(line, cell, name) {
    const places = (cell.dataset.at || line.dataset.at || "").split(" ");
    const pages = [...new Set(places.filter(Boolean).map((at) => (at.startsWith("L") ? `line ${at.slice(1)}` : `p. ${at.split(":")[0]}`)))];
    const run = globalThis.findingsRelease ? `, release ${globalThis.findingsRelease}` : "";
    const value = (cell.dataset.raw || cell.textContent).trim();
    const where = [...pages, `${name}, ${cell.dataset.h}`].join(", ");
    return `U.S. Department of Labor, Bureau of International Labor Affairs. ${main.dataset.title}. ${where}: “${value}”. Extracted with findings${run}, ${doc}.`;
  }

  const quoted = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const COLUMNS = "doc_id,table,row_key,column,expected,new,reason,who,date";

  function correction(line, cell, field, wanted) {
    const expected = valuesOf(cell)[fieldsOf(cell).indexOf(field)] ?? "";
    const today = new Date().toISOString().slice(0, 10);
    const { value, reason, who } = wanted;
    return [doc, tableOf(line), line.dataset.key, field, expected, value, reason, who, today].map(quoted).join(",");
  }

  function element(tag, text, attributes) {
    const made = document.createElement(tag);
    made.textContent = text;
    Object.assign(made, attributes);
    return made;
  }

  // Shows a text selected, so that it can be copied by hand where the browser does not let the page do it.
  async function copy(text, output) {
    const area = element("textarea", text, { readOnly: true, rows: 3 });
    area.setAttribute("aria-label", "Text to copy");
    const state = element("p", "Select and copy the text.", { className: "aside" });
    output.replaceChildren(area, state);
    area.select();
    try {
      await navigator.clipboard.writeText(text);
      state.textContent = "Copied.";
    } catch {
      if (document.execCommand("copy")) state.textContent = "Copied.";
    }
  }

  function labelled(text, input) {
    const label = element("label", text);
    label.append(input);
    return label;
  }

  // The fields for a correction and the line for corrections.csv, which follows what is typed.
  function correctionFields(line, cell) {
    const box = element("div", "", { className: "correction" });
    const field = element("select", "");
    field.append(...fieldsOf(cell).map((name) => element("option", name)));
    const [value, reason, who] = ["new value", "reason", "your name"].map(() => element("input", "", { type: "text" }));
    const area = element("textarea", "", { readOnly: true, rows: 3 });
    area.setAttribute("aria-label", "Line for corrections.csv");
    const update = () => {
      const wanted = { value: value.value, reason: reason.value, who: who.value };
      area.value = correction(line, cell, field.value, wanted);
    };
    const button = element("button", "Copy line", { type: "button" });
    const output = element("div", "");
    button.addEventListener("click", () => copy(area.value, output));
    box.addEventListener("input", update);
    const columns = element("p", `Columns of corrections.csv: ${COLUMNS.replaceAll(",", ", ")}`, { className: "aside" });
    box.append(
      ...(fieldsOf(cell).length > 1 ? [labelled("Column ", field)] : []),
      labelled("Right value ", value), labelled("Reason ", reason), labelled("Your name ", who), area, columns, button, output,
    );
    update();
    return box;
  }

  // The buttons for a chosen row or cell. ``name`` is what the row is called on the page.
  function actions(line, cell, name) {
    const bar = element("div", "", { className: "acts" });
    const output = element("div", "");
    output.setAttribute("aria-live", "polite");
    const add = (text, action) => {
      const button = element("button", text, { type: "button" });
      button.addEventListener("click", action);
      bar.append(button);
    };
    add("Copy link", () => copy(link(line, cell), output));
    if (cell) {
      add("Copy citation", () => copy(citation(line, cell, name), output));
      add("This is wrong", () => {
        output.replaceChildren(correctionFields(line, cell));
        output.querySelector("input").focus();
      });
    }
    return [bar, output];
  }

  // What the tables have of a cell that shows several columns.
  function published(cell) {
    const values = valuesOf(cell);
    const words = fieldsOf(cell).map((field, n) => `${field} ${values[n]}`).filter((_, n) => n && values[n]);
    return words.length ? `In the tables also: ${words.join(", ")}.` : "";
  }

  return { actions, cellsOf, find, fragment, published };
})();
