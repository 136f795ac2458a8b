/* The menu: language, place, carrying on elsewhere, forgetting. One panel; Escape and a tap beside it close it. */
(function () {
  const panel = dalil.find("panel"), sheet = panel.firstElementChild, opener = dalil.find("menu-button");
  const make = dalil.make, word = dalil.word;

  function show(title, children) {
    sheet.textContent = "";
    const heading = make("h2", "", title);
    heading.id = "panel-title";
    sheet.appendChild(heading);
    children.forEach(function (child) { sheet.appendChild(child); });
    panel.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    const first = sheet.querySelector("button, a");
    if (first) first.focus();
  }

  function close() {
    panel.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    opener.focus();
  }

  function button(text, act, name) {
    const element = make("button", name || "choice", text);
    element.type = "button";
    element.addEventListener("click", act);
    return element;
  }

  function text(name) {
    const paragraph = make("p", "", word(name));
    paragraph.setAttribute("role", "status");
    return paragraph;
  }

  function menu() {
    const languages = make("div", "languages");
    Object.keys(dalil.settings.words).forEach(function (variety) {
      const item = button(dalil.settings.names[variety], function () { close(); dalil.page.greet(variety); });
      item.lang = dalil.settings.tags[variety];
      item.dir = "auto";
      languages.appendChild(item);
    });
    const items = [languages];
    if (navigator.geolocation && window.isSecureContext) items.push(button(word("place"), askPlace));
    items.push(button(word("carry"), carry), button(word("forget"), askForget), button(word("close"), close, "quiet"));
    show(word("menu"), items);
  }

  function askPlace() {
    show(word("place"), [text("place_ask"), button(word("place_yes"), tellPlace), button(word("cancel"), close, "quiet")]);
  }

  /* Two decimals are about a kilometre: enough for the nearest town, and all that leaves the telephone. */
  function tellPlace() {
    navigator.geolocation.getCurrentPosition(function (found) {
      const round = function (degrees) { return Math.round(degrees * 100) / 100; };
      close();
      dalil.page.say({ place: { lat: round(found.coords.latitude), lon: round(found.coords.longitude) } },
        "📍 " + word("place_sent"));
    }, function () {
      show(word("place"), [text("place_failed"), button(word("close"), close, "quiet")]);
    }, { timeout: 15000, maximumAge: 600000 });
  }

  function way(href, name) {
    const link = make("a", "way", word(name));
    link.href = href;
    link.rel = "noopener noreferrer";
    return link;
  }

  function carry() {
    dalil.wire.post("/chat/carry", {}, function (status, data) {
      if (status !== 200) {
        show(word("carry"), [make("p", "", word(data.error) || word("failed")), button(word("close"), close, "quiet")]);
        return;
      }
      const code = make("p", "code", data.code);
      code.dir = "ltr";
      const parts = [text("carry_how")];
      if (data.whatsapp) parts.push(way(data.whatsapp, "whatsapp"));
      if (data.telegram) parts.push(way(data.telegram, "telegram"));
      show(word("carry"), parts.concat([text("carry_code"), code, button(word("close"), close, "quiet")]));
    }, function () {
      show(word("carry"), [text("failed"), button(word("close"), close, "quiet")]);
    });
  }

  function askForget() {
    show(word("forget"), [text("forget_ask"), button(word("forget_yes"), forget), button(word("cancel"), close, "quiet")]);
  }

  function forget() {
    dalil.wire.post("/chat/forget", {}, function (status) {
      if (status !== 200) { show(word("forget"), [text("failed"), button(word("close"), close, "quiet")]); return; }
      dalil.wire.clear();
      location.replace("/chat");
    }, function () { show(word("forget"), [text("failed"), button(word("close"), close, "quiet")]); });
  }

  opener.addEventListener("click", menu);
  panel.addEventListener("click", function (event) { if (event.target === panel) close(); });
  panel.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { close(); return; }
    if (event.key !== "Tab") return;
    const inside = sheet.querySelectorAll("button, a");
    const first = inside[0], end = inside[inside.length - 1];
    if (event.shiftKey && document.activeElement === first) { event.preventDefault(); end.focus(); }
    if (!event.shiftKey && document.activeElement === end) { event.preventDefault(); first.focus(); }
  });
})();
