/* The duplicate strip: asks 300 ms after the last key, keeps the choices that were made, folds what is decided. */
(function () {
  "use strict";

  const WATCHED = /^(investor|name_2|name_3|website|uscc|registration_number|contact_phone|contact_email)$/;
  const NEEDS_REASON = /^(another_project|different)/;
  let pressed = false;
  document.addEventListener("pointerdown", () => { pressed = true; }, true);
  ["pointerup", "pointercancel"].forEach((name) => document.addEventListener(name, () => { pressed = false; }, true));

  const chosen = (hit) => hit.querySelector("input[type=radio]:checked");

  function enough(text) {
    const cjk = (text.match(/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]/g) || []).length;
    return cjk >= 2 || text.trim().length >= 3;
  }

  function openCount(form) {
    const line = form.querySelector("[data-open-count]");
    if (!line) return;
    const open = Array.from(form.querySelectorAll("[data-must]")).filter((hit) => !chosen(hit)).length;
    line.textContent = open ? line.dataset.openCount.replace("0", String(open)) : "";
    line.hidden = !open;
  }

  function mark(hit) {
    const choice = chosen(hit);
    hit.classList.toggle("needs-reason", Boolean(choice) && NEEDS_REASON.test(choice.value));
  }

  /* A decided hit becomes one line once the person has moved on; never while a pointer is down, or a click would miss. */
  function fold(hit) {
    if (pressed) { setTimeout(() => fold(hit), 80); return; }
    const choice = chosen(hit);
    const because = hit.querySelector(".ob-reason input");
    if (!hit.isConnected || !choice || hit.contains(document.activeElement)) return;
    if (NEEDS_REASON.test(choice.value) && !because.value.trim()) return;
    const said = hit.querySelector("[data-said]");
    const label = choice.labels[0];
    said.textContent = (label.querySelector(".ob-long") || label).textContent;
    hit.querySelector("[data-said-why]").textContent = NEEDS_REASON.test(choice.value) ? because.value.trim() : "";
    hit.classList.add("is-taken");
  }

  function unfold(hit) {
    hit.classList.remove("is-taken");
    const choice = chosen(hit);
    if (choice) choice.focus();
  }

  function strip(form) {
    const box = form.querySelector("[data-strip-box]");
    const source = form.querySelector("[data-strip-source]");
    const said = form.querySelector("[data-strip-said]");
    if (!box || !source) return;
    let timer = null;
    let latest = 0;

    function show(html) {
      const id = document.activeElement && box.contains(document.activeElement) ? document.activeElement.id : "";
      box.innerHTML = html;
      box.querySelectorAll(".ob-hit").forEach((hit) => { mark(hit); fold(hit); });
      const again = id && document.getElementById(id);
      if (again) again.focus();
      const sum = box.querySelector(".ob-strip-sum");
      if (said && sum) said.textContent = sum.innerText;
      openCount(form);
    }

    function ask() {
      const number = ++latest;
      const data = new FormData(form);
      form.querySelectorAll("input[type=file]").forEach((field) => data.delete(field.name));
      box.setAttribute("aria-busy", "true");
      fetch(form.dataset.strip, { method: "POST", body: data, headers: { "X-CSRFToken": window.oneBoard.token() }, credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
        .catch(() => null)
        .then((html) => {
          if (number !== latest) return;
          box.removeAttribute("aria-busy"); // first: while busy the sum line shows, and would say, that it compares
          if (html !== null) show(html);
        });
    }

    form.addEventListener("input", (event) => {
      if (!WATCHED.test(event.target.name)) return;
      clearTimeout(timer);
      if (source.value && !enough(source.value) && box.querySelector(".ob-strip.idle")) return; // else what stands there goes
      timer = setTimeout(ask, 300);
    });
    form.addEventListener("change", (event) => {
      if (event.target.name === "country" && enough(source.value)) { clearTimeout(timer); timer = setTimeout(ask, 300); }
      const hit = event.target.closest(".ob-hit");
      if (hit) { mark(hit); openCount(form); }
    });
    source.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown") return;
      const first = Array.from(box.querySelectorAll("input, a, button")).find((el) => el.getClientRects().length);
      if (first) { event.preventDefault(); first.focus(); }
    });
    box.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); source.focus(); } });
    box.addEventListener("focusout", (event) => {
      const hit = event.target.closest(".ob-hit");
      if (hit) setTimeout(() => fold(hit), 250);
    });
    box.addEventListener("click", (event) => {
      const again = event.target.closest("[data-again]");
      if (again) unfold(again.closest(".ob-hit"));
    });
    box.querySelectorAll(".ob-hit").forEach(mark);
    openCount(form);
  }

  window.oneBoard.parts.push((root) => root.querySelectorAll("form[data-strip]").forEach(strip));
})();
