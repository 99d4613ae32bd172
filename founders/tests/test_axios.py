"""The four Axios functions of seed 003 run as written, under node, against a live server."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from assignhub.testing import client_of
from assignhub.tests.servers import servers
from founders.tests.conftest import refusal

NODE = shutil.which("node")
SCRIPT = Path(__file__).with_name("seed_003.js")


@pytest.mark.skipif(NODE is None, reason="needs node")
@pytest.mark.django_db(transaction=True)
def test_axios_functions_run_as_written(super_admin, alex, john, jane):
    token = client_of(super_admin)._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    keys = [str(alex.pk), str(john.pk), str(jane.pk)]

    with servers(1) as [port]:
        command = [str(NODE), str(SCRIPT), f"http://127.0.0.1:{port}", token, *keys]
        run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (run.returncode, run.stderr) == (0, "")
    john_is = {"adminId": str(john.pk), "name": "John Doe", "email": "john@example.com"}
    jane_is = {"adminId": str(jane.pk), "name": "Jane Smith", "email": "jane@example.com"}
    alex_is = {
        "founderId": str(alex.pk),
        "name": "Alex Johnson",
        "email": "alex@startup.com",
        "companyName": "TechStart Inc.",
        "industry": "Software Development",
    }
    assert json.loads(run.stdout) == [
        {"success": True, "message": "Successfully assigned 2 admin(s) to founder"},
        {"success": True, "count": 2, "data": [john_is, jane_is]},
        {"success": True, "count": 1, "data": [alex_is]},
        {"success": True, "message": "Assignment deleted successfully"},
        {"success": True, "count": 1, "data": [jane_is]},
        refusal(404, "Assignment not found"),
    ]
