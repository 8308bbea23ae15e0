/* The list: a cell changed where it stands. Double-click, or F2 (next step) and Shift F2 (owner) on a row; F2 in an open cell goes on
   to the next one of the row; Enter saves, Esc leaves it.
   The forms come from the server, which says who may; without this they are pages of their own. */
(function () {
  "use strict";

  const PART = { "c-next": "next-step", "c-owner": "owner", "c-total": "total", "c-expected": "expected-day" };
  const CELLS = Object.keys(PART).map((one) => "td." + one).join(", ");

  function inline(root) {
    const said = root.querySelector("#inline");
    if (!said) return;
    const hint = said.textContent;
    let open = null;

    function off(theirs) {
      if (!open) return;
      const { cell, before } = open;
      open = null;
      if (theirs) cell.innerHTML = theirs.innerHTML;
      else cell.replaceChildren(...before);
      cell.classList.remove("is-editing");
      cell.closest("tr").focus();
    }
    function edit(cell) {
      const row = cell && cell.closest("tr[data-peek]");
      const name = row && Object.keys(PART).find((one) => cell.classList.contains(one));
      if (!name || (open && open.cell === cell)) return;
      off();
      said.textContent = hint;
      said.classList.remove("ob-late");
      fetch(row.dataset.peek.replace(/peek$/, PART[name]), { credentials: "same-origin", headers: { "HX-Request": "true" } })
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
        .then((html) => {
          open = { cell, before: Array.from(cell.childNodes) };
          cell.innerHTML = html;
          cell.classList.add("is-editing");
          window.htmx.process(cell);
          cell.querySelector("input:not([type=hidden]), select").focus();
        })
        .catch((status) => {
          said.textContent = status === 403 || status === 404 ? said.dataset.denied : said.dataset.failed;
          said.classList.add("ob-late");
        });
    }

    document.addEventListener("dblclick", (event) => {
      if (event.target.closest("form.ob-inline")) return;
      edit(event.target.closest(CELLS));
    });
    document.addEventListener("keydown", (event) => {
      const row = event.target.closest && event.target.closest("tr[data-peek]");
      if (event.key === "F2" && row === event.target) {
        event.preventDefault();
        edit(row.querySelector(event.shiftKey ? "td.c-owner" : "td.c-next") || row.querySelector(CELLS));
      } else if (event.key === "F2" && open && open.cell.contains(event.target)) {
        event.preventDefault();
        const cells = Array.from(row.querySelectorAll(CELLS));
        edit(cells[(cells.indexOf(open.cell) + 1) % cells.length]);
      }
      if (event.key === "Escape" && open && open.cell.contains(event.target)) { event.stopPropagation(); off(); }
    }, true);
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-inline-off]")) off(open && open.cell.querySelector("[data-theirs]"));
    });
    document.addEventListener("htmx:afterSwap", (event) => {
      if (!open || !open.cell.contains(event.target)) return;
      const field = open.cell.querySelector("input:not([type=hidden]), select");
      if (field) { field.focus(); return; }
      const { cell } = open;
      open = null;
      cell.classList.remove("is-editing");
      cell.removeAttribute("data-none");
      if (cell.querySelector("[data-in]")) cell.removeAttribute("data-in"); // the unit stands inside: it is said once
      cell.closest("tr").focus();
    });
  }

  window.oneBoard.parts.push(inline);
})();
