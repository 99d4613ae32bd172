// What the mouse does by dragging, by choosing: a shift's dialog with everybody who could take it and why not.
import { hubDialog } from "../../assignhub/dialog.js";
import { element, icon } from "../../assignhub/elements.js";
import { ask } from "../../assignhub/server.js";

/**
 * Open the dialog of a bar.
 *
 * `acts`: `fill(shift, employee)`, `place(assignment, aims)`, `clear(assignment)`; each returns a promise of
 * what then puts the focus where it belongs, broken with a `Refusal` whose text is shown here.
 */
export function openDialog(model, bar, addresses, acts) {
  const shift = model.shift(bar.dataset.shift);
  const assignment = bar.dataset.assignment ? model.assignment(bar.dataset.assignment) : null;
  const { refused, attempt, show } = hubDialog(shift.type);
  const contents = [
    element("p", {}, `${model.day(shift.date).name}, ${shift.hours} · ${shift.schedule}`),
    holder(model, shift, assignment),
    findings(model, shift, assignment),
    refused,
  ];
  if (model.movable(bar)) {
    contents.push(people(model, shift, assignment, addresses, acts, attempt));
    if (assignment && assignment.status !== "declined") contents.push(elsewhere(model, shift, assignment, acts, attempt));
  }
  show(document.querySelector(".roster"), ...contents, footer(model, bar, assignment, shift, addresses, acts, attempt));
}

function holder(model, shift, assignment) {
  const filled = `${shift.assigned} of ${shift.required} places filled`;
  if (!assignment) return element("p", { class: "roster-status", data: { status: "open" } }, icon(model.icons.open), filled);
  const name = model.employee(assignment.employee).name;
  return element("p", { class: "roster-status", data: { status: assignment.status } }, icon(model.icons[assignment.status]), `${name}: ${assignment.status} · ${filled}`);
}

function findings(model, shift, assignment) {
  const found = assignment ? model.findingsOf("assignment", assignment.id) : model.findingsOf("shift", shift.id);
  return element("ul", { class: "roster-findings" }, ...found.map((one) => element("li", { data: { severity: one.severity } }, icon("warning"), one.message)));
}

function people(model, shift, assignment, addresses, acts, attempt) {
  const list = element("ul", { class: "roster-candidates" }, element("li", { class: "roster-note" }, "Asking who could …"));
  const find = element("input", { type: "search", id: "roster-find", placeholder: "Name", autocomplete: "off" });
  const title = assignment && assignment.status !== "declined" ? "Give to somebody else" : "Assign";
  const give = (employee) =>
    attempt(() => (assignment ? acts.place(assignment, { employee }) : acts.fill(shift, employee)));
  ask(`${addresses.candidates}?shift=${shift.id}`).then(
    ({ candidates }) => {
      const others = candidates.filter((one) => one.employee !== assignment?.employee);
      list.replaceChildren(...others.map((one) => candidate(one, () => give(one.employee))));
      if (!others.length) list.append(element("li", { class: "roster-note" }, "There is nobody else."));
    },
    (refusal) => list.replaceChildren(element("li", { class: "hub-refused" }, refusal.message)),
  );
  find.addEventListener("input", () => {
    const words = find.value.toLowerCase().trim();
    for (const row of list.children) row.hidden = !row.textContent.toLowerCase().includes(words);
  });
  return element("section", {}, element("h3", {}, title), element("label", { for: "roster-find", class: "hub-unseen" }, "Find an employee"), find, list);
}

function candidate(one, give) {
  const told = element("span", { class: "roster-candidate" }, element("span", { class: "roster-person" }, one.name));
  if (one.refusal) {
    told.append(element("span", { class: "roster-reason" }, icon("block"), one.refusal));
    return element("li", { data: { eligible: "no" } }, told);
  }
  told.append(element("span", { class: "roster-note" }, `${one.hours} h this week`));
  const choose = element("button", { type: "button", class: "hub-button", "aria-label": `Assign ${one.name}`, on: { click: give } }, "Assign");
  return element("li", { data: { eligible: "yes" } }, told, choose);
}

function elsewhere(model, shift, assignment, acts, attempt) {
  const others = model.shifts.filter((other) => other.schedule === shift.schedule && other.id !== shift.id && other.required > 0);
  if (!others.length) return "";
  const open = (other) => other.assigned < other.required;
  const option = (other) =>
    element("option", { value: other.id }, `${model.day(other.date).weekday} ${model.day(other.date).number}: ${other.type} ${other.hours} (${other.assigned} of ${other.required})`);
  const group = (label, rows) => (rows.length ? element("optgroup", { label }, ...rows.map(option)) : "");
  const choice = element("select", { id: "roster-elsewhere" });
  choice.append(group("Open shifts", others.filter(open)), group("Filled shifts", others.filter((other) => !open(other))));
  const go = () => attempt(() => acts.place(assignment, { shift: Number(choice.value) }));
  return element(
    "section",
    {},
    element("h3", {}, element("label", { for: "roster-elsewhere" }, "Move to another shift")),
    element("div", { class: "roster-choice" }, choice, element("button", { type: "button", class: "hub-button", on: { click: go } }, "Move")),
  );
}

function footer(model, bar, assignment, shift, addresses, acts, attempt) {
  const row = element("footer", {});
  if (assignment && model.movable(bar)) {
    const name = model.employee(assignment.employee).name;
    const off = () => attempt(() => acts.clear(assignment));
    row.append(element("button", { type: "button", class: "hub-button hub-danger", on: { click: off } }, `Take ${name} off`));
  }
  const address = assignment ? addresses.assignment.replace("/0/", `/${assignment.id}/`) : addresses.shift.replace("/0/", `/${shift.id}/`);
  row.append(element("a", { href: address }, assignment ? "Open the assignment" : "Open the shift"));
  return row;
}
