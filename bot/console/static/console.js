// What HTML alone cannot do: Ctrl+Enter, drafts that survive a reload, staying at the end of the thread, saying that the
// line is lost. Everything works without it, less comfortably.
(function () {
  "use strict";
  var wide = window.matchMedia("(min-width: 60rem)");

  function restore(root) {
    root.querySelectorAll("textarea[data-draft]").forEach(function (box) {
      var kept = sessionStorage.getItem(box.dataset.draft);
      if (kept && !box.value) {
        box.value = kept;
        var fold = box.closest("details");
        if (fold) fold.open = true;
      }
    });
  }

  function atEnd() {
    return window.innerHeight + window.scrollY > document.documentElement.scrollHeight - 160;
  }

  function toEnd() {
    window.scrollTo(0, document.documentElement.scrollHeight);
  }

  document.addEventListener("input", function (event) {
    var key = event.target.dataset && event.target.dataset.draft;
    if (key) sessionStorage.setItem(key, event.target.value);
  });

  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea[name=text]")) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
    if (event.key === "Escape") {
      document.querySelectorAll("details.account[open]").forEach(function (open) { open.open = false; });
    }
  });

  // A part that could not be fetched is asked for again: its event came, and will not come twice.
  document.addEventListener("htmx:afterRequest", function (event) {
    var how = event.detail.requestConfig, part = how.elt;
    if (how.verb === "post") {
      var box = part.querySelector("textarea[data-draft]");
      if (event.detail.successful && box) sessionStorage.removeItem(box.dataset.draft);
      return;
    }
    var status = event.detail.xhr ? event.detail.xhr.status : 0;
    if (status === 0 || status >= 500) {
      line(true);
      window.setTimeout(function () { htmx.trigger(part, "again"); }, 1500);
    } else {
      line(false);
    }
  });

  var followed = true;
  document.addEventListener("htmx:beforeSwap", function (event) {
    followed = event.detail.target.id === "desk" || atEnd();
  });
  document.addEventListener("htmx:afterSettle", function (event) {
    restore(event.detail.target);
    if (document.getElementById("thread") && followed) toEnd();
    if (event.detail.target.id === "desk" && event.detail.requestConfig && /\/say$/.test(event.detail.requestConfig.path)) {
      var reply = document.getElementById("reply");
      if (reply) reply.focus({ preventScroll: true });
    }
  });

  function line(lost) {
    var sign = document.getElementById("offline");
    if (sign) sign.hidden = !lost;
  }
  document.addEventListener("htmx:sseError", function () { line(true); });
  document.addEventListener("htmx:sseOpen", function () { line(false); });

  document.addEventListener("DOMContentLoaded", function () {
    restore(document);
    var here = document.querySelector(".bar nav [aria-current]");
    if (here) here.parentNode.scrollLeft += here.getBoundingClientRect().left - here.parentNode.getBoundingClientRect().left - 24;
    var facts = document.getElementById("facts");
    if (facts) facts.open = wide.matches;
    if (document.getElementById("thread")) toEnd();
  });
})();
