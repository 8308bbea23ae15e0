/* The list: Space opens a look beside it, up and down walk, right goes in, Esc closes. */
(function () {
  "use strict";

  function peeks(root) {
    const aside = root.querySelector("#peek");
    const rows = Array.from(root.querySelectorAll("tr[data-peek]"));
    if (!aside || !rows.length) return;
    let at = 0;
    let latest = 0;

    function reach(index) {
      at = Math.max(0, Math.min(rows.length - 1, index));
      rows.forEach((row, n) => { row.tabIndex = n === at ? 0 : -1; });
      rows[at].focus();
    }
    function open() {
      const number = ++latest;
      fetch(rows[at].dataset.peek, { credentials: "same-origin", headers: { "HX-Request": "true" } })
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
        .then((html) => {
          if (number !== latest) return;
          aside.innerHTML = html;
          aside.hidden = false;
          aside.scrollTop = 0;
          rows.forEach((row, n) => row.classList.toggle("is-on", n === at));
        })
        .catch(() => {});
    }
    function close() {
      latest += 1;
      aside.hidden = true;
      rows.forEach((row) => row.classList.remove("is-on"));
      rows[at].focus();
    }

    rows.forEach((row, n) => { row.tabIndex = n === 0 ? 0 : -1; });
    document.addEventListener("keydown", (event) => {
      const here = rows.indexOf(event.target);
      if (here >= 0) {
        if (event.key === " ") { event.preventDefault(); reach(here); open(); }
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          event.preventDefault();
          reach(here + (event.key === "ArrowDown" ? 1 : -1));
          if (!aside.hidden) open();
        }
        if (event.key === "ArrowRight" && !aside.hidden) { event.preventDefault(); aside.querySelector("a, button").focus(); }
        if (event.key === "Enter") { const link = event.target.querySelector("a"); if (link) link.click(); }
      }
      if (event.key === "Escape" && !aside.hidden) close();
    });
    aside.addEventListener("click", (event) => { if (event.target.closest("[data-peek-close]")) close(); });
  }

  window.oneBoard.parts.push(peeks);
})();
