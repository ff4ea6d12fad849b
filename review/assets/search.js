// Searches the names and the words of all chapters. Names are one script, words one for each two letters; both are
// loaded when they are first needed.
"use strict";
(() => {
  const FIRST = 50; // names that are listed at once
  const CHAPTERS = 40; // chapters that are listed for each table
  const SHORTEST = 3;
  const plain = globalThis.findingsPlain;
  const byId = (id) => document.getElementById(id);
  const main = byId("main");
  const form = byId("filters");
  const chapters = main.dataset.chapters.split(" ");
  const starts = new Set(main.dataset.starts.split(" "));
  const kinds = [...form.elements.kind.options].slice(1).map((option) => option.value);
  const countries = new Map([...form.elements.iso3.options].map((one) => [one.value, one.textContent]));
  const number = new Intl.NumberFormat("en");
  const loaded = new Map(); // file -> true once it is there, false while it comes
  const index = new Map(); // two letters -> word -> table -> steps from chapter to chapter
  let names = [];
  let drawn = FIRST;

  let unpacking; // what the script that was loaded last brings
  const unpack = (packed, use) => {
    unpacking = globalThis.findingsUnpacked(packed).then((text) => use(JSON.parse(text)));
  };
  globalThis.findingsNames = (packed) => unpack(packed, (all) => {
    names = all.map(([kind, name, forms, iso3, mentions, id, years]) => ({
      kind: kinds[kind], name, forms, iso3, mentions, id, years, words: plain([name, ...forms].join(" | ")), whole: [name, ...forms].map(plain),
    }));
  });
  globalThis.findingsWords = (start, packed) => unpack(packed, (words) => index.set(start, words));

  function load(file) {
    if (!loaded.has(file)) {
      loaded.set(file, false);
      const script = document.createElement("script");
      script.onload = script.onerror = async () => {
        await unpacking;
        loaded.set(file, true);
        show();
      };
      script.src = file;
      document.head.append(script);
    }
    return loaded.get(file);
  }

  function element(tag, text, href) {
    const made = document.createElement(tag);
    made.textContent = text;
    if (href) made.href = href;
    return made;
  }

  // Names in which all terms stand; first those of which one form is just what was typed, then by mentions.
  function namesFor(terms, want) {
    const typed = terms.join(" ");
    const fits = (one) => terms.every((term) => one.words.includes(term));
    const found = names.filter((one) => (!want.kind || one.kind === want.kind) && (!want.iso3 || one.iso3 === want.iso3) && fits(one));
    const exact = (one) => Number(one.whole.includes(typed));
    return found.sort((one, other) => exact(other) - exact(one) || other.mentions - one.mentions);
  }

  function nameLine(one) {
    const line = document.createElement("tr");
    const head = element("th", one.name);
    head.scope = "row";
    line.append(head);
    for (const [heading, text] of [["Kind", one.kind], ["Also called", one.forms.join(" · ")], ["Country", ""], ["Mentions", number.format(one.mentions)], ["Chapters", ""]]) {
      const cell = element("td", text);
      cell.dataset.h = heading;
      if (heading === "Country") cell.append(element("a", countries.get(one.iso3) || one.iso3, `countries/${one.iso3.toLowerCase()}.html`));
      if (heading === "Mentions") cell.className = "num";
      if (heading === "Chapters") for (const year of one.years) cell.append(element("a", year, `chapters/${one.iso3.toLowerCase()}-${year}.html#name-${one.id}`), " ");
      line.append(cell);
    }
    return line;
  }

  // The chapters that have a word with this beginning in this table.
  function having(term, table) {
    const found = new Set();
    for (const [word, tables] of Object.entries(index.get(term.slice(0, 2)) || {})) {
      if (!word.startsWith(term) || !tables[table]) continue;
      let at = 0;
      for (const step of tables[table]) found.add((at += step));
    }
    return found;
  }

  function showTable(section, table, terms, want) {
    const sets = terms.map((term) => having(term, table));
    const found = [...(sets[0] || [])].filter((one) => sets.every((set) => set.has(one))).map((one) => chapters[one])
      .filter((id) => !want.iso3 || id.slice(0, 3).toUpperCase() === want.iso3)
      .sort((one, other) => other.slice(4) - one.slice(4) || (one < other ? -1 : 1));
    section.hidden = found.length === 0;
    const { file, name } = section.dataset;
    const href = (parts) => `explore/${file}.html#${new URLSearchParams({ text: terms.join(" "), ...parts })}`;
    const head = element("h3", "");
    head.append(element("a", name, href(want.iso3 ? { iso3: want.iso3 } : {})), element("span", ` ${number.format(found.length)} chapter${found.length === 1 ? "" : "s"}`));
    const list = element("p", "");
    list.className = "chapter-list";
    for (const id of found.slice(0, CHAPTERS)) {
      const iso3 = id.slice(0, 3).toUpperCase();
      list.append(element("a", `${countries.get(iso3)} ${id.slice(4)}`, href({ iso3, report_year: id.slice(4) })), " ");
    }
    if (found.length > CHAPTERS) list.append(element("span", `and ${number.format(found.length - CHAPTERS)} more`));
    section.replaceChildren(head, list);
    return found.length;
  }

  function show() {
    const want = Object.fromEntries(new FormData(form));
    const terms = (plain(want.text).match(/[a-z0-9]+/g) || []);
    const enough = terms.some((term) => term.length >= SHORTEST);
    const searched = terms.filter((term) => term.length >= SHORTEST);
    const files = enough ? ["search/names.js", ...searched.map((term) => term.slice(0, 2)).filter((start) => starts.has(start)).map((start) => `search/words/${start}.js`)] : [];
    const whole = files.map(load).every(Boolean);
    const found = enough ? namesFor(terms, want) : [];
    byId("names").tBodies[0].replaceChildren(...found.slice(0, drawn).map(nameLine));
    byId("more").hidden = found.length <= drawn;
    let tables = 0;
    for (const [table, section] of [...document.querySelectorAll(".in-table")].entries()) tables += Number(showTable(section, table, enough ? searched : [], want) > 0);
    byId("found-names").hidden = found.length === 0;
    byId("found-words").hidden = tables === 0;
    byId("nothing").hidden = !enough || !whole || found.length + tables > 0;
    const result = `${number.format(found.length)} name${found.length === 1 ? "" : "s"}; words in ${tables} table${tables === 1 ? "" : "s"}`;
    byId("shown").textContent = !enough ? "Type three letters or more" : whole ? result : "Searching …";
  }

  byId("more").addEventListener("click", () => {
    const first = drawn;
    drawn += FIRST;
    show();
    byId("names").tBodies[0].rows[first]?.querySelector("a").focus({ preventScroll: true });
  });
  globalThis.findingsFilters(form, () => {
    drawn = FIRST;
    show();
  });
})();
