/* The chat page, in plain ES2018 at most: telephones are kept for years here. No framework, no build step.
   The files of this folder are sent as one, in the order of their numbers, and share the object `dalil`. */
"use strict";
const dalil = { settings: JSON.parse(document.getElementById("settings").textContent) };

(function () {
  const settings = dalil.settings;
  dalil.variety = settings.variety;

  dalil.word = function (name) {
    return settings.words[dalil.variety][name];
  };

  dalil.find = function (id) {
    return document.getElementById(id);
  };

  /* An element with a class and text. Text only ever enters the page as text. */
  dalil.make = function (tag, name, text) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  /* A word of ours that follows the language of the conversation. */
  dalil.said = function (element, name) {
    element.setAttribute("data-word", name);
    element.textContent = dalil.word(name);
    return element;
  };

  /* The whole page takes the language in which the conversation goes on. */
  dalil.speak = function (variety) {
    if (!settings.words[variety] || variety === dalil.variety) return;
    dalil.variety = variety;
    const root = document.documentElement;
    root.lang = settings.tags[variety];
    root.dir = settings.rtl.indexOf(variety) < 0 ? "ltr" : "rtl";
    each("data-word", function (element, word) { element.textContent = word; });
    each("data-label", function (element, word) { element.setAttribute("aria-label", word); });
    each("data-placeholder", function (element, word) { element.placeholder = word; });
  };

  function each(attribute, set) {
    document.querySelectorAll("[" + attribute + "]").forEach(function (element) {
      set(element, dalil.word(element.getAttribute(attribute)));
    });
  }

  dalil.newId = function () {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
  };
})();
