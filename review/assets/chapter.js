// Links the rows of a chapter with their positions in the source. All data are in the page:
// data-at="3:58,97,90,106" on a cell is page 3 and a box in points, "L118" a line of a raw text.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const main = byId("main");
  const source = byId("source");
  const sheet = byId("sheet");
  const detail = byId("detail");
  const paper = byId("paper");
  const boxes = byId("boxes");
  const picture = byId("picture");
  const links = [...document.querySelectorAll("#pages a")];
  const sheets = new Map(links.map((link) => {
    const [width, height, left, top] = link.dataset.size.split(",").map(Number);
    return [Number(link.dataset.page), { link, width, height, left, top }];
  }));
  const numbers = [...sheets.keys()];
  const lines = [...document.querySelectorAll(".line")];
  const findings = [...document.querySelectorAll(".finding[id]")];
  let line = null;
  let cell = null;
  let finding = null;
  let page = null;
  let followed = null; // the page that the picture showed last because its rows are on the screen

  // The positions of an element in the source: {page, box} or {line}.
  function places(element) {
    return (element.dataset.at || "").split(" ").filter(Boolean).map((at) => {
      if (at.startsWith("L")) return { line: Number(at.slice(1)) };
      const [number, box] = at.split(":");
      const sides = box ? box.split(",").map(Number) : null;
      return { page: Number(number), box: sides && sides.length === 4 && sides.every(Number.isFinite) ? sides : null };
    });
  }
  const cellsOf = (one) => globalThis.findingsCell.cellsOf(one).filter((c) => c.dataset.at);

  // The boxes of each page, computed on first use. A cell that several rows share has one box.
  let known = null;
  function boxesOf(number) {
    if (!known) {
      known = new Map();
      for (const one of lines) {
        for (const c of cellsOf(one)) {
          for (const place of places(c)) {
            if (!place.box) continue;
            if (!known.has(place.page)) known.set(place.page, new Map());
            const here = known.get(place.page);
            const key = place.box.join(",");
            if (!here.has(key)) here.set(key, { box: place.box, owners: [] });
            here.get(key).owners.push({ line: one, cell: c });
          }
        }
      }
    }
    return [...(known.get(number) || new Map()).values()];
  }

  function put(element, box, at) {
    const percent = (part, whole) => `${(100 * part) / whole}%`;
    element.style.left = percent(box[0] - at.left, at.width);
    element.style.top = percent(box[1] - at.top, at.height);
    element.style.width = percent(box[2] - box[0], at.width);
    element.style.height = percent(box[3] - box[1], at.height);
  }

  const rowName = (one) => {
    const name = one.querySelector(".pick").textContent.trim();
    const table = one.closest("[data-name]"); // of rows that stand side by side it is their part of the table
    return table ? `${table.dataset.name}, ${name.toLowerCase()}` : name;
  };

  function showPage(number) {
    const at = sheets.get(number);
    if (!at) return;
    if (page !== number) {
      page = number;
      picture.src = at.link.getAttribute("href");
      picture.alt = `Page ${number} of the source`;
      byId("which-page").textContent = source.dataset.pages ? `Page ${number} of ${source.dataset.pages}` : `Page ${number}`;
      for (const other of links) other.removeAttribute("aria-current");
      at.link.setAttribute("aria-current", "page");
      const strip = at.link.closest(".strip"); // its link stays in sight
      strip.scrollLeft = at.link.offsetLeft + at.link.offsetWidth / 2 - strip.clientWidth / 2;
      const n = numbers.indexOf(number);
      byId("previous-page").disabled = n === 0;
      byId("next-page").disabled = n === numbers.length - 1;
      picture.width = at.width;
      picture.height = at.height;
      sheet.scrollTop = 0;
      boxes.replaceChildren(...boxesOf(number).map(({ box, owners }, index) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "box";
        button.tabIndex = index ? -1 : 0;
        const heading = owners[0].cell.dataset.h;
        button.setAttribute("aria-label", `${rowName(owners[0].line)}, ${heading}`);
        button.owners = owners;
        put(button, box, at);
        return button;
      }));
    }
    mark();
  }

  // Marks the chosen row and cell on the current page.
  function mark() {
    if (!boxes) return;
    for (const flash of boxes.querySelectorAll(".flash")) flash.remove();
    let first = null;
    for (const box of boxes.children) {
      const own = line !== null && box.owners.some((owner) => owner.line === line);
      const exact = own && cell !== null && box.owners.some((owner) => owner.cell === cell);
      box.classList.toggle("row", own);
      box.classList.toggle("cell", exact);
      if (exact || (own && !first)) first = box;
    }
    if (finding && !line) {
      const at = sheets.get(page);
      for (const place of places(finding)) {
        if (place.page === page && place.box) {
          const box = document.createElement("div");
          box.className = "box cell flash";
          put(box, place.box, at);
          boxes.append(box);
          first = box;
        }
      }
    }
    if (first) reveal(first, sheet);
  }

  function reveal(element, within) {
    const inner = element.getBoundingClientRect();
    const outer = within.getBoundingClientRect();
    if (inner.top < outer.top + 20 || inner.bottom > outer.bottom - 20) {
      within.scrollTop += inner.top - outer.top - outer.height / 3;
    }
    if (inner.left < outer.left || inner.right > outer.right) within.scrollLeft += inner.left - outer.left - 20;
  }

  function showLines(found) {
    for (const item of sheet.querySelectorAll("li.row")) item.classList.remove("row", "cell");
    for (const { line: number } of found) {
      const item = byId(`L${number}`);
      if (item) item.classList.add("row");
    }
    const first = found.length ? byId(`L${found[0].line}`) : null;
    if (first) {
      first.classList.add("cell");
      reveal(first, sheet);
    }
  }

  function goTo(element, others) {
    const found = places(element);
    if (found.some((place) => place.line)) return showLines([...found, ...others.flatMap(places)].filter((place) => place.line));
    const target = found.find((place) => sheets.has(place.page));
    if (target) return showPage(target.page);
    if (page) mark();
    return undefined;
  }

  // The text of a cell as printed. Columns that were read from the same cell share it; of a raw text only the line is known,
  // which all cells of a row share, so each has its own words.
  function wordsOf(one) {
    const first = (one.dataset.at || "").startsWith("L") ? one : cellsOf(line).find((other) => other.dataset.at === one.dataset.at) || one;
    return first.dataset.raw || first.textContent || "(empty cell)";
  }

  const text = (tag, words, name) => {
    const element = document.createElement(tag);
    element.textContent = words;
    if (name) element.className = name;
    return element;
  };

  // Shows the chosen row or cell as printed, with the references it cites.
  function showDetail() {
    if (!line && !finding) {
      detail.hidden = true;
      return;
    }
    const parts = [];
    if (line) {
      parts.push(text("h2", cell ? `${rowName(line)} · ${cell.dataset.h}` : rowName(line)));
      const described = cell ? [cell] : cellsOf(line);
      const where = [...new Set(described.flatMap(places).map((place) => (place.line ? `line ${place.line}` : `page ${place.page}`)))];
      if (cell) parts.push(text("p", wordsOf(cell), "raw-words"));
      if (where.length) parts.push(text("p", `Read from ${where.join(", ")}${cell ? ", as printed above" : ""}.`, "aside"));
      if (cell && globalThis.findingsCell.published(cell)) parts.push(text("p", globalThis.findingsCell.published(cell), "aside"));
      parts.push(...globalThis.findingsCell.actions(line, cell, rowName(line)));
      const cites = new Map([...line.querySelectorAll(".cite")].map((cite) => [cite.getAttribute("href"), cite]));
      if (cites.size) {
        const list = document.createElement("ol");
        for (const [href, cite] of cites) {
          const item = document.createElement("li");
          const words = byId(href.slice(1))?.querySelector("td .cell");
          item.append(cite.cloneNode(true), text("span", words ? words.textContent : "is not in the reference list"));
          list.append(item);
        }
        parts.push(list);
      }
    }
    if (finding && !line) {
      const words = finding.querySelector(".message");
      const group = finding.closest("tbody") || finding;
      const kind = (finding.querySelector(".sev") || group.querySelector(".sev")).textContent;
      const check = finding.querySelector(".check") || (finding.closest(".findings") && group.querySelector(".check"));
      parts.push(text("h2", check ? `${kind}: ${check.textContent}` : kind), text("p", (words || finding).textContent.trim()));
    }
    detail.replaceChildren(...parts);
    detail.scrollTop = 0;
    detail.hidden = false;
    detail.scrollTop = 0;
  }

  function choose(newLine, newCell, scroll) {
    if (line) line.classList.remove("chosen");
    if (cell) cell.classList.remove("chosen");
    if (finding) finding.classList.remove("chosen");
    line = newLine;
    cell = newCell;
    finding = null;
    store();
    if (line) {
      line.classList.add("chosen");
      if (cell) cell.classList.add("chosen");
      showDetail();
      goTo(cell || cellsOf(line)[0] || line, cell ? [] : cellsOf(line).slice(1));
      if (scroll) line.scrollIntoView({ block: scroll });
    } else {
      showDetail();
      if (page) mark();
      else if (sheet) showLines([]);
    }
  }

  function chooseFinding(one, scroll) {
    choose(null, null, "");
    finding = one;
    one.classList.add("chosen");
    showDetail();
    goTo(one, []);
    if (scroll) one.scrollIntoView({ block: "center" });
  }

  // The URL names the chosen row or cell, so that reload and a shared link choose it again. It follows with a delay,
  // because browsers limit how often a page may change it. A link that was followed in the meantime is not undone:
  // its hashchange event may still be on the way.
  let timer = 0;
  function store() {
    clearTimeout(timer);
    const before = location.hash;
    timer = setTimeout(() => {
      const target = line ? `#${globalThis.findingsCell.fragment(line, cell)}` : "";
      if (target && target !== before && location.hash === before) history.replaceState(null, "", target);
    }, 400);
  }

  function chooseHash(scroll) {
    clearTimeout(timer);
    const name = location.hash.length > 1 ? decodeURIComponent(location.hash.slice(1)) : "";
    const target = byId(name);
    if (!target) {
      const found = globalThis.findingsCell.find(name);
      if (found) choose(found.line, found.cell, scroll);
      return;
    }
    if (target.classList.contains("line")) choose(target, null, scroll);
    else if (target.classList.contains("finding")) chooseFinding(target, Boolean(scroll));
    else if (target.hasAttribute("tabindex") && target !== main) target.focus({ preventScroll: true });
    else bring(target.querySelector(".line"));
  }

  // Shows the source of a row that is on the screen, without choosing the row.
  function bring(row) {
    const [place] = row ? places(cellsOf(row)[0] || row) : [];
    if (!place) return;
    choose(null, null, "");
    if (place.line) showLines([place]);
    if (!sheets.has(place.page)) return;
    followed = place.page;
    showPage(followed);
    const box = [...boxes.children].find((one) => one.owners.some((owner) => owner.line === row));
    if (box) reveal(box, sheet);
  }

  function step(list, current, by) {
    if (!list.length) return null;
    const at = current ? list.indexOf(current) : -1;
    if (at < 0) {
      const below = list.filter((one) => one.getBoundingClientRect().top > 60);
      return by > 0 ? below[0] || list[0] : list[Math.max(0, list.length - below.length - 1)];
    }
    return list[at + by] || current;
  }

  function turn(by) {
    const next = numbers[numbers.indexOf(page) + by];
    if (next) showPage(next);
  }

  // The focus follows, so that Tab goes on from the chosen row.
  function walk(by) {
    choose(step(lines, line, by), null, "center");
    if (line) line.querySelector("a.pick").focus({ preventScroll: true });
  }

  const keys = {
    j: () => walk(1),
    k: () => walk(-1),
    l: () => line && choose(line, step(cellsOf(line), cell, cell ? 1 : 0) || cellsOf(line)[0], ""),
    h: () => line && cell && choose(line, step(cellsOf(line), cell, -1), ""),
    n: () => findings.length && chooseFinding(step(findings, finding, 1), true),
    p: () => findings.length && chooseFinding(step(findings, finding, -1), true),
    "]": () => turn(1),
    "[": () => turn(-1),
    z: () => byId("zoom") && byId("zoom").click(),
    Escape: () => choose(null, null, ""),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !byId("use-keys").checked) return;
    if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
    if (Object.hasOwn(keys, event.key)) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  main.addEventListener("click", (event) => {
    const pick = event.target.closest("a.pick");
    if (event.target.closest("a, button, summary, input, label, select") && !pick) return;
    if (String(getSelection())) return;
    const found = event.target.closest(".finding, [data-q]");
    if (found) return void chooseFinding(found, false);
    const head = event.target.closest(".beside tr > .cell"); // of rows that stand side by side
    const one = head ? head.parentElement.querySelector(".line") : event.target.closest(".line");
    if (!one) return;
    const chosen = head || (pick ? null : event.target.closest(".cell"));
    choose(one, chosen, "");
  });
  // A link to a row or finding of this page is followed at once, so nothing can come between the click and the choice.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const plain = !(event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    const target = link && plain && byId(decodeURIComponent(link.hash.slice(1)));
    if (!target || !target.matches(".line, .finding")) return;
    event.preventDefault();
    if (link.matches(".pick")) return; // it stands in its row, which is chosen already
    if (link.hash !== location.hash) history.pushState(null, "", link.hash);
    chooseHash("center");
    const at = target.querySelector("a.pick") || target;
    if (at === target) target.tabIndex = -1;
    at.focus({ preventScroll: true });
  });
  for (const link of document.querySelectorAll("a.goto")) {
    link.addEventListener("click", (event) => {
      if (!sheets.has(Number(link.dataset.page))) return;
      event.preventDefault();
      const row = link.closest(".finding");
      if (row) chooseFinding(row, false);
      showPage(Number(link.dataset.page));
    });
  }

  if (boxes) {
    boxes.addEventListener("click", (event) => {
      const box = event.target.closest("button");
      if (!box) return;
      const at = box.owners.findIndex((owner) => owner.line === line);
      const next = at < 0 ? box.owners[0] : box.owners[(at + (cell === box.owners[at].cell ? 1 : 0)) % box.owners.length];
      choose(next.line, next.cell, "center");
    });
    boxes.addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      const list = [...boxes.querySelectorAll("button")];
      const next = by && list[list.indexOf(event.target) + by];
      if (!next) return;
      event.preventDefault();
      event.target.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
    for (const link of links) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        showPage(Number(link.dataset.page));
      });
    }
    byId("previous-page").addEventListener("click", () => turn(-1));
    byId("next-page").addEventListener("click", () => turn(1));
    new ResizeObserver(mark).observe(sheet); // what is said of a cell takes room from the picture: its box stays in sight
    byId("zoom").addEventListener("click", () => {
      const on = sheet.classList.toggle("zoomed");
      byId("zoom").setAttribute("aria-pressed", String(on));
      byId("zoom").textContent = on ? "Smaller" : "Larger";
      mark();
    });
  }
  if (sheet && !boxes) {
    sheet.addEventListener("click", (event) => {
      const link = event.target.closest("li")?.querySelector("a.ln");
      if (link && event.target !== link && !String(getSelection())) link.click();
    });
  }
  byId("fold").addEventListener("click", () => {
    const folded = source.classList.toggle("folded");
    byId("fold").textContent = folded ? "Show the source" : "Hide";
    byId("fold").setAttribute("aria-expanded", String(!folded));
  });
  for (const box of document.querySelectorAll("input[data-label]")) {
    box.addEventListener("change", () => main.classList.toggle(`off-${box.dataset.label}`, !box.checked));
  }
  // A menu closes when one of its links or anything outside it is clicked.
  for (const flap of document.querySelectorAll("details[data-closes]")) {
    document.addEventListener("click", (event) => {
      if (!flap.contains(event.target) || event.target.closest("a")) flap.open = false;
    });
  }
  // While one reads, the bar names the table at its lower edge, and the picture is that of the first row below it. A page
  // that was turned by hand stays until the rows come to another page.
  const headings = [...main.querySelectorAll("h2, caption:not(.hide), .beside .group th")];
  const here = byId("here");
  const chapterName = here.textContent;
  const nameOf = (heading) => heading.closest("[data-name]")?.dataset.name || heading.textContent;
  const edge = parseFloat(getComputedStyle(main).scrollMarginTop) + 8; // a link scrolls to above it
  function follow() {
    const heading = headings.findLast((one) => one.getBoundingClientRect().top < edge);
    const stuck = here.getBoundingClientRect().top <= 0;
    here.textContent = heading && stuck ? `${chapterName} · ${nameOf(heading)}` : chapterName;
    if (line || finding || !numbers.length) return;
    const first = lines.find((one) => one.getBoundingClientRect().bottom > edge);
    const [place] = first ? places(cellsOf(first)[0] || first) : [];
    if (place && place.page !== followed) bring(first);
  }
  let soon = 0;
  addEventListener("scroll", () => {
    cancelAnimationFrame(soon);
    soon = requestAnimationFrame(follow);
  }, { passive: true });

  addEventListener("hashchange", () => chooseHash("center"));
  if (numbers.length) showPage(numbers[0]);
  chooseHash("center");
  follow();
})();
