/* The board keeps up with the clock: the line of now, the seconds a hold has left, and a fresh grid every minute as long
   as nobody is in the middle of something. Without this the page has a Refresh link. */
(() => {
  "use strict";
  const board = document.getElementById("board");
  if (!board) return;
  if (window.htmx) window.htmx.config.historyEnabled = false; // the address is the board's, with the visit that is open

  const ROW = 300, FRESH = 60_000;
  const loaded = { at: performance.now(), now: 0 };
  const sheet = () => board.querySelector(".diary__sheet");
  const now = () => Math.floor(loaded.now + (performance.now() - loaded.at) / 1000);

  function setClock() {
    loaded.at = performance.now();
    loaded.now = Number(sheet()?.dataset.now || Date.now() / 1000);
  }

  function left(seconds) {
    const minutes = Math.floor(seconds / 60);
    return minutes ? `${minutes} min ${seconds % 60} s left` : `${seconds} s left`;
  }

  function countDown() {
    for (const word of board.querySelectorAll("[data-until]")) {
      const seconds = Number(word.dataset.until) - now();
      if (seconds > 3600) continue;
      word.textContent = seconds > 0 ? left(seconds) : "Let go";
    }
  }

  function moveLine() {
    const lines = board.querySelectorAll(".now, .diary__stamp");
    if (!lines.length || board.classList.contains("diary--week")) return;
    const row = Math.floor((now() - Number(sheet().dataset.begins)) / ROW) + 1;
    for (const line of lines) line.className = line.className.replace(/\bat-\d+/, `at-${row}`);
  }

  function isBusy() {
    const panel = document.getElementById("panel");
    const typed = [...document.querySelectorAll("#panel input, #panel textarea, #panel select")].some((field) =>
      field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
        : field.options ? [...field.options].some((one) => one.selected !== one.defaultSelected)
        : field.type !== "hidden" && field.value !== field.defaultValue);
    const isDragging = document.querySelector(".is-dragging, .is-moving, [data-dragging], dialog[open]");
    return document.hidden || typed || isDragging || (panel && panel.contains(document.activeElement)) ||
      document.activeElement?.matches(".diary__cells button");
  }

  function refresh() {
    if (window.htmx && !isBusy()) window.htmx.trigger(board, "stale");
  }

  function markChosen() {
    const chosen = document.querySelector("#panel [data-visit]")?.dataset.visit;
    const address = new URL(location);
    if (chosen) address.searchParams.set("visit", chosen);
    if (address.href !== location.href) history.replaceState(null, "", address);
    for (const card of board.querySelectorAll("[data-visit]")) {
      card.toggleAttribute("aria-current", card.dataset.visit === chosen);
      if (card.dataset.visit === chosen) card.setAttribute("aria-current", "true");
    }
  }

  function showNow() {
    const line = board.querySelector(".now");
    const chosen = board.querySelector(".visit[aria-current]");
    const top = chosen || line;
    if (top && !location.hash) board.scrollTop = top.offsetTop - board.clientHeight / 3;
  }

  board.addEventListener("click", (event) => {
    const step = event.target.closest(".diary__step a");
    const column = step && document.querySelector(step.hash);
    if (!column) return;
    event.preventDefault();
    board.scrollTo({ left: column.offsetLeft - board.querySelector(".diary__times").offsetWidth });
    column.querySelector(".diary__step a")?.focus({ preventScroll: true });
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target === board) setClock();
    markChosen();
  });
  document.addEventListener("visibilitychange", refresh);

  setClock();
  markChosen();
  showNow();
  setInterval(countDown, 1000);
  setInterval(moveLine, 15_000);
  setInterval(refresh, FRESH);
})();
