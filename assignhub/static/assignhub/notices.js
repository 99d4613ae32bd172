// Short messages at the foot of the page, read out by screen readers.
import { element, icon } from "./elements.js";

const SECONDS = 6;

/**
 * Show what came of something. Refusals stay until they are closed, and so does what can be undone.
 * `undo`: what to do when somebody takes it back.
 */
export function notice(text, { refused = false, undo = null } = {}) {
  const close = () => shown.remove();
  const shown = element(
    "div",
    { class: "hub-notice", data: { tone: refused ? "refused" : "done" } },
    icon(refused ? "block" : "check_circle"),
    element("p", {}, text),
  );
  if (undo) {
    const undone = () => {
      close();
      undo();
    };
    shown.append(element("button", { type: "button", class: "hub-notice-undo", on: { click: undone } }, "Undo"));
  }
  shown.append(
    element("button", { type: "button", class: "hub-notice-close", "aria-label": "Close", on: { click: close } }, icon("close")),
  );
  const [polite, urgent] = regions();
  for (const region of [polite, urgent]) region.replaceChildren();
  (refused ? urgent : polite).append(shown);
  if (!refused && !undo) setTimeout(close, SECONDS * 1000);
}

function regions() {
  let place = document.querySelector(".hub-notices");
  if (!place) {
    const [polite, urgent] = [element("div", { role: "status" }), element("div", { role: "alert" })];
    place = element("section", { class: "hub-notices", "aria-label": "Messages" }, polite, urgent);
    document.body.append(place);
  }
  return place.children;
}
