/* The page: the list of bubbles, the field, what the wire calls back. */
(function () {
  const find = dalil.find, make = dalil.make, wire = dalil.wire;
  const log = find("log"), scroll = find("scroll"), field = find("text"), typing = find("typing"), newer = find("newer");
  const bar = find("notice"), first = find("first");
  const shown = {}, states = {};
  const tabs = window.BroadcastChannel ? new BroadcastChannel("dalil") : null;
  let choices = null, pause = null;

  function nearEnd() {
    return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120;
  }

  function toEnd() {
    scroll.scrollTop = scroll.scrollHeight;
    newer.hidden = true;
  }

  /* A long answer is read from its beginning: the view follows, but not past the top of the new bubble. */
  function follow(element) {
    scroll.scrollTop = Math.min(scroll.scrollHeight - scroll.clientHeight, element.offsetTop - 12);
    newer.hidden = true;
  }

  function add(message) {
    if (shown[message.id]) return null;
    shown[message.id] = true;
    first.hidden = true;
    const element = dalil.bubble(message);
    log.appendChild(element);
    return element;
  }

  function received(message) {
    const stay = !nearEnd() && !log.hasAttribute("aria-busy");
    const element = add(message);
    if (!element) return;
    if (!message.mine) {
      dalil.speak(message.variety);
      if (message.choices.length) {
        drop();
        choices = dalil.choices(message, function (choice) {
          drop();
          const mine = say({ choice: choice.id, title: choice.title }, choice.title);
          mine.focus({ preventScroll: true });
        });
        log.appendChild(choices);
      }
    }
    if (stay) newer.hidden = false; else follow(element);
  }

  function drop() {
    if (choices) choices.remove();
    choices = null;
  }

  function own(id, text) {
    return add({ id: id, mine: true, parts: [[text, ""]] });
  }

  function say(content, text) {
    const message = dalil.send(content, text);
    const element = own(message.id, text);
    element.appendChild(mark(message.id));
    toEnd();
    return element;
  }

  function mark(id) {
    const line = make("p", "state");
    line.setAttribute("role", "status");
    states[id] = states[id] || "sending";
    paint(line, states[id]);
    line.id = "state-" + id;
    return line;
  }

  /* "Sending" is told only when it takes long enough to wonder. */
  function paint(line, name) {
    line.textContent = "";
    line.className = "state " + name;
    if (name === "sent") return;
    line.appendChild(dalil.said(make("span"), name));
    if (name === "unsent" || name === "too_many") {
      const again = dalil.said(make("button", "link"), "again");
      again.type = "button";
      again.addEventListener("click", dalil.retry);
      line.appendChild(again);
    }
  }

  wire.call.state = function (message, name) {
    states[message.id] = name;
    const line = find("state-" + message.id);
    if (line) paint(line, name);
    if (name === "sent") {
      busy(true);
      if (tabs) tabs.postMessage({ id: message.id, text: message.shown });
    }
  };
  wire.call.bubble = received;
  wire.call.line = function (name) {
    clearTimeout(pause);
    if (!name) { bar.hidden = true; return; }
    pause = setTimeout(function () { dalil.said(bar, name); bar.hidden = false; }, name === "offline" ? 0 : 2500);
  };
  wire.call.strange = function () { first.hidden = log.childElementCount > 0; };

  let tired = null;
  function busy(on) {
    clearTimeout(tired);
    const end = nearEnd();
    typing.hidden = !on;
    if (on) tired = setTimeout(function () { typing.hidden = true; }, 15000);
    if (on && end && choices === null) toEnd();
  }
  wire.call.busy = busy;

  dalil.page = {
    say: say,
    /* Before the first message a language begins the talk; later it changes it. */
    greet: function (variety) {
      const hello = dalil.settings.words[variety].greeting;
      if (!log.childElementCount) { dalil.speak(variety); begin(variety, hello); return; }
      const name = dalil.settings.names[variety];
      say({ choice: "say:language:" + variety, title: name }, name);
    },
  };

  function begin(variety, hello) {
    say({ start: dalil.settings.start, language: variety }, hello);
    dalil.settings.start = "";
    history.replaceState(null, "", "/chat");
  }

  document.querySelectorAll("[data-variety]").forEach(function (button) {
    button.addEventListener("click", function () { dalil.page.greet(button.getAttribute("data-variety")); });
  });

  function grow() {
    field.style.height = "auto";
    field.style.height = Math.min(field.scrollHeight, 132) + "px";
  }

  function submit(event) {
    if (event) event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    if (Array.from(text).length > dalil.settings.longest) {
      dalil.said(bar, "too_long");
      bar.hidden = false;
      return;
    }
    bar.hidden = true;
    field.value = "";
    grow();
    say({ text: text }, text);
    field.focus();
  }

  find("form").addEventListener("submit", submit);
  field.addEventListener("input", grow);
  field.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  });
  newer.addEventListener("click", toEnd);
  scroll.addEventListener("scroll", function () { if (nearEnd()) newer.hidden = true; });
  if (tabs) tabs.onmessage = function (event) { own(event.data.id, String(event.data.text)); };

  find("old").remove();
  log.setAttribute("aria-busy", "true");
  wire.begin(function (some, pending) {
    pending.forEach(function (message) {
      const element = own(message.id, message.shown || "");
      if (element) element.appendChild(mark(message.id));
    });
    log.removeAttribute("aria-busy");
    if (some && dalil.settings.start) begin(dalil.variety, first.getAttribute("data-subject") || "");
  });
})();
