// SPDX-License-Identifier: Apache-2.0
// The search box, links that hold wherever a name moves, and what print needs. All pages work without it.
"use strict";
const top_folder = document.documentElement.dataset.top;
const view_folder = document.documentElement.dataset.view;

// index.html#ioas.map.overlap leads to the page that has it now.
function follow() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (!id) return;
  const here = document.getElementById(id);
  if (here) {
    for (let e = here; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
    here.scrollIntoView();
    return;
  }
  const name = NAMES.find((entry) => entry[0] === id);
  if (name) location.replace(top_folder + name[2]);
}

// Whole names first, then those that begin so, then those with a word that does, then any part; titles last.
function rank(entry, wanted) {
  const id = entry[0].toLowerCase();
  if (id === wanted) return 0;
  if (id.startsWith(wanted)) return 1;
  if (id.includes("." + wanted) || id.includes("_" + wanted)) return 2;
  if (id.includes(wanted)) return 3;
  const words = wanted.split(/\s+/);
  const all = id + " " + entry[3].toLowerCase();
  return words.every((word) => all.includes(word)) ? 4 : -1;
}

function search(text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const found = [];
  NAMES.forEach((entry, order) => {
    const value = rank(entry, wanted);
    if (value >= 0) found.push({ entry, value, order });
  });
  found.sort((a, b) => a.value - b.value || a.entry[0].length - b.entry[0].length || a.order - b.order);
  return found.slice(0, 12).map((one) => one.entry);
}

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function add_search() {
  const place = document.getElementById("page:search");
  const input = element("input", {
    type: "search", placeholder: "Search: ioas.map, EEXIST, IOMMU_…", autocomplete: "off", spellcheck: "false",
    role: "combobox", "aria-expanded": "false", "aria-controls": "page:found", "aria-label": "Search names",
  });
  const list = element("ul", { id: "page:found", role: "listbox", hidden: "", "aria-label": "Found names" });
  let chosen = -1;
  const choose = (index) => {
    const items = list.children;
    if (!items.length) return;
    chosen = (index + items.length) % items.length;
    for (let i = 0; i < items.length; i++) items[i].setAttribute("aria-selected", i === chosen);
    input.setAttribute("aria-activedescendant", items[chosen].id);
    items[chosen].scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  };
  const update = () => {
    const found = search(input.value);
    list.replaceChildren(...found.map((entry, index) =>
      element("li", { role: "option", id: "page:found:" + index, "aria-selected": "false" },
        element("a", { href: top_folder + entry[2], tabindex: "-1" },
          element("code", {}, entry[0]), " ", element("span", { class: "quiet" }, entry[1] + (entry[3] ? ": " + entry[3] : ""))))));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
    chosen = -1;
    if (found.length) choose(0);
  };
  input.addEventListener("input", update);
  input.addEventListener("focus", update);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && list.children[chosen]) {
      list.children[chosen].firstChild.click();
      close();
      input.blur();
    } else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (!place.contains(event.target)) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      input.focus();
    }
  });
  place.append(input, list);
}

add_search();
const side = document.querySelector("details.side");
if (side && matchMedia("(max-width: 60rem)").matches) side.open = false;
window.addEventListener("hashchange", follow);
window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("main details")) details.open = true;
});
follow();
