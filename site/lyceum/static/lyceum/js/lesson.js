// Progress of a video, sent while it plays; the server merges the ranges, bounds them by the clock and never lowers what
// it knows. Without this file the page has a button that says "I have watched it".
(() => {
  const video = document.querySelector("video[data-progress-url]");
  if (!video) return;

  const EVERY = 15000;
  const shown = document.querySelector("[data-progress]");
  const said = document.querySelector("[data-progress-text]");
  let ranges = [];
  let start = null;
  let last = 0;
  let busy = false;

  const open = () => { start = last = video.currentTime; };
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
      const answer = await fetch(video.dataset.progressUrl, {
        method: "POST",
        credentials: "same-origin",
        keepalive: leaving,
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": video.dataset.csrf },
        body: JSON.stringify({ watched: batch, position_seconds: Math.floor(video.currentTime), sent_at: new Date().toISOString() }),
      });
      if (answer.status >= 500) throw new Error(answer.statusText);
      if (answer.ok) show(await answer.json());
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

  const resumeAt = Number(video.dataset.resumeAt || 0);
  video.addEventListener("loadedmetadata", () => {
    if (resumeAt > 5 && resumeAt < video.duration - 5) video.currentTime = resumeAt;
  }, { once: true });

  video.addEventListener("playing", () => { if (start === null) open(); });
  video.addEventListener("timeupdate", () => {
    if (start === null || video.seeking) return;
    // A jump is not watching: time that passes in one tick is at most a second or two at high speed.
    if (video.currentTime < last || video.currentTime - last > 3) { close(); open(); } else last = video.currentTime;
  });
  video.addEventListener("seeking", close);
  video.addEventListener("seeked", () => { if (!video.paused) open(); });
  video.addEventListener("pause", () => { close(); send(); });
  video.addEventListener("ended", () => { last = video.duration; close(); send(); });
  addEventListener("pagehide", () => send(true));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") send(true); });
  setInterval(() => send(), EVERY);
})();
