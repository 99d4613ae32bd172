// The roster: draws what the server says, sends what people do, and shows what the rules made of it.
import { draggable } from "../../assignhub/drag.js";
import { element, icon } from "../../assignhub/elements.js";
import { notice } from "../../assignhub/notices.js";
import { ask, send } from "../../assignhub/server.js";
import { mark } from "./bars.js";
import { openDialog } from "./dialog.js";
import { agenda, grid, key, walkable } from "./grid.js";
import { Model } from "./model.js";
import { printable } from "./print.js";

const LOOK_AGAIN = 60_000; // milliseconds after which a page that lies open asks what others have changed
const WAIT_FOR_TYPING = 250;

const root = document.querySelector(".roster");
const place = root.querySelector(".roster-place");
const addresses = root.dataset;
const narrow = matchMedia("(max-width: 47.9rem)");
const query = new URLSearchParams(location.search);
let model = modelOf(JSON.parse(document.getElementById("roster-state").textContent));
let verdicts = null;
let dragging = false;

function modelOf(state, findings = []) {
  return new Model({ ...state, may: root.dataset.may === "yes" }, findings);
}

// --- drawing ---

function draw(asTable = false) {
  const focused = document.activeElement?.closest?.(".roster-bar")?.dataset;
  place.replaceChildren(narrow.matches && asTable !== true ? agenda(model) : grid(model));
  place.dataset.editable = model.may && model.shifts.some((shift) => shift.editable) ? "yes" : "no";
  root.querySelector(".roster-key").replaceChildren(...key(model));
  root.querySelector(".roster-capped").hidden = !model.capped;
  pages();
  conflicts();
  const again = focused && find(focused);
  (again ?? place.querySelector(".roster-bar"))?.setAttribute("tabindex", "0");
  again?.focus({ preventScroll: true });
}

/** The bar of this assignment, or of this shift's open places. */
function find({ assignment, shift }) {
  const own = assignment && place.querySelector(`.roster-bar[data-assignment="${assignment}"]`);
  return own || place.querySelector(`.roster-bar[data-shift="${shift}"]`);
}

function conflicts() {
  const panel = root.querySelector(".roster-conflicts");
  const critical = model.findings.filter((finding) => finding.severity === "critical").length;
  panel.hidden = !model.findings.length;
  panel.dataset.severity = critical ? "critical" : "warning";
  const count = model.findings.length;
  panel.querySelector("summary").replaceChildren(
    icon("warning"),
    `${count} ${count === 1 ? "conflict" : "conflicts"} in this schedule` + (critical ? `, ${critical} in the way of publishing` : ""),
  );
  for (const [assignment, findings] of Map.groupBy(model.findings, (finding) => finding.assignment)) {
    const bar = assignment && place.querySelector(`.roster-bar[data-assignment="${assignment}"]`);
    if (bar && !bar.dataset.severity) mark(bar, findings);
  }
  const line = (finding) => {
    const bar = find(finding);
    const text = [element("strong", {}, finding.severity), ` ${finding.message}`];
    return element("li", {}, bar ? element("button", { type: "button", class: "hub-link", on: { click: () => find(finding)?.focus() } }, ...text) : element("span", {}, ...text));
  };
  panel.querySelector("ul").replaceChildren(...model.findings.map(line));
}

function pages() {
  const turn = (page, text) => element("button", { type: "button", class: "hub-button", on: { click: () => look({ p: page }) } }, text);
  root.querySelector(".roster-pages").replaceChildren(
    ...(model.page > 1 ? [turn(model.page - 1, "Previous employees")] : []),
    ...(model.pages > 1 ? [element("span", {}, `Page ${model.page} of ${model.pages}`)] : []),
    ...(model.page < model.pages ? [turn(model.page + 1, "Next employees")] : []),
  );
}

// --- reading ---

let asked = 0;

/** Draw what is true now: others may have changed something meanwhile, too. */
async function look(changes = {}) {
  for (const [name, value] of Object.entries(changes)) query.set(name, value);
  const turn = ++asked;
  const state = await ask(`${addresses.data}?${query}`);
  if (turn !== asked || dragging) return;
  model = modelOf(state);
  draw();
  judged(turn).catch(() => {});
}

/** Ask what is wrong with the schedule, which may take a moment longer, and show it on what has been drawn. */
async function judged(turn) {
  if (addresses.may !== "yes") return;
  const { findings } = await ask(addresses.findings);
  if (turn !== asked) return;
  model.findings = findings;
  conflicts();
}

const quietly = () => look().catch((refusal) => notice(refusal.message, { refused: true }));

// --- writing ---

const acts = {
  fill: (shift, employee) => write(addresses.fill, { shift: shift.id, employee }),
  place: (assignment, aims) => write(addresses.place, { assignment: assignment.id, ...aims }),
  clear(assignment) {
    const again = () => acts.fill({ id: assignment.shift }, assignment.employee).catch(() => {});
    return write(addresses.clear, { assignment: assignment.id }, again);
  },
};

/**
 * Send it and show what is true afterwards; a refusal is shown in the words of the rule, and thrown. Returns what puts
 * the focus on the bar it was about, once no dialog is in the way.
 */
async function write(address, body, undo = null) {
  let answer;
  try {
    answer = await send(address, body);
  } catch (refusal) {
    // An open dialog shows it itself.
    if (!root.querySelector("dialog[open]")) notice(refusal.message, { refused: true });
    throw refusal;
  }
  notice(answer.message, { undo });
  dragging = false;
  await look();
  return () => find(answer)?.focus({ preventScroll: true });
}

// --- dragging ---

draggable(root, {
  item: ".roster-bar",
  may: (bar) => model.movable(bar),
  lift(bar) {
    dragging = true;
    verdicts = null;
    root.dataset.dragging = bar.dataset.assignment ? "assignment" : "open";
    const shift = bar.dataset.shift;
    ask(`${addresses.candidates}?shift=${shift}`).then(({ candidates }) => {
      if (!dragging) return;
      verdicts = new Map(candidates.map((one) => [one.employee, one]));
      place.querySelectorAll("tr[data-employee]").forEach((row) => judge(row, bar));
    }, () => {});
  },
  over(bar, under) {
    const shift = model.shift(bar.dataset.shift);
    const aim = under.closest(".roster-bar[data-status=open]");
    if (aim && bar.dataset.assignment) {
      const other = model.shift(aim.dataset.shift);
      return { place: aim, aims: { shift: other.id }, text: `Move to ${other.type}, ${model.day(other.date).name}` };
    }
    const row = under.closest("tr");
    if (row?.dataset.open !== undefined && bar.dataset.assignment) return { place: row.cells[0], off: true, text: "Take off this shift" };
    if (!row?.dataset.employee) return null;
    const employee = model.employee(Number(row.dataset.employee));
    const date = bar.dataset.assignment ? (under.closest("td")?.dataset.date ?? shift.date) : shift.date;
    const column = model.days.findIndex((day) => day.date === date) + 1;
    const here = model.assignment(bar.dataset.assignment)?.employee === employee.id;
    if (here && date === shift.date) return null;
    const verdict = date === shift.date ? verdicts?.get(employee.id) : null;
    const text = date === shift.date ? employee.name : `${employee.name}, ${model.day(date).name}`;
    return {
      place: row.cells[column],
      aims: { employee: employee.id, date },
      allowed: !verdict?.refusal,
      text: verdict?.refusal ? `${text}: ${verdict.refusal}` : text,
    };
  },
  async drop(bar, found) {
    const assignment = model.assignment(bar.dataset.assignment);
    const filled = () => acts.fill(model.shift(bar.dataset.shift), found.aims.employee);
    const focus = await (found.off ? acts.clear(assignment) : assignment ? acts.place(assignment, found.aims) : filled());
    focus();
  },
  end() {
    dragging = false;
    delete root.dataset.dragging;
    place.querySelectorAll("tr[data-verdict]").forEach((row) => delete row.dataset.verdict);
  },
});

/** Say in an employee's row whether they could take the shift that is being dragged. */
function judge(row, bar) {
  const employee = Number(row.dataset.employee);
  const verdict = verdicts.get(employee);
  if (!verdict || model.assignment(bar.dataset.assignment)?.employee === employee) return;
  row.dataset.verdict = verdict.refusal ? "no" : "yes";
  row.querySelector(".roster-verdict").textContent = verdict.refusal || `Free, ${verdict.hours} h this week`;
}

// --- the rest of the page ---

root.addEventListener("click", (event) => {
  const bar = event.target.closest(".roster-place .roster-bar");
  if (bar) openDialog(model, bar, addresses, acts);
});
root.querySelector(".roster-print").addEventListener("click", () => window.print());
let typing;
root.querySelector(".roster-search").addEventListener("input", (event) => {
  clearTimeout(typing);
  typing = setTimeout(() => look({ q: event.target.value, p: 1 }).catch(() => {}), WAIT_FOR_TYPING);
});
narrow.addEventListener("change", draw);
walkable(place);
printable(root.querySelector(".roster-sheet"), draw);
draw();
judged(asked).catch(() => {});
const idle = () => document.visibilityState === "visible" && !dragging && !document.querySelector("dialog[open]");
setInterval(() => idle() && quietly(), LOOK_AGAIN);
document.addEventListener("visibilitychange", () => idle() && quietly());
