/* Rows ticked in a list: how many, and whether they are few enough for what is done with them. Without this the server says so. */
(function () {
  "use strict";

  function picks(root) {
    const bar = root.querySelector("#pick");
    if (!bar) return;
    const said = bar.querySelector("[data-picked]");
    const buttons = Array.from(bar.querySelectorAll("button[data-least]"));
    const page = bar.querySelector("[data-pick-page]");
    const boxes = Array.from(document.querySelectorAll('input[form="pick"]'));
    function show() {
      const n = boxes.filter((box) => box.checked).length;
      said.textContent = n ? said.dataset.picked.replace("{n}", n) : "";
      bar.classList.toggle("is-on", n > 0);
      buttons.forEach((button) => { button.disabled = n < button.dataset.least || n > (button.dataset.most || boxes.length); });
      boxes.forEach((box) => box.closest("tr").classList.toggle("is-picked", box.checked));
    }
    if (page) {
      page.hidden = false;
      page.addEventListener("click", () => {
        const all = boxes.some((box) => !box.checked);
        boxes.forEach((box) => { box.checked = all; });
        show();
      });
    }
    document.addEventListener("change", (event) => { if (boxes.includes(event.target)) show(); });
    document.addEventListener("keydown", (event) => {
      const row = event.target.closest && event.target.closest("tr");
      const box = row === event.target && row.querySelector('input[form="pick"]');
      if (box && event.key.toLowerCase() === "x" && !event.ctrlKey && !event.metaKey && !event.altKey) box.click();
    });
    show();
  }

  window.oneBoard.parts.push(picks);
})();
