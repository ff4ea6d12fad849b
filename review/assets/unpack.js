// Unpacks what review/packing.py packed: the content of a page, the rows of Explore, the words of the search. After the
// number of bytes and a colon each character holds 7 bits; one from 256 on stands for two groups, of which the first is
// the code of a character that cannot stand in a string.
"use strict";
globalThis.findingsBytes = (text) => {
  const start = text.indexOf(":");
  const bytes = new Uint8Array(Number(text.slice(0, start)));
  const unsafe = [0, 10, 13, 34, 38, 92];
  let held = 0;
  let count = 0;
  let at = 0;
  const add = (group) => {
    held = (held << 7) | group;
    count += 7;
    if (count < 8) return;
    count -= 8;
    bytes[at] = held >> count;
    held &= (1 << count) - 1;
    at += 1;
  };
  for (let index = start + 1; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 127) add(unsafe[(code >> 7) - 2]);
    add(code & 127);
  }
  return globalThis.fzstd.decompress(bytes);
};
globalThis.findingsUnpacked = async (text) => new TextDecoder().decode(globalThis.findingsBytes(text));
// The content of a chapter page, from the script of its country: a line with the name and size of each, then all of them.
function partOf(wanted) {
  const bytes = globalThis.findingsBytes(globalThis.findingsParts);
  const decoder = new TextDecoder();
  let at = bytes.indexOf(10) + 1;
  for (const entry of decoder.decode(bytes.subarray(0, at - 1)).split(" ")) {
    const [name, size] = entry.split(":");
    if (name === wanted) return decoder.decode(bytes.subarray(at, at + Number(size)));
    at += Number(size);
  }
  return "<main id=main>This page is not whole. Build the site again.</main>";
}
(async () => {
  const { body } = document;
  const { packed, part } = body.dataset;
  if (!packed && !part) return;
  body.innerHTML = packed ? await globalThis.findingsUnpacked(packed) : partOf(part);
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
  delete body.dataset.part;
})();
