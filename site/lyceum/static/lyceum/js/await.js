// While a payment is being confirmed: look every few seconds and show the page again once it has changed.
// Without this file the page's own link does the same by hand.
(() => {
  const waiting = () => document.querySelector("[data-awaiting]");
  const look = async (left) => {
    if (!waiting() || left === 0) return;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
      if (answer.ok && !(await answer.text()).includes("data-awaiting")) return location.reload();
    } catch { /* offline for a moment: look again */ }
    setTimeout(look, 3000, left - 1);
  };
  setTimeout(look, 1500, 60);
})();
