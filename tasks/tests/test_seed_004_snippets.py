"""The two JavaScript snippets of seed 004 run as the seed prints them."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from assignhub.testing import client_of

TASK = {
    "title": "Implement user authentication",
    "description": "Create login and registration system with JWT",
    "priority": "high",
    "project_type": "api",
}
# As the seed prints them.
SNIPPETS = Path(__file__).parent / "seed_004_snippets.js"
RUN = """
const base = process.argv[2], token = process.argv[3], args = JSON.parse(process.argv[4]);
const relative = globalThis.fetch;
globalThis.fetch = (path, options) => relative(base + path, options);
%s
const main = async () => console.log(JSON.stringify([
  await validateAssignment(args.organization, args.people), await generateChecklist(args.card, args.task)]));
main();
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_snippets_of_the_seed_run_as_written(live_server, member, owner, tenant, card, tmp_path):
    """A browser resolves the addresses against its page: nothing but that is added."""
    token = client_of(member)._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    script = tmp_path / "run.js"
    script.write_text(RUN % SNIPPETS.read_text(encoding="utf-8"), encoding="utf-8")
    people = [str(owner.pk)]
    arguments = {"organization": str(tenant.pk), "people": people, "card": str(card.pk), "task": TASK}

    printed = subprocess.run(
        ["node", script, live_server.url, token, json.dumps(arguments)], capture_output=True, text=True, timeout=60
    )

    assert printed.stderr == ""
    validated, generated = json.loads(printed.stdout)
    assert validated == {
        "valid": False,
        "error": "Members can only assign tasks to themselves",
        "error_code": "INVALID_ASSIGNMENT",
        "invalid_users": people,
    }
    assert generated["success"] is True
    assert generated["metadata"]["item_count"] == len(generated["items"]) >= 3
