// Keeps the fields of a form in the fragment of the URL (#year=2019&level=none), so that Back, reload and a shared link
// show the same rows. A fragment also works for pages opened from disk.
"use strict";
globalThis.findingsFilters = (form, apply) => {
  const fields = [...form.elements].filter((field) => field.name);
  const typed = (field) => field.tagName === "INPUT" && field.type !== "hidden";

  // The fragment for the present filters: empty if there are none.
  function written() {
    const parts = new URLSearchParams();
    for (const field of fields) if (field.value.trim()) parts.set(field.name, field.value.trim());
    return String(parts);
  }

  // Sets the filters from the URL. A fragment without "=" is the anchor of a heading and leaves them as they are.
  function read() {
    const fragment = location.hash.slice(1);
    if (fragment && !fragment.includes("=")) return void apply();
    const parts = new URLSearchParams(fragment);
    for (const field of fields) {
      field.value = parts.get(field.name) || "";
      if (field.value === "" && field.tagName === "SELECT") field.selectedIndex = 0;
    }
    apply();
  }

  // Typing changes the present entry of the history, every other filter adds one, so Back undoes one choice.
  function store(typing) {
    const target = `${location.pathname}${location.search}${written() ? `#${written()}` : ""}`;
    if (written() === location.hash.slice(1)) return;
    history[typing ? "replaceState" : "pushState"](null, "", target);
  }

  function set(name, value) {
    form.elements[name].value = value;
    apply();
    store(false);
  }

  form.addEventListener("input", (event) => {
    apply();
    store(typed(event.target));
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => {
    for (const field of fields) if (field.type === "hidden") field.value = "";
    apply();
    store(false);
  }));
  addEventListener("popstate", read);
  addEventListener("hashchange", read);
  addEventListener("pageshow", read); // after Back the browser may have restored old values of the fields
  read();
  return { set };
};
// A text without accents and in lower case, as searches compare it.
globalThis.findingsPlain = (text) => (/^[ -~]*$/.test(text) ? text : text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "")).toLowerCase();
