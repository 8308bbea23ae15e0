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

  // Whoever comes from a pair is taken to the next one: its heading has the focus, and what was done is said. A line that stood
  // there as the page came would not be read out, so it is put where it is listened for once the page is there.
  const heading = document.getElementById("pair");
  const from = document.referrer.startsWith(location.origin) ? new URL(document.referrer).pathname : "";
  if (heading && from.startsWith("/review/") && !document.querySelector(".ob-alert[tabindex]")) {
    heading.focus({ preventScroll: true });
    setTimeout(() => {
      document.getElementById("said").textContent = Array.from(document.querySelectorAll(".ob-flash"), (el) => el.textContent).join(" ");
    }, 300);
  }

  // Enter or Esc in the note leaves it, so that the keys answer again.
  document.addEventListener("keydown", (event) => {
    if ((event.key === "Enter" || event.key === "Escape") && !event.isComposing && event.target.matches(".ob-verdictform [name=reason]")) {
      event.preventDefault();
      event.target.blur();
    }
  });

  // Another record stays: what is suggested follows, a value that somebody picked by hand does not.
  const form = document.querySelector(".ob-verdictform");
  if (form) {
    form.addEventListener("change", (event) => {
      const radio = event.target;
      if (radio.name.startsWith("choice-")) radio.closest("tr").dataset.picked = "";
      if (radio.name !== "keep") return;
      const letter = radio.dataset.letter;
      form.querySelectorAll("[data-if-stays]").forEach((el) => { el.hidden = el.dataset.ifStays !== letter; });
      form.querySelectorAll("tr:not([data-picked]) [data-suggested-if]").forEach((el) => {
        if (el.dataset.suggestedIf.includes(letter)) el.checked = true;
      });
    });
  }
})();
