// A dialog over a page of the workplace: its title, what it holds, and the refusal of what was tried in it.
import { element, icon } from "./elements.js";

/**
 * Make a dialog: `{ refused, attempt, show }`.
 *
 * `attempt(act)` waits for the promise `act` returns, closes, and calls what came of it, which puts the focus where it
 * belongs; a promise broken with a `Refusal` leaves the dialog open and puts its text into `refused`, which has its
 * place among the contents. `show(root, ...contents)` fills the dialog and opens it inside `root`.
 */
export function hubDialog(title) {
  const dialog = element("dialog", { class: "hub-dialog", "aria-labelledby": "hub-dialog-title" });
  const refused = element("p", { class: "hub-refused", role: "alert" });
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

  const show = (root, ...contents) => {
    const closing = element("button", { type: "button", class: "hub-close", "aria-label": "Close", on: { click: close } }, icon("close"));
    dialog.append(element("header", {}, element("h2", { id: "hub-dialog-title" }, title), closing), ...contents);
    dialog.addEventListener("close", () => dialog.remove());
    dialog.addEventListener("click", (event) => event.target === dialog && close());
    root.append(dialog);
    dialog.showModal();
  };

  return { refused, attempt, show };
}
