// One published table: filters, sorting, download. The rows are scripts, one for each report year, because a page that
// is opened from disk may load scripts but nothing else.
"use strict";
(() => {
  const FIRST = 100; // rows that are drawn at once
  const SOME = 200; // rows by which it is decided whether a column has long texts,
  const LONG = 60; // with more characters than these on average
  const plain = globalThis.findingsPlain;
  const byId = (id) => document.getElementById(id);
  const form = byId("filters");
  const table = byId("rows");
  const body = table.tBodies[0];
  const { name, folder } = table.dataset;
  const heads = [...table.tHead.rows[0].cells].slice(1);
  const columns = heads.map((head) => ({ name: head.dataset.column, kind: head.dataset.kind, link: head.dataset.link }));
  const anchored = new Set(table.dataset.anchored.split(" "));
  const countries = new Map([...form.elements.iso3.options].map((one) => [one.value, one.textContent]));
  const years = table.dataset.years.split(" ").filter(Boolean).map((one) => one.split(":"));
  const total = years.reduce((sum, [, count]) => sum + Number(count), 0);
  const selects = [...form.querySelectorAll("select[name]")];
  const ranges = columns.map((column) => column.name).filter((column) => form.elements[`${column}-min`]);
  const parts = new Map(); // year -> its columns
  let rows = {}; // column -> the values of all loaded rows, the newest report first
  let words = []; // for each row the text that the search field looks at
  let ranks = new Map(); // column -> for each row its place in the order of that column
  let shown = []; // numbers of the rows that fit, in order
  let drawn = FIRST;

  // A column is a list of values; or, for a text, its different values and for each row the number of its value.
  function unpacked(column, count) {
    if (Array.isArray(column)) return column;
    return column.i ? column.i.map((index) => column.d[index]) : new Array(count).fill(column.d[0]);
  }

  const unpacking = new Map(); // year -> the promise that its rows are there
  globalThis.findingsRows = (year, count, packed) => {
    unpacking.set(year, globalThis.findingsUnpacked(packed).then((text) => keep(year, count, JSON.parse(text))));
  };

  function keep(year, count, columnsOfYear) {
    const part = {};
    for (const [column, values] of Object.entries(columnsOfYear)) part[column] = unpacked(values, count);
    part.iso3 = part.doc_id.map((id) => id.slice(0, 3).toUpperCase());
    part.report_year = part.doc_id.map((id) => id.slice(4));
    parts.set(year, part);
  }

  function joined() {
    rows = {};
    words = [];
    ranks = new Map();
    for (const [year] of years) {
      const part = parts.get(year);
      if (!part) continue;
      for (const [column, values] of Object.entries(part)) rows[column] = (rows[column] || []).concat(values);
    }
    // A column of long texts is wide: else one of many columns would be a word wide, and a row higher than the window.
    for (const head of heads) {
      const some = head.dataset.kind === "text" ? (rows[head.dataset.column] || []).slice(0, SOME) : [];
      head.classList.toggle("long", some.reduce((sum, text) => sum + (text?.includes(" ") ? text.length : 0), 0) > LONG * some.length);
    }
  }

  // The words of the rows, put together once.
  function searched() {
    const texts = columns.filter((column) => column.kind === "text" || column.kind === "code").map((column) => column.name);
    if (!words.length) words = rows.doc_id.map((_, row) => plain(`${countries.get(rows.iso3[row])} ${texts.map((column) => rows[column][row]).join(" ")}`));
    return words;
  }

  // A value as the CSV file has it.
  const written = (value) => (value === null || value === undefined ? "" : typeof value === "boolean" ? (value ? "True" : "False") : String(value));

  // The active filters: the field, and whether a row fits it.
  function tests(want) {
    const found = [];
    for (const { name: field } of selects) {
      const values = rows[field];
      const value = want.get(field) === "(empty)" ? "" : want.get(field);
      if (want.get(field)) found.push([field, (row) => written(values[row]) === value]);
    }
    for (const column of ranges) {
      const values = rows[column];
      for (const [side, fits] of [["min", (value, limit) => value >= limit], ["max", (value, limit) => value <= limit]]) {
        const limit = parseFloat(want.get(`${column}-${side}`));
        if (!Number.isNaN(limit)) found.push([column, (row) => values[row] !== null && fits(values[row], limit)]);
      }
    }
    const terms = plain(want.get("text")).split(/\s+/).filter(Boolean);
    if (terms.length) {
      const texts = searched();
      found.push(["text", (row) => terms.every((term) => texts[row].includes(term))]);
    }
    return found;
  }

  // Filters the rows. A row that fails one filter alone counts for the choices of that filter.
  function filter(active) {
    const counts = new Map(selects.map((select) => [select.name, new Map()]));
    const add = (field, row) => {
      const count = counts.get(field);
      const value = written(rows[field][row]);
      count.set(value, (count.get(value) || 0) + 1);
    };
    shown = [];
    for (let row = 0; row < rows.doc_id.length; row += 1) {
      let failed = null;
      let more = false;
      for (const [field, fits] of active) {
        if (fits(row)) continue;
        more = failed !== null;
        failed = field;
        if (more) break;
      }
      if (failed === null) {
        shown.push(row);
        for (const field of counts.keys()) add(field, row);
      } else if (!more && counts.has(failed)) add(failed, row);
    }
    return counts;
  }

  const collator = new Intl.Collator("en", { numeric: true });
  function rank(column) {
    if (!ranks.has(column)) {
      const values = column === "chapter" ? rows.iso3.map((code, row) => `${countries.get(code)} ${rows.report_year[row]}`) : rows[column];
      const order = [...new Set(values)].sort((one, other) => {
        if (typeof one === "string" && typeof other === "string") return collator.compare(one, other);
        return one === null ? -1 : other === null ? 1 : one - other;
      });
      const places = new Map(order.map((value, place) => [value, place]));
      const empty = (value) => value === null || value === "";
      ranks.set(column, values.map((value) => (empty(value) ? Infinity : places.get(value))));
    }
    return ranks.get(column);
  }

  // Rows without a value are last in both directions.
  function sort(by) {
    const down = by.startsWith("-");
    const column = by.replace("-", "");
    for (const head of table.tHead.rows[0].cells) {
      const on = by && head.dataset.column === column;
      if (on) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    if (!heads.some((head) => head.dataset.column === column) && column !== "chapter") return;
    const places = rank(column);
    shown.sort((one, other) => {
      if (places[one] === places[other]) return one - other;
      if (places[one] === Infinity || places[other] === Infinity) return places[one] - places[other];
      return down ? places[other] - places[one] : places[one] - places[other];
    });
  }

  const number = new Intl.NumberFormat("en");

  // The place of a row on the page of its chapter; rows that say something of another row lead to that one.
  function anchor(row) {
    if (name === "documents") return "";
    if (name === "entity_registry") return `#name-${rows.entity_id[row]}`;
    const [of, at] = anchored.has(name) ? [name, rows.row[row]] : [rows.table?.[row], (rows.table_row || rows.row)[row]];
    if (anchored.has(of) && at !== null) return `#${of}-${at}`;
    return name === "quality" || name === "quarantine" ? "#findings" : "";
  }

  // The parts of a text; a code or a path may go on in the next line after an underscore, a slash or a comma.
  const broken = (text, kind) => (text && (kind === "code" || !text.includes(" ")) ? text.split(/(?<=[_/,])/).flatMap((word) => [word, document.createElement("wbr")]) : [text]);

  function line(row) {
    const made = document.createElement("tr");
    const page = `../chapters/${rows.doc_id[row]}.html`;
    const place = anchor(row);
    const link = (text, href) => {
      const element = document.createElement("a");
      element.textContent = text;
      element.href = href;
      return element;
    };
    const head = document.createElement("th");
    head.scope = "row";
    head.append(link(`${countries.get(rows.iso3[row])} ${rows.report_year[row]}`, page + place));
    made.append(head);
    for (const column of columns) {
      const cell = document.createElement("td");
      const value = rows[column.name][row];
      const text = column.kind === "number" && value !== null ? number.format(value) : written(value);
      cell.dataset.h = column.name.replaceAll("_", " ");
      if (column.kind === "number") cell.className = "num";
      let holder = cell;
      if (column.link && text && anchored.has(name)) {
        holder = link("", `${page}${place}.${column.link}`);
        holder.tabIndex = -1; // with the keyboard the row is enough: there l and h go to its cells
        cell.append(holder);
      }
      holder.append(...broken(text, column.kind));
      made.append(cell);
    }
    return made;
  }

  function draw() {
    body.replaceChildren(...shown.slice(0, drawn).map(line));
    byId("more").hidden = shown.length <= drawn;
    byId("nothing").hidden = shown.length > 0 || wanted().some(([year]) => !parts.has(year));
  }

  function label(counts) {
    const whole = years.every(([year]) => parts.has(year));
    for (const select of selects) {
      const count = counts.get(select.name);
      for (const option of select.options) {
        if (!option.value) continue;
        option.label = whole ? `${option.textContent} (${number.format(count.get(option.value === "(empty)" ? "" : option.value) || 0)})` : option.textContent;
      }
    }
  }

  function show() {
    if (!rows.doc_id) return;
    const want = new FormData(form);
    const active = tests(want);
    label(filter(active));
    sort(want.get("sort"));
    draw();
    const missing = wanted().filter(([year]) => !parts.has(year));
    byId("shown").textContent = missing.length
      ? `${number.format(shown.length)} rows so far, loading ${missing.map(([year]) => year).join(", ")} …`
      : `${number.format(shown.length)} of ${number.format(total)} rows`;
    for (const button of form.querySelectorAll("[data-download]")) button.disabled = missing.length > 0;
  }

  const wanted = () => {
    const year = form.elements.report_year.value;
    return year ? years.filter(([one]) => one === year) : years;
  };

  // Loads the years that the filters need: the newest one first, which is shown at once, then all others together.
  const coming = new Set();
  function load() {
    const missing = wanted().map(([year]) => year).filter((year) => !parts.has(year));
    const next = parts.size ? missing : missing.slice(0, 1);
    for (const year of next) if (!coming.has(year)) fetchYear(year);
  }

  function fetchYear(year) {
    coming.add(year);
    const script = document.createElement("script");
    script.onload = script.onerror = async () => {
      await unpacking.get(year);
      coming.delete(year);
      script.remove();
      if (!parts.has(year)) parts.set(year, { doc_id: [], iso3: [], report_year: [] }); // a file that is not there
      if (coming.size) return;
      joined();
      show();
      setTimeout(load); // the browser draws in between
      setTimeout(() => coming.size || searched(), 500); // so that the first search need not wait for it
    };
    script.src = `${folder}/${year}.js`;
    document.head.append(script);
  }

  function apply() {
    drawn = FIRST;
    show();
    load();
  }

  // Exactly this view: its rows, in its order, with all columns of the page and what identifies and places a row.
  function view() {
    const fields = ["doc_id", "iso3", "report_year", "row", ...columns.map((column) => column.name), "page", "line"];
    const value = (field, row) => {
      if (field === "report_year") return Number(rows.report_year[row]);
      return rows[field]?.[row] ?? null;
    };
    return { fields, records: shown.map((row) => fields.map((field) => value(field, row))) };
  }

  const quoted = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const formats = {
    csv: ({ fields, records }) => [fields, ...records].map((record) => `${record.map((value) => quoted(written(value))).join(",")}\n`).join(""),
    json: ({ fields, records }) => `${JSON.stringify(records.map((record) => Object.fromEntries(fields.map((field, n) => [field, record[n]]))), null, 1)}\n`,
  };
  for (const button of form.querySelectorAll("[data-download]")) {
    button.addEventListener("click", () => {
      const kind = button.dataset.download;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([formats[kind](view())], { type: kind === "csv" ? "text/csv" : "application/json" }));
      link.download = `${name}.${kind}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    });
  }

  byId("more").addEventListener("click", () => {
    const first = drawn;
    drawn += 5 * FIRST;
    draw();
    body.rows[first]?.querySelector("a").focus({ preventScroll: true });
  });
  // On a phone the names of the tables are one line, in which this one is to be seen. (To scroll the element itself into
  // view would make Tab begin there.)
  const here = document.querySelector(".tables [aria-current]");
  here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - (here.parentElement.clientWidth - here.offsetWidth) / 2;
  const filters = globalThis.findingsFilters(form, apply);
  table.tHead.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { column } = button.closest("th").dataset;
    const before = form.elements.sort.value;
    filters.set("sort", before === column ? `-${column}` : before === `-${column}` ? "" : column);
  });
})();
