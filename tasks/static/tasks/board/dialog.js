// What the mouse does by dragging, by choosing: a card's dialog with every column and place.
import { hubDialog } from "../../assignhub/dialog.js";
import { element } from "../../assignhub/elements.js";

/** Open a card's dialog. `acts`: `move(card, column, position)`, `finish(card)`, `reopen(card)`, each a promise. */
export function openDialog(root, state, card, addresses, acts) {
  const { refused, attempt, show } = hubDialog(card.title);
  const column = state.columns.find((one) => one.cards.includes(card));
  const told = [column.name, card.priority, card.due && `due ${card.due}`, card.steps && `${card.done} of ${card.steps} steps done`, ...card.people];
  const contents = [element("p", {}, told.filter(Boolean).join(" · ")), refused];
  const footer = element("footer", {});
  if (card.movable) {
    contents.push(mover(state, card, column, acts, attempt));
    const [text, act] = card.finished ? ["Open again", acts.reopen] : ["Finish", acts.finish];
    footer.append(element("button", { type: "button", class: "hub-button", on: { click: () => attempt(() => act(card)) } }, text));
  }
  footer.append(element("a", { href: addresses.card.replace(addresses.none, card.id) }, "Open the card"));
  show(root, ...contents, footer);
}

function mover(state, card, column, acts, attempt) {
  const columns = element("select", { id: "board-column" });
  columns.append(...state.columns.map((one) => element("option", { value: one.id, selected: one === column }, one.name)));
  const places = element("select", { id: "board-place" });
  const fill = () => {
    const others = state.columns.find((one) => one.id === columns.value).cards.filter((one) => one !== card);
    const options = others.map((one, index) => element("option", { value: index }, `${index + 1}: before “${one.title}”`));
    places.replaceChildren(...options, element("option", { value: others.length, selected: true }, `${others.length + 1}: at the end`));
  };
  columns.addEventListener("change", fill);
  fill();
  const go = () => attempt(() => acts.move(card, columns.value, Number(places.value)));
  return element(
    "section",
    { class: "board-mover" },
    element("label", { for: "board-column" }, "Column"),
    columns,
    element("label", { for: "board-place" }, "Place"),
    places,
    element("button", { type: "button", class: "hub-button", on: { click: go } }, "Move"),
  );
}
