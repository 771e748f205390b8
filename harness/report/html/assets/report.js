// Filters, sorts and changes the theme. Without it everything is there to read, in the order that matters most.
"use strict";
(() => {
  const root = document.documentElement;
  const keep = { // a browser may refuse storage, to files above all
    get: () => { try { return localStorage.getItem("harness-theme"); } catch { return null; } },
    set: (theme) => { try { localStorage.setItem("harness-theme", theme); } catch { /* for this page only */ } },
  };

  const themed = (button) => {
    const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
    const name = () => { button.textContent = dark() ? "Light" : "Dark"; };
    button.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      keep.set(root.dataset.theme);
      name();
    });
    name();
    button.hidden = false;
  };

  const filtered = (form) => {
    const rows = [...document.querySelectorAll(`#${form.dataset.filters} tbody tr`)].map((row) => ({
      row, text: row.textContent.toLowerCase(),
    }));
    const search = form.querySelector("[data-search]");
    const choices = [...form.querySelectorAll("[data-key]")];
    const update = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const { row, text } of rows) {
        const fits = words.every((word) => text.includes(word))
          && choices.every((one) => !one.value || (row.dataset[one.dataset.key] || "").split("\n").includes(one.value));
        row.hidden = !fits;
        shown += fits;
      }
      form.querySelector("output").textContent = `${shown} of ${rows.length}`;
    };
    form.addEventListener("input", update);
    form.addEventListener("change", update); // what changes a field for a person may say only this
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
    update();
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !/INPUT|SELECT|TEXTAREA/.test(event.target.tagName)) {
        event.preventDefault();
        search.focus();
      }
    });
  };

  const sorted = (button) => {
    const heading = button.closest("th");
    const body = button.closest("table").tBodies[0];
    const value = (row) => {
      const cell = row.cells[heading.cellIndex];
      return cell.dataset.value ?? cell.textContent.trim();
    };
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      const number = button.dataset.sort === "number";
      const rows = [...body.rows].map((row) => [number ? Number(value(row)) || 0 : value(row), row]);
      const order = new Intl.Collator("en", { numeric: true }).compare;
      rows.sort(([a], [b]) => down * (number ? a - b : order(a, b)));
      body.append(...rows.map(([, row]) => row));
      for (const one of heading.parentElement.cells) one.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", down > 0 ? "ascending" : "descending");
    });
  };

  const kept = keep.get();
  if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  document.addEventListener("DOMContentLoaded", () => {
    themed(document.getElementById("theme"));
    document.querySelectorAll("[data-filters]").forEach((form) => {
      if (document.getElementById(form.dataset.filters)) filtered(form);
    });
    document.querySelectorAll(".sort").forEach(sorted);
  });
  // on paper nothing can be opened
  const opened = [];
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details:not([open])")) { one.open = true; opened.push(one); }
  });
  addEventListener("afterprint", () => { for (const one of opened.splice(0)) one.open = false; });
})();
