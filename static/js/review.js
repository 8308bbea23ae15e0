/* The review queue by keyboard: one key presses the one button or link that carries it (data-key). Without scripts the same
   buttons and links do the same. */
(function () {
  "use strict";

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (window.oneBoard.typing(document.activeElement) && document.activeElement.type !== "radio") return;
    if (document.querySelector("dialog[open]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key.startsWith("Arrow") && document.activeElement.type === "radio") return;
    const target = Array.from(document.querySelectorAll("[data-key]")).find((el) => el.dataset.key === key);
    if (!target) return;
    event.preventDefault();
    target.click();
  });
})();
