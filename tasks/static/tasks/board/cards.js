// Columns and the cards on them.
import { element, icon, unseen } from "../../assignhub/elements.js";

const PRIORITY = { low: "keyboard_arrow_down", medium: "drag_handle", high: "keyboard_arrow_up", urgent: "priority_high" };

/** A column with its cards, and where more of them are listed. */
export function columnOf(column, addresses) {
  const full = column.limit !== null && column.open >= column.limit;
  const count = column.limit === null ? `${column.open}` : `${column.open} of ${column.limit}`;
  const head = element(
    "header",
    {},
    element("h2", { id: `column-${column.id}` }, column.name),
    element("span", { class: "board-count", data: full ? { full: "" } : {} }, full ? icon("front_hand") : "", count, unseen(" open cards")),
  );
  const list = element("ul", { data: { scrolls: "" }, "aria-labelledby": `column-${column.id}` });
  list.append(...column.cards.map((card) => element("li", {}, cardOf(card))));
  list.append(element("li", { class: "board-end", "aria-hidden": "true" }, column.cards.length ? "" : "No cards"));
  const more = column.more
    ? element("a", { class: "board-more", href: `${addresses.cards}?column__id__exact=${column.id}` }, `${column.more} more`)
    : "";
  return element("section", { class: "board-column", "aria-labelledby": `column-${column.id}`, data: { column: column.id, name: column.name } }, head, list, more);
}

function cardOf(card) {
  const labels = card.labels.map((label) => element("span", { class: "board-label", style: { "--label": label.color } }, label.name));
  const facts = [
    fact(PRIORITY[card.priority], card.priority, { priority: card.priority }),
    card.due && fact(card.overdue ? "event_busy" : "event", card.overdue ? `${card.due}, overdue` : card.due, card.overdue ? { overdue: "" } : {}),
    card.finished && fact("check_circle", "finished", { finished: "" }),
  ];
  const progress = card.steps
    ? element(
        "span",
        { class: "board-progress" },
        element("span", { class: "board-steps" }, icon("checklist"), `${card.done} of ${card.steps}`, unseen(" steps done")),
        element("span", { class: "board-meter", "aria-hidden": "true" }, element("span", { style: { width: `${(100 * card.done) / card.steps}%` } })),
      )
    : "";
  const people = card.people.map((name) => element("span", { class: "board-person", title: name }, initials(name), unseen(`, ${name}`)));
  return element(
    "button",
    { type: "button", class: "board-card", tabindex: "-1", data: { card: card.id, ...(card.movable && { movable: "" }), ...(card.finished && { finished: "" }) } },
    labels.length ? element("span", { class: "board-labels" }, ...labels) : "",
    element("span", { class: "board-title" }, card.title),
    element("span", { class: "board-facts" }, ...facts.filter(Boolean)),
    progress,
    people.length ? element("span", { class: "board-people" }, ...people) : "",
  );
}

function fact(name, text, data) {
  return element("span", { class: "board-fact", data }, icon(name), text);
}

export function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...word][0] ?? "").join("").toUpperCase();
}

/** Keyboard: one card can be reached with Tab, the others from there with arrow keys. */
export function walkable(place) {
  place.addEventListener("focusin", (event) => {
    if (!event.target.matches(".board-card")) return;
    place.querySelector(".board-card[tabindex='0']")?.setAttribute("tabindex", "-1");
    event.target.setAttribute("tabindex", "0");
  });
  place.addEventListener("keydown", (event) => {
    const from = event.target.closest(".board-card");
    if (!from || event.altKey || event.ctrlKey || event.metaKey) return;
    const columns = [...place.children].map((column) => [...column.querySelectorAll(".board-card")]);
    const at = columns.findIndex((cards) => cards.includes(from));
    const row = columns[at].indexOf(from);
    const beside = (some) => some.find((cards) => cards.length);
    const aim = {
      ArrowDown: () => columns[at][row + 1],
      ArrowUp: () => columns[at][row - 1],
      ArrowRight: () => nth(beside(columns.slice(at + 1)), row),
      ArrowLeft: () => nth(beside(columns.slice(0, at).reverse()), row),
      Home: () => columns[at][0],
      End: () => columns[at].at(-1),
    }[event.key];
    if (!aim) return;
    event.preventDefault();
    aim()?.focus();
  });
}

const nth = (cards, row) => cards?.[Math.min(row, cards.length - 1)];
