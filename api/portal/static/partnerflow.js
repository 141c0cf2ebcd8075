// Conveniences only: every page works without this file.
(() => {
  "use strict";
  const started = Date.now();
  const now = () => {
    const told = document.body.dataset.now; // the desk's clock, which is not always the browser's
    return told ? Date.parse(told) + (Date.now() - started) : Date.now();
  };

  // Time left, beside every due instant.
  const language = document.documentElement.lang || "en";
  const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const left = (due) => {
    const minutes = Math.round((due - now()) / 60000);
    const size = Math.abs(minutes);
    if (size < 90) return words.format(minutes, "minute");
    if (size < 48 * 60) return words.format(Math.round(minutes / 60), "hour");
    return words.format(Math.round(minutes / 1440), "day");
  };
  const count = () => {
    for (const each of document.querySelectorAll("[data-due]")) {
      const due = Date.parse(each.dataset.due);
      each.textContent = left(due);
      each.classList.toggle("late", due < now());
    }
    for (const each of document.querySelectorAll("[data-tone]")) {
      const rest = Date.parse(each.dataset.dueAt) - now();
      each.classList.add(rest < 0 ? "late" : rest < 864e5 ? "warn" : "ok");
    }
  };
  count();
  setInterval(count, 20000);

  // A form is sent once; what is written in one is not lost by leaving the page.
  let dirty = false;
  addEventListener("input", (event) => { if (event.target.closest("form[method=post]")) dirty = true; });
  addEventListener("submit", (event) => {
    dirty = false;
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method === "post") form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

  // The page follows its case: what changed is fetched as a page and put in place, never while somebody is writing.
  const follow = document.body.dataset.live;
  if (follow && window.EventSource) {
    let waiting = false;
    const renew = () => {
      const writing = dirty || document.activeElement?.matches?.("input, textarea, select") || document.querySelector("dialog[open], details[open] form");
      if (writing) { waiting = true; document.querySelector("#changed")?.removeAttribute("hidden"); return; }
      waiting = false;
      const open = [...document.querySelectorAll("main details[open][id]")].map((each) => each.id);
      htmx.ajax("GET", location.href, { target: "#main", select: "#main", swap: "outerHTML" }).then(() => {
        for (const id of open) document.getElementById(id)?.setAttribute("open", "");
        count();
      });
    };
    const source = new EventSource(follow, { withCredentials: true });
    source.addEventListener("changed", renew);
    document.addEventListener("focusout", () => { if (waiting && !dirty) setTimeout(renew, 200); });
  }

  // Keys on lists: j and k move, Enter opens; each page says its own others by data-key.
  const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")];
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === "/" && document.getElementById("find")) { event.preventDefault(); document.getElementById("find").focus(); return; }
    const all = rows();
    if (all.length && (event.key === "j" || event.key === "k")) {
      const at = all.findIndex((row) => row.contains(document.activeElement) || row.hasAttribute("aria-current"));
      const next = all[Math.max(0, Math.min(all.length - 1, at + (event.key === "j" ? 1 : -1)))];
      (next.querySelector("a") || next).focus();
      event.preventDefault();
      return;
    }
    const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (wanted) { event.preventDefault(); "focus" in wanted.dataset || wanted.matches("textarea, input, select") ? wanted.focus() : wanted.click(); }
  });

  // The guided dispute: what would come of it follows what is typed, without leaving the form.
  const dispute = document.getElementById("dispute");
  if (dispute && window.htmx) {
    let waiting;
    const look = async (whole) => {
      const typed = new FormData(dispute);
      typed.delete("evidence");
      const answer = await fetch(location.pathname, { method: "POST", body: typed, redirect: "follow" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      dirty = false;
      if (whole) { document.querySelector("#dispute > .stack").replaceWith(page.querySelector("#dispute > .stack")); prepare(); }
      document.getElementById("outlook").replaceWith(page.getElementById("outlook"));
    };
    dispute.addEventListener("change", (event) => {
      if (event.target.type === "file") return;
      clearTimeout(waiting);
      waiting = setTimeout(look, 250, event.target.matches("#reason, #type"));
    });
  }

  // A text with line numbers, which follow its scrolling.
  for (const text of document.querySelectorAll("textarea[data-lines]")) {
    const gutter = document.createElement("pre");
    gutter.className = "gutter";
    gutter.setAttribute("aria-hidden", "true");
    text.before(gutter);
    const show = () => {
      gutter.textContent = text.value.split("\n").map((_, at) => at + 1).join("\n");
      gutter.style.height = `${text.offsetHeight}px`; // as high as the text is, whatever its own lines come to
      gutter.scrollTop = text.scrollTop;
    };
    text.addEventListener("input", show);
    text.addEventListener("scroll", () => { gutter.scrollTop = text.scrollTop; });
    new ResizeObserver(show).observe(text);
    show();
  }

  // Evidence is dropped where it is asked for.
  function prepare() { for (const place of document.querySelectorAll("[data-drop]")) {
    const input = place.querySelector("input[type=file]");
    const told = place.querySelector("[data-dropped]");
    const tell = () => { if (told) told.textContent = [...input.files].map((file) => file.name).join(", "); };
    place.addEventListener("dragover", (event) => { event.preventDefault(); place.classList.add("over"); });
    place.addEventListener("dragleave", () => place.classList.remove("over"));
    place.addEventListener("drop", (event) => { event.preventDefault(); place.classList.remove("over"); input.files = event.dataTransfer.files; tell(); });
    input.addEventListener("change", tell);
  } }
  prepare();
})();
