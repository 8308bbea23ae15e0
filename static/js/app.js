/* 一盘棋 · One Board: small behaviours. Everything works without them; they make it quicker. */
(function () {
  "use strict";

  const csrf = () => (document.querySelector('input[name="csrf_token"]') || {}).value || "";
  const typing = (el) => el && (/^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) || el.isContentEditable);

  /* The strip: asks 300 ms after the last key, keeps the choices that were made. */
  function strip(form) {
    const box = document.getElementById("strip");
    const source = form.querySelector("[data-strip-source]");
    if (!box || !source) return;
    let timer = null;
    let latest = 0;
    const ask = () => {
      const number = ++latest;
      const data = new FormData(form);
      data.delete("evidence");
      fetch(form.dataset.strip, { method: "POST", body: data, headers: { "X-CSRFToken": csrf() }, credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
        .then((html) => {
          if (number !== latest) return;
          box.innerHTML = html;
          openCount(form);
        })
        .catch(() => {});
    };
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(ask, 300);
    };
    form.addEventListener("input", (event) => {
      if (/^(investor|name_2|name_3|website|uscc|registration_number|contact_phone|contact_email)$/.test(event.target.name)) later();
    });
    form.addEventListener("change", (event) => {
      if (event.target.name === "country") later();
      if (box.contains(event.target)) choose(form, event.target);
    });
    source.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") {
        const first = box.querySelector("input, a");
        if (first) { event.preventDefault(); first.focus(); }
      }
    });
    box.addEventListener("keydown", (event) => { if (event.key === "Escape") source.focus(); });
    openCount(form);
    form.querySelectorAll("#strip input:checked").forEach((input) => choose(form, input));
  }

  function choose(form, input) {
    const hit = input.closest(".ob-hit");
    if (hit && input.type === "radio") hit.classList.toggle("needs-reason", /^(another_project|different)/.test(input.value));
    openCount(form);
  }

  function openCount(form) {
    const line = form.querySelector("[data-open-count]");
    if (!line) return;
    const hits = form.querySelectorAll("[data-must]");
    let open = 0;
    hits.forEach((hit) => { if (!hit.querySelector("input[type=radio]:checked")) open += 1; });
    line.textContent = open ? line.dataset.openCount.replace("0", String(open)) : "";
    line.hidden = !open;
  }

  /* Parts of a form that belong to one choice: data-when="name=value". */
  function whens(form) {
    const parts = form.querySelectorAll("[data-when]");
    const show = () => parts.forEach((part) => {
      const [name, value] = part.dataset.when.split("=");
      const on = form.querySelector(`[name="${name}"]:checked`);
      part.hidden = !on || on.value !== value;
    });
    form.addEventListener("change", show);
    show();
  }

  /* A form is sent once: the button rests until the answer comes. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-guard]")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 8000);
  });

  /* The list: Space opens a look beside it, arrows walk, Esc closes. */
  function peeks() {
    const aside = document.getElementById("peek");
    const rows = Array.from(document.querySelectorAll("tr[data-peek]"));
    if (!aside || !rows.length) return;
    let at = -1;
    rows.forEach((row) => { row.tabIndex = -1; });
    rows[0].tabIndex = 0;
    const open = (index) => {
      at = Math.max(0, Math.min(rows.length - 1, index));
      fetch(rows[at].dataset.peek, { credentials: "same-origin", headers: { "HX-Request": "true" } })
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
        .then((html) => {
          aside.innerHTML = html;
          aside.hidden = false;
          aside.parentElement.classList.add("has-peek");
          rows.forEach((row, n) => row.classList.toggle("is-on", n === at));
          rows[at].focus();
        })
        .catch(() => {});
    };
    const close = () => {
      aside.hidden = true;
      aside.parentElement.classList.remove("has-peek");
      rows.forEach((row) => row.classList.remove("is-on"));
    };
    document.addEventListener("keydown", (event) => {
      const row = event.target.closest ? event.target.closest("tr[data-peek]") : null;
      if (row && event.target === row) {
        const here = rows.indexOf(row);
        if (event.key === " ") { event.preventDefault(); open(here); }
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          event.preventDefault();
          const next = Math.max(0, Math.min(rows.length - 1, here + (event.key === "ArrowDown" ? 1 : -1)));
          rows.forEach((r) => { r.tabIndex = -1; });
          rows[next].tabIndex = 0;
          rows[next].focus();
          if (!aside.hidden) open(next);
        }
        if (event.key === "Enter") { const link = row.querySelector("a"); if (link) link.click(); }
      }
      if (event.key === "Escape" && !aside.hidden) close();
    });
    aside.addEventListener("click", (event) => { if (event.target.closest("[data-peek-close]")) close(); });
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !typing(document.activeElement)) {
      const box = document.getElementById("q-list") || document.getElementById("q-top");
      if (box) { event.preventDefault(); box.focus(); }
    }
    if (event.altKey && event.key.toLowerCase() === "p") {
      const field = document.querySelector(".ob-log select, .ob-log textarea") || document.querySelector('a[href*="/progress/"]');
      if (field) { event.preventDefault(); if (field.tagName === "A") field.click(); else field.focus(); }
    }
  });

  document.addEventListener("click", (event) => {
    const all = event.target.closest("[data-check-all]");
    if (all) all.closest("form").querySelectorAll('input[type="checkbox"]').forEach((box) => { box.checked = true; });
    document.querySelectorAll("details.ob-menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  document.querySelectorAll("form").forEach(whens);
  document.querySelectorAll("form[data-strip]").forEach(strip);
  document.querySelectorAll("form[data-action-from]").forEach((form) => {
    const select = document.getElementById(form.dataset.actionFrom);
    select.addEventListener("change", () => { form.action = select.value; });
  });
  peeks();
  const alert = document.querySelector(".ob-alert[tabindex]");
  if (alert) alert.focus();
})();
