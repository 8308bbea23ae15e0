/* Forms that are answered where they stand. An answer that is no form (no right any more, gone, too large, a failure) and none at
   all are said above the form, which keeps what was typed. A form that cannot be opened in its place is opened as a page. */
(function () {
  "use strict";

  const asking = (event) => (event.detail.requestConfig || {}).elt;
  const formOf = (event) => {
    const asked = asking(event);
    return asked && asked.matches("form[data-failed]") ? asked : null;
  };
  const part = (html, selector) => new DOMParser().parseFromString(html, "text/html").querySelector(selector);

  function say(form, text) {
    form.querySelectorAll(":scope > .ob-alert").forEach((old) => old.remove());
    const said = document.createElement("p");
    said.className = "ob-alert";
    said.tabIndex = -1;
    said.setAttribute("role", "alert");
    said.textContent = text;
    form.prepend(said);
    said.focus();
    delete form.dataset.sent;
    form.dispatchEvent(new Event("input", { bubbles: true })); // what stands in it is still not saved
  }

  document.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail;
    if (!formOf(event) || answer.xhr.status < 400 || part(answer.serverResponse, ".ob-inplace")) return;
    answer.shouldSwap = false;
    answer.isError = true;
  });

  document.addEventListener("htmx:responseError", (event) => {
    const form = formOf(event);
    if (form) {
      const said = part(event.detail.xhr.responseText, ".ob-alert");
      say(form, said ? said.textContent.trim() : form.dataset.failed);
    } else if (asking(event) && asking(event).matches("a[hx-get]")) {
      window.location.assign(asking(event).href);
    }
  });

  ["htmx:sendError", "htmx:timeout"].forEach((name) =>
    document.addEventListener(name, (event) => { if (formOf(event)) say(formOf(event), formOf(event).dataset.failed); }));
})();
