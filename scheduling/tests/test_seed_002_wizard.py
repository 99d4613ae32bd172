"""The JavaScript of seed 002, "Integration with Schedule Wizard", run as it is printed against the running product."""

import json
import shutil
import subprocess
from datetime import time

import pytest
from rest_framework.test import APIClient

from assignhub.testing import PASSWORD
from scheduling.models import Assignment
from scheduling.tests.bodies import assignment_body
from scheduling.tests.factories import AvailabilityWindowFactory, EmployeeFactory, ShiftFactory

pytestmark = pytest.mark.django_db(transaction=True)

PRINTED = """
// Example wizard integration
const publishSchedule = async (scheduleId, assignments) => {
  const response = await fetch('/api/assignments/bulk', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      schedule_id: scheduleId,
      validate_conflicts: true,
      assignments: assignments.map(a => ({
        employee_id: a.employeeId,
        shift_id: a.shiftId,
        status: 'assigned',
        priority: a.priority || 1
      }))
    })
  });
  
  const result = await response.json();
  
  if (result.total_errors > 0) {
    // Handle partial success
    console.log(`Created ${result.total_created} of ${result.total_processed} assignments`);
    console.log('Errors:', result.errors);
  }
  
  return result;
};
"""  # noqa: W293

# A browser knows where it is and the example's page who is signed in; node is told both.
AROUND = """
const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const plainFetch = globalThis.fetch;
globalThis.fetch = (path, options) => plainFetch(given.base + path, {
  ...options, headers: { ...options.headers, Authorization: `Bearer ${given.token}` }
});
PRINTED
publishSchedule(given.scheduleId, given.assignments).then(result => console.log('\\n' + JSON.stringify(result)));
"""


@pytest.fixture
def wizard(live_server, admin):
    """`wizard(schedule, wishes)` → what the snippet printed, and what it returned."""
    node = shutil.which("node")
    if node is None:
        pytest.fail("This test runs JavaScript: install node 18 or newer and put it on the PATH.")

    def publish(schedule, *wishes) -> tuple[str, dict]:
        signed_in = APIClient().post("/api/auth/login", {"email": admin.email, "password": PASSWORD}).json()
        given = {
            "base": live_server.url,
            "token": signed_in["access"],
            "scheduleId": schedule.pk,
            "assignments": list(wishes),
        }
        script = AROUND.replace("PRINTED", PRINTED)
        ran = subprocess.run(
            [node, "-e", script], input=json.dumps(given), capture_output=True, text=True, timeout=60, check=False
        )
        assert (ran.returncode, ran.stderr) == (0, "")
        output, _, returned = ran.stdout.rstrip("\n").rpartition("\n")
        return output.strip("\n"), json.loads(returned)

    return publish


def test_wizard_publishes_all(wizard, tenant, schedule, shift, nurse):
    colleague = EmployeeFactory(tenant=tenant)
    wishes = [
        {"employeeId": nurse.pk, "shiftId": shift.pk},
        {"employeeId": colleague.pk, "shiftId": shift.pk, "priority": 7},
    ]

    output, returned = wizard(schedule, *wishes)

    rows = list(Assignment.objects.order_by("pk"))
    assert output == ""
    assert returned == {
        "created": [assignment_body(row) for row in rows],
        "errors": [],
        "total_processed": 2,
        "total_created": 2,
        "total_errors": 0,
    }
    made = [(row.employee, row.shift, row.status, row.priority) for row in rows]
    assert made == [(nurse, shift, "assigned", 1), (colleague, shift, "assigned", 7)]


def test_wizard_handles_partial_success(wizard, tenant, schedule, shift, nurse):
    late = EmployeeFactory(tenant=tenant)
    AvailabilityWindowFactory(employee=late, start_time=time(9))
    second = ShiftFactory(schedule=schedule)
    wishes = [{"employeeId": nurse.pk, "shiftId": shift.pk}, {"employeeId": late.pk, "shiftId": second.pk}]

    output, returned = wizard(schedule, *wishes)

    row = Assignment.objects.get()
    said, _, errors = output.partition("\n")
    assert said == "Created 1 of 2 assignments"
    assert errors.startswith("Errors: [")
    assert "error: 'Employee not available on monday at 08:00'" in errors
    assert returned == {
        "created": [assignment_body(row)],
        "errors": [
            {
                "index": 1,
                "employee_id": late.pk,
                "shift_id": second.pk,
                "error": "Employee not available on monday at 08:00",
                "code": "availability",
            }
        ],
        "total_processed": 2,
        "total_created": 1,
        "total_errors": 1,
    }
    assert (row.employee, row.shift) == (nurse, shift)
