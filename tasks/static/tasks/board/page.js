// The board: draws what the server says, sends what people do, and shows what the rules made of it.
import { draggable } from "../../assignhub/drag.js";
import { notice } from "../../assignhub/notices.js";
import { ask, send } from "../../assignhub/server.js";
import { columnOf, walkable } from "./cards.js";
import { openDialog } from "./dialog.js";

const LOOK_AGAIN = 60_000; // milliseconds after which a page that lies open asks what others have changed

const root = document.querySelector(".board");
const place = root.querySelector(".board-columns");
const addresses = root.dataset;
let state = JSON.parse(document.getElementById("board-state").textContent);
let dragging = false;

const cardOf = (item) => state.columns.flatMap((column) => column.cards).find((card) => card.id === item.dataset.card);
const find = (key) => place.querySelector(`[data-card="${key}"]`);

function draw() {
  const focused = document.activeElement?.dataset?.card;
  const scrolled = [...place.children].map((column) => column.querySelector("[data-scrolls]")?.scrollTop);
  place.replaceChildren(...state.columns.map((column) => columnOf(column, addresses)));
  [...place.children].forEach((column, index) => {
    column.querySelector("[data-scrolls]").scrollTop = scrolled[index] ?? 0;
  });
  const again = focused && find(focused);
  (again ?? place.querySelector(".board-card"))?.setAttribute("tabindex", "0");
  again?.focus({ preventScroll: true });
}

let asked = 0;

/** Draw what is true now: others may have changed something meanwhile, too. */
async function look() {
  const turn = ++asked;
  const found = await ask(addresses.data);
  if (turn !== asked || dragging) return;
  state = found;
  draw();
}

/**
 * Send it and show what is true afterwards; a refusal is shown in the words of the rule, and thrown. Returns what puts
 * the focus on the card, once no dialog is in the way.
 */
async function write(address, body) {
  let answer;
  try {
    answer = await send(address, body);
  } catch (refusal) {
    if (!root.querySelector("dialog[open]")) notice(refusal.message, { refused: true });
    throw refusal;
  }
  notice(answer.message);
  dragging = false;
  await look();
  return () => find(answer.card)?.focus();
}

const acts = {
  move: (card, column, position) => write(addresses.move, { card: card.id, column, position }),
  finish: (card) => write(addresses.finish, { card: card.id }),
  reopen: (card) => write(addresses.reopen, { card: card.id }),
};

draggable(root, {
  item: ".board-card",
  may: (item) => cardOf(item)?.movable,
  lift: () => (dragging = true),
  over(item, under, event) {
    const column = under.closest(".board-column");
    if (!column) return null;
    const others = [...column.querySelectorAll(".board-card")].filter((card) => card !== item);
    const index = others.findIndex((card) => {
      const box = card.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    const position = index < 0 ? others.length : index;
    const before = others[position] ?? column.querySelector(".board-end");
    return { place: before, column: column.dataset.column, position, text: `${column.dataset.name}, place ${position + 1}` };
  },
  drop: async (item, found) => (await acts.move(cardOf(item), found.column, found.position))(),
  end: () => (dragging = false),
});

root.addEventListener("click", (event) => {
  const item = event.target.closest(".board-columns .board-card");
  if (item) openDialog(root, state, cardOf(item), addresses, acts);
});
walkable(place);
draw();
const idle = () => document.visibilityState === "visible" && !dragging && !document.querySelector("dialog[open]");
const quietly = () => idle() && look().catch((refusal) => notice(refusal.message, { refused: true }));
setInterval(quietly, LOOK_AGAIN);
document.addEventListener("visibilitychange", quietly);
