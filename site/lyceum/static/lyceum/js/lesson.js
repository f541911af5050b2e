// Report the progress of a video or audio player while it plays. The server merges the ranges, limits them by the clock and
// never lowers them. Without JavaScript the page has a button "I have watched it".
(() => {
  const player = document.querySelector("video[data-progress-url], audio[data-progress-url]");
  if (!player) return;

  const EVERY = 15000;
  const shown = document.querySelector("[data-progress]");
  const said = document.querySelector("[data-progress-text]");
  let ranges = [];
  let start = null;
  let last = 0;
  let busy = false;

  const open = () => { start = last = player.currentTime; };
  const close = () => {
    if (start !== null && last - start >= 0.5) ranges.push([round(start), round(last)]);
    start = null;
  };
  const round = (seconds) => Math.round(seconds * 10) / 10;

  const send = async (leaving = false) => {
    const playing = start !== null;
    close();
    if (playing) open();
    if (!ranges.length || (busy && !leaving)) return;
    const batch = ranges;
    ranges = [];
    busy = true;
    try {
      const response = await fetch(player.dataset.progressUrl, {
        method: "POST",
        credentials: "same-origin",
        keepalive: leaving,
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": player.dataset.csrf },
        body: JSON.stringify({ watched: batch, position_seconds: Math.floor(player.currentTime), sent_at: new Date().toISOString() }),
      });
      if (response.status >= 500) throw new Error(response.statusText);
      if (response.ok) show(await response.json());
    } catch {
      ranges = batch.concat(ranges);
    } finally {
      busy = false;
    }
  };

  const show = ({ percent, completed, course_completed: courseCompleted }) => {
    if (shown) shown.value = Math.max(shown.value, percent);
    if (said) said.textContent = completed ? said.dataset.done : said.dataset.watched.replace("%", `${percent}%`);
    if (completed) document.querySelector(".nextbar [rel=next], .nextbar [data-last]")?.classList.remove("quiet");
    if (courseCompleted) document.querySelector("[data-course-completed]")?.removeAttribute("hidden");
  };

  const resumeAt = Number(player.dataset.resumeAt || 0);
  player.addEventListener("loadedmetadata", () => {
    if (resumeAt > 5 && resumeAt < player.duration - 5) player.currentTime = resumeAt;
  }, { once: true });

  player.addEventListener("playing", () => { if (start === null) open(); });
  player.addEventListener("timeupdate", () => {
    if (start === null || player.seeking) return;
    // A jump is not watching: time that passes in one tick is at most a second or two at high speed.
    if (player.currentTime < last || player.currentTime - last > 3) { close(); open(); } else last = player.currentTime;
  });
  player.addEventListener("seeking", close);
  player.addEventListener("seeked", () => { if (!player.paused) open(); });
  player.addEventListener("pause", () => { close(); send(); });
  player.addEventListener("ended", () => { last = player.duration; close(); send(); });
  addEventListener("pagehide", () => send(true));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") send(true); });
  setInterval(() => send(), EVERY);
})();
