/* 一盘棋 · One Board: small behaviours. Everything works without them; they make it quicker.
   Each file adds its part to oneBoard.parts; a part is given a piece of the page and wires what it knows in it. */
(function () {
  "use strict";

  const parts = [];
  const typing = (el) => Boolean(el) && (/^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) || el.isContentEditable);
  window.oneBoard = {
    parts,
    typing,
    token: () => (document.querySelector('input[name="csrf_token"]') || {}).value || "",
    wire: (root) => parts.forEach((part) => part(root)),
  };

  /* Parts of a form that belong to one choice: data-when="name=value". */
  function whens(form) {
    const pieces = form.querySelectorAll("[data-when]");
    if (!pieces.length) return;
    const show = () => pieces.forEach((piece) => {
      const [name, value] = piece.dataset.when.split("=");
      const on = form.querySelector(`[name="${name}"]:checked`);
      piece.hidden = !on || on.value !== value;
    });
    form.addEventListener("change", show);
    show();
  }

  /* How much of a short text is used: data-count. Seen, not read out with the label. */
  function counts(field) {
    const label = field.labels && field.labels[0];
    if (!label) return;
    const figure = document.createElement("span");
    figure.className = "ob-count";
    figure.setAttribute("aria-hidden", "true");
    const show = () => { figure.textContent = `${field.value.length}/${field.maxLength}`; };
    label.append(figure);
    field.addEventListener("input", show);
    show();
  }

  /* A file field says what was chosen. */
  function fileNames(field) {
    const said = field.closest(".ob-field").querySelector("[data-file-names]");
    if (!said) return;
    const none = said.textContent;
    field.addEventListener("change", () => {
      said.textContent = Array.from(field.files, (file) => file.name).join("、") || none;
    });
  }

  parts.push((root) => {
    root.querySelectorAll("form").forEach(whens);
    root.querySelectorAll("[data-count]").forEach(counts);
    root.querySelectorAll(".ob-file").forEach(fileNames);
    root.querySelectorAll("form[data-action-from]").forEach((form) => {
      const select = form.querySelector(`[id="${form.dataset.actionFrom}"]`);
      select.addEventListener("change", () => { form.action = select.value; });
    });
  });

  /* A form is sent once: the button rests until the answer comes. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-guard]")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 8000);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  /* Nothing typed is kept on this machine (a shared office PC would keep an investor's name), so leaving an unsaved form asks first:
     data-unsaved. What an expired session posted is kept by the server. */
  const touched = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-unsaved]");
    if (form) touched.add(form);
  });
  document.addEventListener("submit", (event) => touched.delete(event.target));
  window.addEventListener("beforeunload", (event) => {
    if (!Array.from(touched).some((form) => form.isConnected)) return;
    event.preventDefault();
    event.returnValue = "";
  });

  const keys = () => document.getElementById("keys");
  function openKeys() {
    const dialog = keys();
    if (dialog && !dialog.open) dialog.showModal();
  }

  document.addEventListener("keydown", (event) => {
    const inText = typing(document.activeElement);
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (plain && event.key === "/" && !inText) {
      const box = document.getElementById("q-list") || document.getElementById("q-top");
      if (box) { event.preventDefault(); box.focus(); }
    }
    if (plain && event.key === "?" && !inText) openKeys();
    if (event.altKey && event.code === "KeyP") {
      const field = document.querySelector(".ob-log select, .ob-log textarea") || document.querySelector("[data-progress]");
      if (field) { event.preventDefault(); if (field.tagName === "A") field.click(); else field.focus(); }
    }
    if (event.key === "Escape") {
      document.querySelectorAll("details.ob-menu[open]").forEach((menu) => {
        menu.open = false;
        menu.querySelector("summary").focus();
      });
    }
  });

  document.addEventListener("click", (event) => {
    const all = event.target.closest("[data-check-all]");
    if (all) all.closest("form").querySelectorAll('input[type="checkbox"]').forEach((box) => { box.checked = true; });
    if (event.target.closest("[data-keys]")) openKeys();
    if (event.target.closest("[data-print]")) window.print();
    const unfold = event.target.closest("[data-unfold]");
    if (unfold) { document.getElementById(unfold.dataset.unfold).hidden = false; unfold.setAttribute("aria-expanded", "true"); unfold.hidden = true; }
    const flash = event.target.closest("[data-dismiss]");
    if (flash) flash.closest(".ob-flash").remove();
    document.querySelectorAll("details.ob-menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  document.addEventListener("DOMContentLoaded", () => {
    window.sessionStorage.removeItem("htmx-current-path-for-history"); // htmx notes the address there, with what was searched for
    window.oneBoard.wire(document);
    const alert = document.querySelector(".ob-alert[tabindex]");
    if (alert) alert.focus();
    if (alert) document.querySelectorAll("main form[data-unsaved]").forEach((form) => touched.add(form));
  });
})();
