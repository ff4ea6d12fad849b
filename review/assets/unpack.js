// Unpacks what is compressed: the content of a page, the rows of Explore, the words of the search. A page that is opened
// from disk may load scripts but no data, so compressed data are Base64 in a script or in the page itself.
"use strict";
globalThis.findingsUnpacked = (text) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
};
(async () => {
  const { body } = document;
  if (!body.dataset.packed) return;
  body.innerHTML = await globalThis.findingsUnpacked(body.dataset.packed);
  if (location.hash) location.replace(location.hash); // the browser looked for it when it was not there
  // A script that was put into the page in this way does not run: those of the template are made anew.
  await Promise.all([...document.querySelectorAll("body > script[src]")].map((found) => new Promise((resolve) => {
    const script = document.createElement("script");
    script.async = false;
    script.onload = script.onerror = resolve;
    script.src = found.getAttribute("src");
    found.replaceWith(script);
  })));
  delete body.dataset.packed;
})();
