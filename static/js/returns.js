/* 编写周报: a line moves up and down; its number follows. Without scripts the numbers are typed. */
(() => {
  const renumber = (list) => {
    let place = 0;
    list.querySelectorAll("[data-line]").forEach((line) => {
      const box = line.querySelector("[data-place]");
      if (!line.classList.contains("off")) { place += 1; box.value = String(place); }
    });
  };
  const move = (button, up) => {
    const line = button.closest("[data-line]");
    const other = up ? line.previousElementSibling : line.nextElementSibling;
    if (!other) return;
    if (up) other.before(line); else other.after(line);
    renumber(line.parentElement);
    button.focus();
    line.querySelector("[data-place]").dispatchEvent(new Event("input", { bubbles: true }));
  };
  document.querySelectorAll("[data-up], [data-down]").forEach((button) => { button.hidden = false; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-up], [data-down]");
    if (button) move(button, button.hasAttribute("data-up"));
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[name^=listed-]")) return;
    const line = event.target.closest("[data-line]");
    line.classList.toggle("off", !event.target.checked);
    if (!event.target.checked) line.querySelector("[data-place]").value = "";
    renumber(line.parentElement);
  });
})();
