// What the mouse does by dragging, by choosing: a card's dialog with every column and place.
import { element, icon } from "../../assignhub/elements.js";

/** Open a card's dialog. `acts`: `move(card, column, position)`, `finish(card)`, `reopen(card)`, each a promise. */
export function openDialog(root, state, card, addresses, acts) {
  const dialog = element("dialog", { class: "board-dialog", "aria-labelledby": "board-dialog-title" });
  const refused = element("p", { class: "board-refused", role: "alert" });
  const close = () => dialog.close();
  const attempt = async (act) => {
    refused.textContent = "";
    dialog.setAttribute("aria-busy", "true");
    try {
      const focus = await act();
      close();
      focus();
    } catch (refusal) {
      refused.textContent = refusal.message;
    } finally {
      dialog.removeAttribute("aria-busy");
    }
  };
  const column = state.columns.find((one) => one.cards.includes(card));
  const told = [column.name, card.priority, card.due && `due ${card.due}`, card.steps && `${card.done} of ${card.steps} steps done`, ...card.people];
  dialog.append(
    element(
      "header",
      {},
      element("h2", { id: "board-dialog-title" }, card.title),
      element("button", { type: "button", class: "board-close", "aria-label": "Close", on: { click: close } }, icon("close")),
    ),
    element("p", {}, told.filter(Boolean).join(" · ")),
    refused,
  );
  const footer = element("footer", {});
  if (card.movable) {
    dialog.append(mover(state, card, column, acts, attempt));
    const [text, act] = card.finished ? ["Open again", acts.reopen] : ["Finish", acts.finish];
    footer.append(element("button", { type: "button", class: "hub-button", on: { click: () => attempt(() => act(card)) } }, text));
  }
  footer.append(element("a", { href: addresses.card.replace(addresses.none, card.id) }, "Open the card"));
  dialog.append(footer);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  root.append(dialog);
  dialog.showModal();
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
