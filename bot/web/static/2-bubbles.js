/* Bubbles: text in, elements out. Nothing here ever reads text as markup. */
(function () {
  const make = dalil.make;
  const LINK = /https?:\/\/[^\s<>"«»\u2066-\u2069\u200e\u200f]+/;
  const SITE = /[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:ma|fr|es|be|de|it|eu|org|com|net|int|info)(?![a-z0-9@.-]*[a-z0-9@])(?:\/[^\s<>"«»\u2066-\u2069\u200e\u200f]*)?/;
  const PHONE = /\+\d[\d\s().\u00a0\u202f-]{6,18}\d|\b0\d(?:[\s.\u00a0\u202f-]?\d{2}){4}(?!\d)/;
  const ANY = new RegExp("(" + LINK.source + ")|(" + SITE.source + ")|(" + PHONE.source + ")", "gi");
  /* The numbers our content may show, however they are spaced. Short ones (15, 19, 112) can be dialled from emergency
     texts only: elsewhere they may be a price or a day. */
  const dial = function (short) {
    const some = dalil.settings.dial.filter(function (number) { return (number.length < 5) === short; });
    const spaced = some.map(function (number) { return number.split("").join("[\\s\\u00a0\\u202f]?"); });
    return spaced.length ? "(" + spaced.join("|") + ")" : "(\\b\\B)";
  };
  const EDGE = "(^|[\\s\\u2066-\\u2069(])", AFTER = "(?=[\\s\\u2066-\\u2069),.:;]|$)";
  const CALM = new RegExp(EDGE + dial(false) + AFTER, "g");
  const URGENT = new RegExp(EDGE + "(?:" + dial(false) + "|" + dial(true) + ")" + AFTER, "g");

  function anchor(text, href) {
    const link = make("a", "", text);
    link.href = href;
    link.dir = "ltr";
    if (href.slice(0, 4) !== "tel:") {
      link.rel = "noopener noreferrer";
      link.target = "_blank";
    }
    return link;
  }

  function plain(parent, text, urgent) {
    let done = 0;
    text.replace(urgent ? URGENT : CALM, function () {
      const all = arguments[0], before = arguments[1], at = arguments[arguments.length - 2];
      const number = all.slice(before.length);
      parent.appendChild(document.createTextNode(text.slice(done, at + before.length)));
      parent.appendChild(anchor(number, "tel:" + number.replace(/\D/g, "")));
      done = at + all.length;
      return all;
    });
    parent.appendChild(document.createTextNode(text.slice(done)));
  }

  /* The address behind what was found, or "" for what only looks like one. Bare site names become links in our texts only. */
  function address(text, at, url, site, phone, ours) {
    if (url) return url;
    if (site) return ours && !/[\w@.-]/.test(text.charAt(at - 1)) ? "https://" + site : "";
    const digits = phone.replace(/[^\d+]/g, "");
    return digits.length < 9 || digits.length > 16 ? "" : "tel:" + digits;
  }

  function write(parent, text, urgent, ours) {
    let done = 0;
    text.replace(ANY, function (all, url, site, phone, at) {
      const end = phone ? /$/ : /[.,;:!?)\]،؛؟…]+$/;
      const href = address(text, at, url && url.replace(end, ""), site && site.replace(end, ""), phone, ours);
      if (!href) return all;
      const shown = all.replace(end, "");
      plain(parent, text.slice(done, at), urgent);
      parent.appendChild(anchor(shown, href));
      done = at + shown.length;
      return all;
    });
    plain(parent, text.slice(done), urgent);
  }

  /* Our own texts go in the direction of their language, even when a line begins with a Latin name; what people write
     decides for itself. */
  dalil.bubble = function (message) {
    const element = make("div", "bubble " + (message.mine ? "mine" : "ours " + message.kind));
    element.tabIndex = -1;
    element.appendChild(dalil.said(make("span", "unseen"), message.mine ? "you" : "us"));
    const free = message.mine || message.kind === "advisor";
    if (message.lang && !free) element.lang = message.lang;
    if (message.kind === "advisor") element.appendChild(dalil.said(make("p", "who"), "person"));
    message.parts.forEach(function (part) {
      const paragraph = make("p", part[1]);
      const rtl = dalil.settings.rtl.indexOf(message.variety) >= 0;
      paragraph.dir = free ? "auto" : rtl ? "rtl" : "ltr";
      write(paragraph, part[0], message.kind === "safety", !free);
      element.appendChild(paragraph);
    });
    if (message.file) {
      const file = make("p", "file");
      file.appendChild(anchor(message.file.title, message.file.href)).dir = "auto";
      element.appendChild(file);
    }
    return element;
  };

  dalil.choices = function (message, pick) {
    const group = make("div", "choices");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", dalil.word("options"));
    group.setAttribute("data-label", "options");
    message.choices.forEach(function (choice) {
      const button = make("button", "choice", choice.title);
      button.type = "button";
      button.dir = "auto";
      if (message.lang) button.lang = message.lang;
      button.addEventListener("click", function () { pick(choice); });
      group.appendChild(button);
    });
    return group;
  };
})();
