/* Moving a visit on the board: drag it, or focus it and press m, then the arrow keys, Enter, Escape. Dropping asks the
   server what it would mean; only the form it answers with moves anything. And the arrow keys among free cells. */
(() => {
  "use strict";
  const board = document.getElementById("board");
  if (!board) return;

  const MINUTES_A_ROW = 5, QUARTER = 3, FAR = 6;
  const sheet = () => board.querySelector(".diary__sheet");
  const mayMove = () => sheet()?.hasAttribute("data-may-move") && window.htmx;
  const columns = () => [...board.querySelectorAll(".diary__col")].filter((one) => one.offsetWidth);
  const rowsOf = (element, name) => Number(element.className.match(new RegExp(`\\b${name}-(\\d+)`))?.[1] || 0);
  const isMovable = (card) => card.dataset.visit && /visit--(booked|confirmed|here|now)\b/.test(card.className);
  let move = null, pressed = null, lastInput = "pointer";

  const said = document.createElement("p");
  said.className = "staff-unseen";
  said.setAttribute("aria-live", "assertive");
  document.body.append(said);
  const say = (words) => { said.textContent = words; };

  function clock(row) {
    const labels = [...board.querySelectorAll(".diary__times .diary__day > span")];
    const label = labels.filter((one) => rowsOf(one, "at") <= row).pop();
    if (!label) return "";
    const minutes = (row - rowsOf(label, "at")) * MINUTES_A_ROW;
    return label.textContent.trim().replace(" ", `:${String(minutes).padStart(2, "0")} `);
  }

  const nameOf = (column) => column.getAttribute("aria-label") || "";

  /* ---- where it would go ---- */
  function begin(card) {
    const column = card.closest(".diary__col");
    const ghost = document.createElement("div");
    move = { card, ghost, home: column, column, from: rowsOf(card, "at"), row: rowsOf(card, "at"), rows: rowsOf(card, "for") || QUARTER };
    card.classList.add("is-moved");
    document.body.classList.add("is-moving");
    show();
  }

  function show() {
    const { ghost, column, row, rows } = move;
    ghost.className = `diary__ghost at-${row} for-${rows}`;
    ghost.textContent = clock(row);
    column.querySelector(".diary__day").append(ghost);
  }

  function to(column, row) {
    const last = Number(sheet().className.match(/hours-(\d+)/)?.[1] || 24) * 12 + 1 - move.rows;
    const snapped = Math.round((row - 1) / QUARTER) * QUARTER + 1;
    const next = Math.max(1, Math.min(snapped, Math.max(1, last)));
    if (column === move.column && next === move.row) return false;
    move.column = column;
    move.row = next;
    show();
    return true;
  }

  function end() {
    if (!move) return;
    move.ghost.remove();
    move.card.classList.remove("is-moved");
    document.body.classList.remove("is-moving");
    move = null;
  }

  const isWhereItWas = () => move.column === move.home && move.row === move.from;

  function drop() {
    const { card, column, row, from } = move;
    if (isWhereItWas()) { end(); say("It stays where it is."); return; }
    const asked = new URLSearchParams({ shift: String((row - from) * MINUTES_A_ROW), date: column.dataset.day });
    if (column.dataset.practitioner) asked.set("practitioner", column.dataset.practitioner);
    if (column.dataset.room) asked.set("room", column.dataset.room);
    openStrip(`${card.querySelector("a").getAttribute("href")}move/?${asked}`, card);
  }

  /* ---- the strip ---- */
  function openStrip(address, card) {
    const dialog = document.createElement("dialog");
    dialog.className = "strip-dialog staff-page";
    dialog.setAttribute("aria-labelledby", "strip-title");
    dialog.id = "strip";
    dialog.open = true;
    document.body.append(dialog);
    const close = () => { dialog.remove(); end(); card.querySelector("a")?.focus({ preventScroll: true }); };
    dialog.addEventListener("click", (event) => {
      if (!event.target.closest("[data-strip-close]")) return;
      event.preventDefault();
      close();
    });
    dialog.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.preventDefault(); close(); } });
    window.htmx.ajax("GET", address, { target: dialog, swap: "innerHTML" }).then(() => {
      (dialog.querySelector("[data-focus]") || dialog.querySelector("#strip-title") || dialog).focus();
    });
  }

  /* ---- by pointer ---- */
  board.addEventListener("dragstart", (event) => { if (event.target.closest(".visit")) event.preventDefault(); });
  board.addEventListener("pointerdown", (event) => {
    const card = event.target.closest(".visit");
    if (move || !card || event.button || event.pointerType === "touch" || !isMovable(card) || !mayMove()) return;
    pressed = { card, x: event.clientX, y: event.clientY, offset: event.clientY - card.getBoundingClientRect().top };
  });
  document.addEventListener("pointermove", (event) => {
    if (!pressed) return;
    if (!move) {
      if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < FAR) return;
      begin(pressed.card);
    }
    event.preventDefault();
    scrollAlong(event);
    const column = columns().find((one) => {
      const box = one.getBoundingClientRect();
      return event.clientX >= box.left && event.clientX < box.right;
    }) || move.column;
    const box = column.querySelector(".diary__day").getBoundingClientRect();
    const height = box.height / (Number(sheet().className.match(/hours-(\d+)/)?.[1] || 24) * 12);
    to(column, (event.clientY - pressed.offset - box.top) / height + 1);
  });
  document.addEventListener("pointerup", () => {
    const wasMoving = pressed && move;
    pressed = null;
    if (!wasMoving) return;
    const swallow = (event) => { event.preventDefault(); event.stopPropagation(); };
    document.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 50);
    drop();
  });
  document.addEventListener("pointercancel", () => { pressed = null; end(); });

  function scrollAlong(event) {
    const box = board.getBoundingClientRect(), edge = 36, step = 14;
    if (event.clientY > box.bottom - edge) board.scrollTop += step;
    if (event.clientY < box.top + edge + 60) board.scrollTop -= step;
    if (event.clientX > box.right - edge) board.scrollLeft += step;
    if (event.clientX < box.left + edge + 60) board.scrollLeft -= step;
  }

  /* ---- by keyboard ---- */
  const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

  function moveBy([across, down]) {
    const all = columns();
    const column = all[all.indexOf(move.column) + across] || move.column;
    to(column, move.row + down * QUARTER);
    move.ghost.scrollIntoView({ block: "nearest", inline: "nearest" });
    say(`${clock(move.row)}, ${nameOf(move.column)}`);
  }

  board.addEventListener("keydown", (event) => {
    const card = event.target.closest(".visit");
    if (move && !pressed && !document.getElementById("strip")) {
      if (ARROWS[event.key]) moveBy(ARROWS[event.key]);
      else if (event.key === "Enter") drop();
      else if (event.key === "Escape") { end(); say("Not moved."); }
      else return;
      event.preventDefault();
      event.stopPropagation();
    } else if (card && event.key === "m" && !event.ctrlKey && !event.metaKey && !event.altKey && isMovable(card) && mayMove()) {
      event.preventDefault();
      begin(card);
      say(`Moving ${card.querySelector("h3").textContent.trim()}. Arrow keys choose, Enter moves, Escape leaves it.`);
    } else if (ARROWS[event.key] && event.target.matches(".diary__cells button")) {
      event.preventDefault();
      rove(event.target, ARROWS[event.key]);
    }
  }, true);
  board.addEventListener("focusout", () => { if (move && !pressed) setTimeout(() => { if (!document.getElementById("strip") && !board.contains(document.activeElement)) end(); }); });

  /* ---- free cells: one of each column is in the tab order, the arrows lead to the others ---- */
  const cellsOf = (column) => [...column.querySelectorAll(".diary__cells button")];

  function rove(cell, [across, down]) {
    const column = cell.closest(".diary__col"), all = columns().filter((one) => cellsOf(one).length);
    const cells = cellsOf(column);
    let next = cells[cells.indexOf(cell) + down];
    if (across) {
      const beside = cellsOf(all[all.indexOf(column) + across] || column), row = rowsOf(cell, "at");
      next = beside.sort((one, other) => Math.abs(rowsOf(one, "at") - row) - Math.abs(rowsOf(other, "at") - row))[0];
    }
    if (!next) return;
    for (const one of cellsOf(next.closest(".diary__col"))) one.tabIndex = one === next ? 0 : -1;
    next.focus();
  }

  function setTabOrder() {
    for (const column of columns()) { const first = cellsOf(column)[0]; if (first) first.tabIndex = 0; }
  }

  /* ---- after the panel was filled by keyboard, the focus goes to its head ---- */
  document.addEventListener("keydown", () => { lastInput = "key"; }, true);
  document.addEventListener("pointerdown", () => { lastInput = "pointer"; }, true);
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target === board) setTabOrder();
    const head = event.target.id === "panel" && event.target.querySelector("[data-panel-head]");
    if (!head) return;
    event.target.scrollTop = 0; // what was done stands on top
    const top = event.target.getBoundingClientRect().top; // on a phone the panel follows the board
    const isAway = top < 0 || top > innerHeight - 120;
    if (lastInput === "key" || isAway) head.focus({ preventScroll: true });
    if (isAway) event.target.scrollIntoView();
  });
  setTabOrder();
})();
