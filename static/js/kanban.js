/* 看板: a card is dragged to another stage, or sent there by keys; the form of that move opens beside the columns and asks for what is
   missing. Nothing moves on the page before the server has said so. Without this, 移到… leads to the form's own page. */
(function () {
  "use strict";

  const $ = (id) => document.getElementById(id);
  const camel = (code) => `way${code.split("_").map((part) => part[0].toUpperCase() + part.slice(1)).join("")}`;
  const mayGo = (way) => way === "open" || way === "reason";
  let dragged = null; // the card on its way
  let asked = null; // { card, to } of the form that is open, or of the menu
  let latest = 0; // of several forms asked for only the last one opens

  const kanban = () => $("kanban");
  const stages = () => kanban().dataset.stages.split(" ");
  const column = (stage) => kanban().querySelector(`.ob-kcol[data-stage="${stage}"]`);
  const wayOf = (card, stage) => card.dataset.ways.split(" ")[stages().indexOf(stage)];
  const why = (way) => kanban().dataset[camel(way)];
  const say = (text) => { $("told").textContent = ""; $("told").textContent = text; };
  const filled = (text, facts) => text.replace(/\{(\w+)\}/g, (_all, key) => facts[key]);
  const sayMove = (card, stage) =>
    say(filled(kanban().dataset.saidMove, { stage: column(stage).dataset.name, why: why(wayOf(card, stage)) }));
  const cardOf = (el) => el && el.closest && el.closest("li[data-card]");
  const back = (card) => { const at = card && card.isConnected && card.querySelector("[data-move-menu], a"); if (at) at.focus(); };

  function fault(text) {
    const box = document.querySelector("[data-fault]");
    box.hidden = !text;
    box.querySelector("b").textContent = text || "";
    if (text) box.scrollIntoView({ block: "nearest" });
  }

  /* What every column says to this card. */
  function mark(card) {
    stages().forEach((stage) => {
      const at = column(stage);
      const way = card ? wayOf(card, stage) : "here";
      at.classList.toggle("is-open", Boolean(card) && mayGo(way));
      at.classList.toggle("is-shut", Boolean(card) && !mayGo(way) && way !== "here");
      at.classList.remove("is-over");
      const said = at.querySelector("[data-why]");
      said.hidden = !card || way === "here";
      said.textContent = card ? why(way) : "";
    });
  }

  /* The form, beside the columns. */
  function ready(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const part = page.querySelector("main .ob-inplace") || page.querySelector("main .ob-narrowpage") || page.querySelector(".ob-inplace");
    const form = part && part.querySelector('form[action*="/stages/"]');
    if (!form) return null;
    ["hx-post", "hx-target", "hx-select", "hx-swap"].forEach((name) => form.removeAttribute(name));
    part.querySelectorAll(".ob-crumb").forEach((el) => el.remove());
    return part;
  }
  function show(part) {
    const body = $("moving").querySelector("[data-moving-body]");
    body.replaceChildren(document.adoptNode(part));
    if (window.htmx) window.htmx.process(body);
    window.oneBoard.wire(body);
    $("moving").hidden = false;
    const alert = body.querySelector(".ob-alert");
    (alert || $("moving-title")).focus();
  }
  function close(said) {
    if ($("moving").hidden) return;
    latest += 1;
    $("moving").hidden = true;
    $("moving").querySelector("[data-moving-body]").replaceChildren();
    if (said) say(kanban().dataset.saidStay);
    if (asked) back(asked.card);
  }
  function open(card, to) {
    const number = ++latest;
    asked = { card, to };
    fault("");
    $("moving").querySelector("[data-moving-name]").textContent = card.dataset.name;
    const query = new URLSearchParams({ to, from: card.dataset.stage });
    fetch(`${card.dataset.move}?${query}`, { credentials: "same-origin", headers: { "HX-Request": "true" } })
      .then((answer) => {
        if (answer.headers.get("HX-Redirect")) { window.location.assign(answer.headers.get("HX-Redirect")); return null; }
        if (!answer.ok) throw new Error(answer.status === 404 || answer.status === 403 ? "gone" : "failed");
        return answer.text();
      })
      .then((html) => {
        if (html === null || number !== latest) return;
        const part = ready(html);
        if (part) show(part);
        else window.location.assign(`${card.dataset.move}?${query}`);
      })
      .catch((error) => fault(kanban().dataset[error.message === "gone" ? "gone" : "failed"]));
  }
  function attempt(card, to) {
    const way = wayOf(card, to);
    sayMove(card, to);
    if (mayGo(way)) { open(card, to); return; }
    if (way !== "here") fault(filled(kanban().dataset.saidMove, { stage: column(to).dataset.name, why: why(way) }));
  }

  /* After a move the columns are fetched anew, so that what they hold is what the server says. */
  function refresh(id) {
    return fetch(window.location.href, { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
      .then((html) => {
        const page = new DOMParser().parseFromString(html, "text/html");
        const fresh = page.getElementById("kanban");
        if (!fresh) { window.location.reload(); return; }
        kanban().replaceWith(document.adoptNode(fresh));
        $("totals").replaceWith(document.adoptNode(page.getElementById("totals")));
        [kanban(), $("totals")].forEach((part) => window.htmx && window.htmx.process(part));
        const card = kanban().querySelector(`li[data-card="${id}"]`);
        if (!card) return;
        card.classList.add("is-fresh");
        card.scrollIntoView({ block: "nearest", inline: "nearest" });
        back(card);
      });
  }
  function send(form, button) {
    const { card } = asked;
    const data = new FormData(form);
    if (button && button.name) data.append(button.name, button.value);
    const to = data.get("to") || asked.to;
    const buttons = Array.from(form.querySelectorAll("button"));
    buttons.forEach((one) => { one.disabled = true; });
    fetch(form.action, { method: "POST", body: data, credentials: "same-origin", headers: { "HX-Request": "true" } })
      .then((answer) => {
        if (answer.status === 204) {
          const name = card.dataset.name;
          $("moving").hidden = true;
          $("moving").querySelector("[data-moving-body]").replaceChildren();
          return refresh(card.dataset.card).then(() =>
            say(filled(kanban().dataset.saidDone, { name, stage: column(to) ? column(to).dataset.name : "" })));
        }
        if (answer.headers.get("HX-Redirect")) { window.location.assign(answer.headers.get("HX-Redirect")); return null; }
        if (answer.status !== 422 && answer.status !== 409) throw new Error(answer.status === 404 || answer.status === 403 ? "gone" : "failed");
        return answer.text().then((html) => {
          const part = ready(html);
          if (!part) throw new Error("failed");
          show(part);
        });
      })
      .catch((error) => fault(kanban().dataset[error.message === "gone" ? "gone" : "failed"]))
      .finally(() => buttons.forEach((one) => { one.disabled = false; }));
  }

  /* 移到…: the stages as a menu; ← → and ↑ ↓ walk, Enter chooses, Esc closes. */
  const items = () => Array.from($("kmenu").querySelectorAll("[data-to]"));
  function walk(stage) {
    const item = items().find((one) => one.dataset.to === stage);
    if (!item) return;
    item.focus();
    sayMove(asked.card, stage);
  }
  function menu(card, step) {
    const at = stages().indexOf(card.dataset.stage);
    asked = { card, to: null };
    items().forEach((item) => {
      const way = wayOf(card, item.dataset.to);
      item.setAttribute("aria-disabled", String(!mayGo(way)));
      item.querySelector("small").textContent = way === "open" ? "" : why(way);
    });
    const box = $("kmenu");
    box.hidden = false;
    const place = card.getBoundingClientRect();
    box.style.left = `${Math.max(8, Math.min(place.left, window.innerWidth - box.offsetWidth - 8))}px`;
    box.style.top = `${Math.max(8, Math.min(place.bottom + 4, window.innerHeight - box.offsetHeight - 8))}px`;
    walk(stages()[Math.max(0, Math.min(stages().length - 1, at + step))]);
  }
  function shut() {
    if ($("kmenu").hidden) return;
    $("kmenu").hidden = true;
    if (asked) back(asked.card);
  }
  function choose(item) {
    if (item.getAttribute("aria-disabled") === "true") { sayMove(asked.card, item.dataset.to); return; }
    $("kmenu").hidden = true;
    attempt(asked.card, item.dataset.to);
  }
  function menuKey(event) {
    const here = items().indexOf(event.target);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step && here >= 0) { event.preventDefault(); walk(stages()[Math.max(0, Math.min(items().length - 1, here + step))]); }
    if (event.key === "Home" || event.key === "End") { event.preventDefault(); walk(stages()[event.key === "Home" ? 0 : items().length - 1]); }
    if (event.key === "Escape" || event.key === "Tab") { event.preventDefault(); event.stopPropagation(); shut(); }
  }
  function cardKey(event, card) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") { event.preventDefault(); menu(card, event.key === "ArrowRight" ? 1 : -1); }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const cards = Array.from(card.parentElement.querySelectorAll("li[data-card]"));
      const next = cards[cards.indexOf(card) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { event.preventDefault(); next.querySelector("a").focus(); }
    }
  }

  function wired() {
    document.addEventListener("dragstart", (event) => {
      dragged = cardOf(event.target);
      if (!dragged) return;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", dragged.dataset.name);
      dragged.classList.add("is-up");
      window.requestAnimationFrame(() => { if (dragged) mark(dragged); });
    });
    document.addEventListener("dragover", (event) => {
      const at = dragged && event.target.closest && event.target.closest(".ob-kcol");
      document.querySelectorAll(".ob-kcol.is-over").forEach((one) => { if (one !== at) one.classList.remove("is-over"); });
      if (!at) return;
      event.preventDefault();
      const go = mayGo(wayOf(dragged, at.dataset.stage));
      event.dataTransfer.dropEffect = go ? "move" : "none";
      if (go) at.classList.add("is-over");
    });
    document.addEventListener("drop", (event) => {
      const at = dragged && event.target.closest && event.target.closest(".ob-kcol");
      if (!at) return;
      event.preventDefault();
      attempt(dragged, at.dataset.stage);
    });
    document.addEventListener("dragend", (event) => {
      if (!dragged) return;
      const at = document.elementFromPoint(event.clientX, event.clientY);
      const shutColumn = event.dataTransfer.dropEffect === "none" && at && at.closest(".ob-kcol.is-shut");
      if (shutColumn) attempt(dragged, shutColumn.dataset.stage); // let go over a column that is not for it: say why
      dragged.classList.remove("is-up");
      dragged = null;
      mark(null);
    });

    document.addEventListener("click", (event) => {
      const link = event.target.closest("[data-move-menu]");
      if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); menu(cardOf(link), 0); return; }
      const item = event.target.closest("#kmenu [data-to]");
      if (item) { choose(item); return; }
      if (!event.target.closest("#kmenu")) $("kmenu").hidden = true;
      if (event.target.closest("[data-moving-close]")) close(true);
      const leave = event.target.closest("#moving .ob-save a.btn");
      if (leave) { event.preventDefault(); close(true); }
    });
    document.addEventListener("submit", (event) => {
      if (!event.target.matches('#moving form[action*="/stages/"]')) return;
      event.preventDefault();
      send(event.target, event.submitter);
    });
    document.addEventListener("keydown", (event) => {
      if (event.target.closest && event.target.closest("#kmenu")) { menuKey(event); return; }
      const card = cardOf(event.target);
      if (card) cardKey(event, card);
      if (event.key === "Escape" && !$("moving").hidden) close(true);
    });
    ["htmx:responseError", "htmx:sendError"].forEach((name) =>
      document.addEventListener(name, () => fault(kanban().dataset.failed)));
  }

  window.oneBoard.parts.push((root) => { if (root === document && kanban()) wired(); });
})();
