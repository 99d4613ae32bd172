// The roster as a table (employees by days), and, where there is no room for one, as a list of days.
import { element, icon, unseen } from "../../assignhub/elements.js";
import { assignmentBar, initials, openBar } from "./bars.js";

/** The table: open shifts on top, then a row for each employee. */
export function grid(model) {
  const table = element("table", { class: "roster-grid", data: { view: model.month ? "month" : "week" } });
  table.append(
    element("caption", { class: "hub-unseen" }, "Employees by days. Arrow keys move between the shifts, Enter opens one."),
    element("thead", {}, element("tr", {}, element("th", { scope: "col", class: "roster-corner" }, `${model.people} employees`), ...model.days.map(heading))),
    element("tbody", { class: "roster-open" }, openRow(model)),
    element("tbody", {}, ...model.employees.map((employee) => employeeRow(model, employee))),
  );
  return table;
}

function heading(day) {
  return element(
    "th",
    { scope: "col", data: marks(day), "aria-current": day.today ? "date" : null, title: day.name },
    element("span", { class: "roster-weekday" }, day.weekday),
    element("span", { class: "roster-number" }, String(day.number)),
  );
}

function openRow(model) {
  const count = model.missing;
  const head = element(
    "th",
    { scope: "row", class: "roster-name" },
    element("span", { class: "roster-person" }, "Open shifts"),
    element("span", { class: "roster-note" }, count ? `${count} ${count === 1 ? "place" : "places"} to fill` : "Everything is filled"),
    element("span", { class: "roster-verdict", "aria-hidden": "true" }, "Drop here to take off"),
  );
  const cells = model.days.map((day) =>
    element("td", { data: { ...marks(day), date: day.date } }, ...model.openOn(day.date).map((shift) => openBar(model, shift))),
  );
  return element("tr", { data: { open: "" } }, head, ...cells);
}

function employeeRow(model, employee) {
  const head = element(
    "th",
    { scope: "row", class: "roster-name", title: employee.name },
    element("span", { class: "roster-person" }, employee.name, employee.active ? "" : " (not active)"),
    element("span", { class: "roster-note" }, [employee.job, `${employee.hours} h`].filter(Boolean).join(" · ")),
    element("span", { class: "roster-verdict", "aria-hidden": "true" }),
  );
  const away = new Set(employee.away);
  const cells = model.days.map((day) => {
    const bars = model.work(employee, day.date).map((assignment) => assignmentBar(model, assignment));
    const absent = away.has(day.date) ? [element("span", { class: "roster-away" }, model.month ? icon("flight") : "away", unseen("away"))] : [];
    const data = { ...marks(day), date: day.date, ...(absent.length && { away: "" }) };
    return element("td", { data }, ...absent, ...bars);
  });
  return element("tr", { data: { employee: employee.id } }, head, ...cells);
}

function marks(day) {
  return { ...(day.weekend && { weekend: "" }), ...(day.today && { today: "" }) };
}

/** What the letters on the bars of a month stand for. */
export function key(model) {
  const types = [...new Set(model.month ? model.shifts.map((shift) => shift.type) : [])].sort();
  return types.map((type) => element("div", {}, element("dt", {}, `${initials(type)} `), element("dd", {}, type)));
}

/** The list: for each day what is open, then who works. */
export function agenda(model) {
  const wide = Object.assign(Object.create(model), { month: false });
  return element("ol", { class: "roster-agenda" }, ...model.days.map((day) => agendaDay(wide, day)));
}

function agendaDay(model, day) {
  const open = model.openOn(day.date).map((shift) => element("li", {}, openBar(model, shift)));
  const rows = model.assignments.filter((row) => model.shift(row.shift).date === day.date);
  const at = (row) => model.shift(row.shift).starts;
  const work = rows
    .sort((one, other) => at(one) - at(other))
    .map((row) => element("li", {}, element("span", { class: "roster-person", "aria-hidden": "true" }, model.employee(row.employee).name), assignmentBar(model, row)));
  return element(
    "li",
    { data: marks(day) },
    element("h3", { "aria-current": day.today ? "date" : null }, day.name),
    open.length || work.length ? element("ul", {}, ...open, ...work) : element("p", { class: "roster-note" }, "Nobody works."),
  );
}

/** Keyboard: one bar can be reached with Tab, the others from there with arrow keys. */
export function walkable(place) {
  const bars = () => [...place.querySelectorAll(".roster-bar:not(.hub-ghost)")];
  place.addEventListener("focusin", (event) => {
    if (!event.target.matches(".roster-bar")) return;
    place.querySelector(".roster-bar[tabindex='0']")?.setAttribute("tabindex", "-1");
    event.target.setAttribute("tabindex", "0");
  });
  place.addEventListener("keydown", (event) => {
    const from = event.target.closest(".roster-bar");
    if (!from || event.altKey || event.ctrlKey || event.metaKey) return;
    const all = bars();
    const next = {
      ArrowRight: () => all[all.indexOf(from) + 1],
      ArrowLeft: () => all[all.indexOf(from) - 1],
      ArrowDown: () => below(all, from, 1),
      ArrowUp: () => below(all, from, -1),
      Home: () => all[0],
      End: () => all.at(-1),
    }[event.key];
    if (!next) return;
    event.preventDefault();
    next()?.focus();
  });
}

/** The bar under this one, or over it: the nearest in the same column, else the nearest at all. */
function below(all, from, direction) {
  const box = from.getBoundingClientRect();
  const beyond = all
    .map((bar) => [bar, bar.getBoundingClientRect()])
    .filter(([, other]) => (other.top - box.top) * direction > 2)
    .map(([bar, other]) => [bar, Math.abs(other.left - box.left) * 4 + Math.abs(other.top - box.top)]);
  return beyond.sort(([, one], [, other]) => one - other)[0]?.[0];
}
