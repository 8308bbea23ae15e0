/* 登记线索 in a panel beside the page: the same form, fetched; without it the link leads to the page.
   What the server refuses comes back as the page, filled in. */
(function () {
  "use strict";

  const WIDE = "(min-width: 1200px)";

  /* The page beside may use the same names: in the panel every id gets a prefix. */
  function apart(part) {
    const named = new Map();
    part.querySelectorAll("[id]").forEach((el) => { named.set(el.id, `panel-${el.id}`); el.id = `panel-${el.id}`; });
    ["for", "aria-describedby", "aria-labelledby", "data-action-from"].forEach((name) => {
      part.querySelectorAll(`[${name}]`).forEach((el) => {
        if (named.has(el.getAttribute(name))) el.setAttribute(name, named.get(el.getAttribute(name)));
      });
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    const panel = document.getElementById("panel");
    if (!panel) return;
    const body = panel.querySelector("[data-panel-body]");
    let back = null;

    function close() {
      panel.hidden = true;
      if (back) back.focus();
    }
    function open(link) {
      back = link;
      if (body.childElementCount) { panel.hidden = false; panel.querySelector("[data-strip-source]").focus(); return; }
      fetch(link.href, { credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
        .then((html) => {
          const form = new DOMParser().parseFromString(html, "text/html").querySelector("form.ob-reg");
          if (!form) throw new Error("no form");
          apart(form);
          body.replaceChildren(document.adoptNode(form));
          window.oneBoard.wire(body);
          panel.hidden = false;
          body.querySelector("[data-strip-source]").focus();
        })
        .catch(() => { window.location.assign(link.href); });
    }

    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-panel]");
      const usual = link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
      if (usual && window.matchMedia(WIDE).matches && !document.querySelector("main form.ob-reg")) {
        event.preventDefault();
        open(link);
      }
      if (event.target.closest("[data-panel-close]")) close();
    });
    document.addEventListener("keydown", (event) => {
      if (event.altKey && event.code === "KeyN") {
        const link = document.querySelector("a[data-panel]");
        if (link) { event.preventDefault(); link.click(); }
      }
      if (event.key === "Escape" && !panel.hidden) close();
    });
  });
})();
