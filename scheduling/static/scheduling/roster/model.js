// What the server said, looked up by key. Nothing here judges: the verdicts are the server's.

export class Model {
  constructor(state, findings = []) {
    Object.assign(this, state);
    this.month = state.days.length > 7;
    this.findings = findings;
    this.assignments = state.assignments.map(([id, employee, shift, status]) => ({ id, employee, shift, status }));
    this.keys = {
      day: new Map(state.days.map((day) => [day.date, day])),
      employee: new Map(state.employees.map((employee) => [employee.id, employee])),
      shift: new Map(state.shifts.map((shift) => [shift.id, shift])),
      assignment: new Map(this.assignments.map((assignment) => [assignment.id, assignment])),
    };
    this.cells = Map.groupBy(this.assignments, (row) => `${row.employee} ${this.shift(row.shift).date}`);
    this.open = Map.groupBy(
      state.shifts.filter((shift) => shift.own && shift.assigned < shift.required),
      (shift) => shift.date,
    );
  }

  day = (date) => this.keys.day.get(date);
  employee = (key) => this.keys.employee.get(key);
  shift = (key) => this.keys.shift.get(Number(key));
  assignment = (key) => this.keys.assignment.get(Number(key));
  work = (employee, date) => this.cells.get(`${employee.id} ${date}`) ?? [];
  openOn = (date) => this.open.get(date) ?? [];
  findingsOf = (kind, key) => this.findings.filter((finding) => finding[kind] === key);

  /** The open places of all these days. */
  get missing() {
    return [...this.open.values()].flat().reduce((sum, shift) => sum + shift.required - shift.assigned, 0);
  }

  /** Whether a bar may be moved: by this person, in a schedule that is not settled. */
  movable(bar) {
    return this.may && this.shift(bar.dataset.shift).editable;
  }
}
