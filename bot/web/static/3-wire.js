/* The wire: what is still to be sent, and the stream of what comes. Knows nothing of the page but what it calls back. */
(function () {
  const PENDING = "dalil-pending";
  const TIMEOUT = 20000, SILENCE = 50000, HIDDEN = 60000, LONGEST_WAIT = 15000;
  const call = {};   /* state(message, name), bubble(message), busy(on), line(name), strange() */
  let queue = [], sending = false, failures = 0, resend = null, holdUntil = 0;
  let source = null, last = 0, known = dalil.settings.known, losses = 0, reopen = null, watch = null, sleep = null, poll = null;
  let got = [], telling = null;

  /* Survives a reload, not the end of the tab: somebody else may use this telephone. */
  function keep() {
    try { sessionStorage.setItem(PENDING, JSON.stringify(queue)); } catch (e) { /* storage is off: the page still holds it */ }
  }

  function kept() {
    try { return JSON.parse(sessionStorage.getItem(PENDING)) || []; } catch (e) { return []; }
  }

  function post(path, body, then, failed) {
    const cut = window.AbortController ? new AbortController() : null;
    const timer = setTimeout(function () { if (cut) cut.abort(); }, TIMEOUT);
    fetch(path, {
      method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body), signal: cut ? cut.signal : undefined,
    }).then(function (answer) {
      clearTimeout(timer);
      return answer.json().catch(function () { return {}; }).then(function (data) { then(answer.status, data); });
    }).catch(function () { clearTimeout(timer); failed(); });
  }

  /* One at a time, in order. A message keeps its id until it is taken: sent twice, it is stored once. */
  function flush() {
    clearTimeout(resend);
    if (sending || !queue.length) return;
    if (Date.now() < holdUntil) { resend = setTimeout(flush, holdUntil - Date.now()); return; }
    const message = queue[0];
    sending = true;
    call.state(message, "sending");
    const body = Object.assign({}, message);
    delete body.shown;
    post("/chat/send", body, function (status, data) {
      sending = false;
      if (status === 429) {
        holdUntil = Date.now() + 60000;
        call.state(message, "too_many");
        flush();
      } else if (status >= 500) {
        later(message);
      } else {
        failures = 0;
        queue.shift();
        keep();
        call.state(message, status === 200 ? "sent" : data.error === "too_long" ? "too_long" : "refused");
        if (status === 200) { known = true; listen(); }
        flush();
      }
    }, function () { sending = false; later(message); });
  }

  function later(message) {
    call.state(message, "unsent");
    failures += 1;
    resend = setTimeout(flush, Math.min(60000, 2000 * Math.pow(2, failures - 1)));
  }

  dalil.send = function (content, shown) {
    const message = Object.assign({ id: dalil.newId(), shown: shown }, content);
    queue.push(message);
    keep();
    flush();
    return message;
  };

  dalil.retry = function () {
    holdUntil = 0;
    flush();
  };

  function receive(message) {
    if (!message.mine) {
      last = message.id;
      got.push(message.id);
      clearTimeout(telling);
      telling = setTimeout(tell, 1500);
    }
    call.bubble(message);
  }

  function tell() {
    const ids = got.splice(0, 50);
    if (!ids.length) return;
    post("/chat/got", { ids: ids }, function () {}, function () { got = ids.concat(got); });
  }

  /* The browser would connect anew by itself; doing it here lets the page say so, wait longer each time, and tell silence. */
  function listen() {
    if (!known || source || poll) return;
    clearTimeout(reopen);
    if (!window.EventSource) { poll = setInterval(fetchMissed, 4000); return; }
    source = new EventSource("/chat/stream?after=" + last);
    const mine = source;
    let opened = false;
    alive();
    source.onopen = function () { opened = true; losses = 0; call.line(""); dalil.retry(); };
    source.onmessage = function (event) { alive(); receive(JSON.parse(event.data)); };
    source.addEventListener("busy", function (event) { alive(); call.busy(event.data === "1"); });
    source.addEventListener("beat", alive);
    source.onerror = function () { if (source === mine) lost(opened); };
  }

  function alive() {
    clearTimeout(watch);
    watch = setTimeout(function () { lost(true); }, SILENCE);
  }

  function close() {
    clearTimeout(watch);
    clearTimeout(reopen);
    if (source) source.close();
    source = null;
  }

  function lost(opened) {
    close();
    losses += 1;
    call.busy(false);
    if (losses > 1 || !opened || navigator.onLine === false) call.line(navigator.onLine === false ? "offline" : "reconnecting");
    if (losses === 3) check();
    reopen = setTimeout(listen, Math.min(LONGEST_WAIT, 700 * Math.pow(2, losses - 1)));
  }

  /* A browser that is no longer known gets 401 for ever: then there is nothing to listen to. */
  function check() {
    fetch("/chat/history?after=" + (last || 1), { credentials: "same-origin" }).then(function (answer) {
      if (answer.status !== 401) return;
      known = false;
      close();
      call.line("");
      call.strange();
    }).catch(function () {});
  }

  function fetchMissed() {
    fetch("/chat/history?after=" + last, { credentials: "same-origin" }).then(function (answer) { return answer.json(); })
      .then(function (data) { data.bubbles.forEach(receive); call.busy(data.busy); call.line(""); })
      .catch(function () { call.line("reconnecting"); });
  }

  function begin(then) {
    function ready(bubbles) {
      bubbles.forEach(receive);
      queue = kept();
      then(bubbles.length > 0, queue);
      listen();
      flush();
    }
    if (!known) { ready([]); return; }
    fetch("/chat/history", { credentials: "same-origin" }).then(function (answer) {
      if (answer.status === 401) known = false;
      return answer.ok ? answer.json() : { bubbles: [] };
    }).then(function (data) { ready(data.bubbles); }).catch(function () {
      call.line("reconnecting");
      setTimeout(function () { begin(then); }, 3000);
    });
  }

  window.addEventListener("online", function () { losses = 0; close(); listen(); dalil.retry(); });
  window.addEventListener("offline", function () { lost(true); });
  document.addEventListener("visibilitychange", function () {
    clearTimeout(sleep);
    if (document.hidden) { sleep = setTimeout(close, HIDDEN); return; }
    losses = 0;
    listen();
    dalil.retry();
  });

  dalil.wire = { call: call, begin: begin, post: post, clear: function () { queue = []; keep(); close(); } };
})();
