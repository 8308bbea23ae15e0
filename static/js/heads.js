/* On a phone the actions of a page's head take one row: those that would begin another go into a menu. Without this file they wrap. */
(function () {
  "use strict";

  const phone = window.matchMedia("(max-width: 767.98px)");
  const folded = [];

  /* An action that can move into the menu: a link, a button, or a form of one button. A menu or a row of segments stays. */
  const moves = (piece) => piece.offsetWidth > 0 && piece.matches("a.btn, button.btn, form");
  const main = (piece) => piece.matches(".btn-primary") || Boolean(piece.querySelector(".btn-primary"));

  function fold(row) {
    const pieces = Array.from(row.children);
    const able = pieces.filter(moves);
    const high = Math.max(...pieces.map((piece) => piece.offsetHeight));
    if (able.length < 2 || row.offsetHeight <= high + 8) return;
    const order = able.filter(main).concat(able.filter((piece) => !main(piece)));
    const menu = document.createElement("details");
    const list = document.createElement("div");
    menu.className = "ob-menu ob-moreacts";
    list.className = "ob-menu-list";
    const summary = document.createElement("summary");
    summary.className = "btn";
    summary.textContent = row.closest("main").dataset.more;
    menu.append(summary, list);
    row.append(menu);
    for (const piece of order.slice(1).reverse()) {
      if (list.children.length && row.offsetHeight <= high + 8) break;
      list.prepend(piece);
    }
    folded.push([row, pieces, menu]);
  }

  function arrange() {
    while (folded.length) {
      const [row, pieces, menu] = folded.pop();
      menu.remove();
      row.append(...pieces);
    }
    if (phone.matches) document.querySelectorAll("main .ob-head > .ob-acts").forEach(fold);
  }

  phone.addEventListener("change", arrange);
  window.oneBoard.parts.push((root) => { if (root === document) arrange(); });
})();
