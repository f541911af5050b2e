// Answers of a quiz are saved as they are given. Without this file "Save and leave" and "Submit" save them.
// What the server doesn't hold yet stays in this browser, so that no lost connection or sign-in loses it.
(() => {
  const form = document.querySelector("form[data-save-url]");
  if (!form) return;

  const PAUSE = 700;
  const RETRY = 5000;
  const FORGET = 30 * 24 * 3600 * 1000;
  const PREFIX = "lyceum-attempt:";
  const key = PREFIX + form.dataset.attempt;
  const state = form.querySelector("[data-save-state]");
  const shown = form.elements.shown;
  const token = form.elements.csrfmiddlewaretoken;
  const saved = JSON.parse(shown.value || "{}");
  const unsaved = {};
  let timer = null;
  let busy = false;
  let closed = false;

  const fields = (name) => [...form.querySelectorAll(`.question [name="${CSS.escape(name)}"]`)];
  const answer = (name) => {
    const inputs = fields(name);
    return inputs[0].type === "text" ? inputs[0].value : inputs.filter((one) => one.checked).map((one) => one.value);
  };
  const show = (name, value) => fields(name).forEach((one) => {
    if (one.type === "text") one.value = value;
    else one.checked = value.includes(one.value);
  });
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const blank = (value) => !value.length;
  const known = (name, value) => (blank(value) ? undefined : value);

  // --- This browser's copy ---
  const keep = () => {
    try {
      if (!Object.keys(unsaved).length) return localStorage.removeItem(key);
      const answers = Object.fromEntries(Object.entries(unsaved).map(([name, value]) => [name, [value, saved[name]]]));
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), answers }));
    } catch { /* a browser that keeps nothing: the page itself still does */ }
  };
  const forgetOld = () => {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(PREFIX) && !(JSON.parse(localStorage.getItem(name)).at > Date.now() - FORGET)) {
        localStorage.removeItem(name);
      }
    }
  };
  const restore = () => {
    try {
      forgetOld();
      const { answers } = JSON.parse(localStorage.getItem(key) || '{"answers":{}}');
      for (const [name, [value, base]] of Object.entries(answers)) {
        // Another device has answered since: what the server holds is newer.
        if (!fields(name).length || !same(saved[name], base ?? undefined)) continue;
        show(name, value);
        unsaved[name] = value;
      }
    } catch { /* nothing readable was kept */ }
    keep();
  };

  // --- Saving ---
  const say = (what) => {
    state.textContent = what ? state.dataset[what] : "";
    state.dataset.state = what;
    if (what !== "signedOut") return;
    const link = document.createElement("a");
    link.href = form.dataset.loginUrl;
    link.textContent = state.dataset.signIn;
    state.append(" ", link);
  };

  const later = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  };

  const saveDone = (batch) => {
    for (const [name, value] of Object.entries(batch)) {
      saved[name] = known(name, value);
      if (same(unsaved[name], value)) delete unsaved[name];
    }
    shown.value = JSON.stringify(saved);
    keep();
    if (Object.keys(unsaved).length) later(0);
    else say("saved");
  };

  // A sign-in elsewhere has changed the token of this form, or the session is over: the page itself tells which.
  const renew = async () => {
    const response = await fetch(location.pathname, { credentials: "same-origin", headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector(`form[data-attempt="${form.dataset.attempt}"] [name=csrfmiddlewaretoken]`);
    if (!fresh) return false;
    token.value = fresh.value;
    return true;
  };

  const post = (batch, leaving) => fetch(form.dataset.saveUrl, {
    method: "POST",
    credentials: "same-origin",
    keepalive: leaving,
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token.value },
    body: JSON.stringify({ answers: batch }),
  });

  const save = async (leaving = false) => {
    clearTimeout(timer);
    const batch = { ...unsaved };
    if (!Object.keys(batch).length || closed || (busy && !leaving)) return;
    busy = true;
    if (state.dataset.state !== "retrying") say("saving");
    try {
      let response = await post(batch, leaving);
      if (response.status === 401 || response.status === 403) {
        if (!(await renew())) return say("signedOut");
        response = await post(batch, leaving);
      }
      if (response.ok) return saveDone(batch);
      if (response.status === 409) return end();
      if (response.status === 400) return say("refused");
      throw new Error(response.statusText);
    } catch {
      say("retrying");
      later(RETRY);
    } finally {
      busy = false;
      if (Object.keys(unsaved).length && state.dataset.state === "saving") later(PAUSE);
    }
  };

  // Submitted in another tab, or out of time: the address of the attempt leads to its result.
  const end = () => {
    closed = true;
    localStorage.removeItem(key);
    location.assign(location.pathname);
  };

  const note = (event) => {
    const { name } = event.target;
    if (!event.target.closest(".question")) return;
    unsaved[name] = answer(name);
    keep();
    later(event.type === "change" ? 0 : PAUSE);
  };

  restore();
  if (Object.keys(unsaved).length) later(0);
  else if (Object.keys(saved).length) say("saved");
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  form.addEventListener("submit", () => { closed = true; });
  addEventListener("pageshow", () => { closed = false; });
  addEventListener("online", () => later(0));
  addEventListener("pagehide", () => save(true));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(true); });
})();
