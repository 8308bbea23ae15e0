/* What is half typed stays on this machine until it is saved: forms with data-draft. Contacts, files, passwords and tokens are
   never kept; another person on the same machine does not see it; leaving the system forgets it. */
(function () {
  "use strict";

  const NEVER = /^(csrf_token|once|version|contact_.*|decide-.*|because-.*|coordinate)$/;
  const DAYS = 3;
  const who = () => document.body.dataset.who || "";
  const keyOf = (form) => `draft:${who()}:${form.dataset.draft}`;

  function read(key) {
    try {
      const kept = JSON.parse(localStorage.getItem(key));
      return kept && Date.now() - kept.at < DAYS * 86400000 ? kept : null;
    } catch (error) {
      return null;
    }
  }
  function values(form) {
    return Array.from(new FormData(form)).filter(([name, value]) => typeof value === "string" && !NEVER.test(name));
  }
  function write(form) {
    try {
      localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), values: values(form) }));
    } catch (error) {
      /* no room or not allowed: then there is no draft */
    }
  }
  function fill(form, kept) {
    const many = new Map();
    kept.values.forEach(([name, value]) => many.set(name, [...(many.get(name) || []), value]));
    Array.from(form.elements).forEach((field) => {
      if (!field.name || NEVER.test(field.name) || field.type === "file" || field.type === "hidden" || !many.has(field.name)) return;
      if (field.type === "radio" || field.type === "checkbox") field.checked = many.get(field.name).includes(field.value);
      else field.value = many.get(field.name)[0];
    });
    form.dispatchEvent(new Event("change", { bubbles: true }));
    const source = form.querySelector("[data-strip-source]");
    if (source && source.value) source.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function draft(form) {
    if (!who()) return;
    const key = keyOf(form);
    const note = form.querySelector("[data-draft-note]");
    const empty = JSON.stringify(values(form));
    const refused = Boolean(document.querySelector("main .ob-alert"));
    const sent = sessionStorage.getItem("draft-sent") === key;
    sessionStorage.removeItem("draft-sent");
    if (sent && !refused) localStorage.removeItem(key);
    const kept = read(key);
    if (kept && !refused && JSON.stringify(kept.values) !== empty) {
      fill(form, kept);
      if (note) {
        note.hidden = false;
        note.querySelector("time").textContent = new Date(kept.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      }
    }
    let timer = null;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => write(form), 600);
    });
    form.addEventListener("submit", () => { clearTimeout(timer); write(form); sessionStorage.setItem("draft-sent", key); });
    if (note) {
      note.addEventListener("click", (event) => {
        if (!event.target.closest("[data-draft-drop]")) return;
        localStorage.removeItem(key);
        form.reset();
        form.dispatchEvent(new Event("change", { bubbles: true }));
        note.hidden = true;
      });
    }
  }

  /* The save led to another page: it went through. */
  document.addEventListener("DOMContentLoaded", () => {
    const key = sessionStorage.getItem("draft-sent");
    if (key && !document.querySelector("form[data-draft]") && !document.querySelector("main .ob-alert, .ob-empty")) {
      localStorage.removeItem(key);
      sessionStorage.removeItem("draft-sent");
    }
    document.querySelectorAll("form[data-forget]").forEach((form) => form.addEventListener("submit", () => {
      Object.keys(localStorage).filter((name) => name.startsWith("draft:")).forEach((name) => localStorage.removeItem(name));
    }));
  });
  window.oneBoard.parts.push((root) => root.querySelectorAll("form[data-draft]").forEach(draft));
})();
