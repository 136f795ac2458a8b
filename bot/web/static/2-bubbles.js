/* Bubbles: text in, elements out. Nothing here ever reads text as markup. */
(function () {
  const make = dalil.make;
  const LINK = /https?:\/\/[^\s<>"«»\u2066-\u2069\u200e\u200f]+/;
  const PHONE = /\+\d[\d\s().\u00a0\u202f-]{6,18}\d|\b0\d(?:[\s.\u00a0\u202f-]?\d{2}){4}(?!\d)/;
  const ANY = new RegExp("(" + LINK.source + ")|(" + PHONE.source + ")", "g");
  const SHORT = dalil.settings.dial.length
    ? new RegExp("(^|[\\s\\u2066-\\u2069(])(" + dalil.settings.dial.join("|") + ")(?=[\\s\\u2066-\\u2069),.:;]|$)", "g")
    : null;

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

  /* Short numbers (15, 19, 112) can be dialled from emergency texts only: elsewhere they may be a price or a day. */
  function plain(parent, text, urgent) {
    let done = 0;
    if (urgent && SHORT) {
      text.replace(SHORT, function (all, before, number, at) {
        parent.appendChild(document.createTextNode(text.slice(done, at + before.length)));
        parent.appendChild(anchor(number, "tel:" + number));
        done = at + all.length;
        return all;
      });
    }
    parent.appendChild(document.createTextNode(text.slice(done)));
  }

  function write(parent, text, urgent) {
    let done = 0;
    text.replace(ANY, function (all, url, phone, at) {
      const shown = url ? url.replace(/[.,;:!?)\]،؛؟…]+$/, "") : phone;
      const digits = (phone || "").replace(/[^\d+]/g, "");
      if (phone && (digits.length < 9 || digits.length > 16)) return all;
      plain(parent, text.slice(done, at), urgent);
      parent.appendChild(anchor(shown, url ? shown : "tel:" + digits));
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
      write(paragraph, part[0], message.kind === "safety");
      element.appendChild(paragraph);
    });
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
