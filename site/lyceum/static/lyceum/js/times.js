// Dates stand in the zone of the event. Where the visitor's clock differs, say what it will show there.
(() => {
  const format = (moment, timeZone) =>
    new Intl.DateTimeFormat(document.documentElement.lang, {
      weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone,
    }).format(moment);
  for (const time of document.querySelectorAll("time[data-zone]")) {
    const moment = new Date(time.dateTime);
    const here = format(moment);
    if (here === format(moment, time.dataset.zone)) continue;
    const note = document.createElement("span");
    note.className = "small soft yours";
    const line = time.closest("[data-when]");
    note.textContent = line?.dataset.elsewhere.replace("{time}", here);
    line?.append(" ", note);
  }
})();
