// One bar: an employee on a shift, or the open places of a shift.
import { element, icon, unseen } from "../../assignhub/elements.js";

/** The first letters of a shift type's words, and of the capitals in them: “Early HeadNurse” → “EHN”. */
export function initials(type) {
  const letters = type.match(/(?<!\p{L})\p{L}|(?<=\p{Ll})\p{Lu}|\d+/gu) ?? [type];
  return letters.join("").toUpperCase().slice(0, 4);
}

// In a month there are too many bars for a symbol of the font on each; these need none.
const GLYPHS = { assigned: "○", pending: "?", confirmed: "✓", completed: "✓✓", declined: "✗" };

/** The bar of an assignment `{id, employee, shift, status}`. */
export function assignmentBar(model, assignment) {
  const shift = model.shift(assignment.shift);
  const employee = model.employee(assignment.employee);
  const words = [employee.name, model.day(shift.date).name, assignment.status, shift.own ? "" : shift.schedule].filter(Boolean);
  const bar = element(
    "button",
    {
      type: "button",
      class: "roster-bar",
      tabindex: "-1",
      title: [`${shift.type}, ${shift.hours}`, ...words].join("\n"),
      data: { status: assignment.status, assignment: assignment.id, shift: shift.id },
    },
    ...face(model, shift, assignment.status),
    unseen(`, ${words.join(", ")}`),
  );
  if (!shift.own) bar.dataset.elsewhere = "";
  return bar;
}

/** Show on a bar what is wrong with its assignment: `findings` as the server sent them. */
export function mark(bar, findings) {
  bar.dataset.severity = findings.some((one) => one.severity === "critical") ? "critical" : "warning";
  const text = findings.map((one) => one.message).join("\n");
  bar.title += `\n${text}`;
  bar.append(unseen(`, conflict: ${text}`));
}

/** The bar of a shift that needs more people. */
export function openBar(model, shift) {
  const missing = shift.required - shift.assigned;
  const places = `${shift.assigned} of ${shift.required}`;
  return element(
    "button",
    {
      type: "button",
      class: "roster-bar",
      tabindex: "-1",
      title: `${shift.type}, ${shift.hours}\n${places} places filled\n${shift.schedule}`,
      data: { status: "open", shift: shift.id },
    },
    ...face(model, shift, "open", element("span", { class: "roster-missing" }, model.month ? `${missing}` : places)),
    unseen(`, ${model.day(shift.date).name}, ${missing} open ${missing === 1 ? "place" : "places"}`),
  );
}

function face(model, shift, status, missing = "") {
  const type = element("span", { class: "roster-type" }, model.month ? initials(shift.type) : shift.type);
  const glyph = element("span", { class: "roster-glyph", "aria-hidden": "true" }, GLYPHS[status] ?? "");
  if (model.month) return [glyph, type, missing, unseen(` ${shift.type} ${shift.hours}`)];
  const day = 24 * 60;
  const span = { left: `${(shift.starts / day) * 100}%`, width: `${(Math.min(shift.lasts, day - shift.starts) / day) * 100}%` };
  const strip = element("span", { class: "roster-strip", "aria-hidden": "true" }, element("span", { style: span }));
  return [icon(model.icons[status]), type, element("span", { class: "roster-hours" }, shift.hours), missing, strip];
}
