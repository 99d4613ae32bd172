"""The benchmark's own PostgreSQL and the data in it.

Nothing else is ever touched: the server is started from its programs into a folder of its own, on a port of its own.
`PG_BIN`, `PG_PORT` and `BENCH_DIR` choose the programs, the port and the folder.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import dataset
import psycopg

HERE = pathlib.Path(__file__).resolve().parent
PRODUCT = HERE.parent.parent
WORK = pathlib.Path(os.environ.get("BENCH_DIR", tempfile.gettempdir() + "/assignhub-bench"))
DATA = WORK / "data"
ASSIGNMENTS = 200_000
TOKEN = WORK / "token"
SQLITE, SQLITE_TOKEN = WORK / "bench_own.sqlite3", WORK / "token-sqlite"


def pg_bin():
    """The newest PostgreSQL on this machine: PG_BIN, Debian's folder, or whatever initdb is on the PATH."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    return os.environ.get("PG_BIN") or str(
        found[-1] if found else pathlib.Path(shutil.which("initdb") or "initdb").resolve().parent
    )


PG = {"bin": pg_bin(), "port": int(os.environ.get("PG_PORT", 55432)), "dir": str(WORK / "pg"), "user": "pgbench"}


def as_pg(command):
    if os.geteuid() == 0:
        return subprocess.run(["su", PG["user"], "-c", command], check=True, capture_output=True, text=True)
    return subprocess.run(command, shell=True, check=True, capture_output=True, text=True)


def up():
    if (pathlib.Path(PG["dir"]) / "postmaster.pid").exists():
        return
    if os.geteuid() == 0 and subprocess.run(["id", PG["user"]], capture_output=True).returncode:
        subprocess.run(["useradd", "--system", PG["user"]], check=True)
    WORK.mkdir(parents=True, exist_ok=True)
    WORK.chmod(0o777)
    if not pathlib.Path(PG["dir"]).exists():
        as_pg(f"{PG['bin']}/initdb -D {PG['dir']} -U {PG['user']} -A trust -E UTF8 --locale=C.UTF-8")
        with open(f"{PG['dir']}/postgresql.conf", "a") as f:
            f.write(
                "\nlisten_addresses='127.0.0.1'\nport=%d\nunix_socket_directories='%s'\nmax_connections=300\n"
                "shared_buffers=512MB\nmax_wal_size=4GB\ncheckpoint_timeout=30min\nautovacuum=off\nrandom_page_cost=1.1\n"
                "shared_preload_libraries='pg_stat_statements'\npg_stat_statements.track=top\ntimezone='UTC'\n"
                % (PG["port"], WORK)
            )
    as_pg(f"{PG['bin']}/pg_ctl -D {PG['dir']} -l {PG['dir']}.log -w start")


def down():
    if (pathlib.Path(PG["dir"]) / "postmaster.pid").exists():
        as_pg(f"{PG['bin']}/pg_ctl -D {PG['dir']} -m fast -w stop")


def connect(db="bench"):
    return psycopg.connect(host="127.0.0.1", port=PG["port"], user=PG["user"], dbname=db, autocommit=True)


def load():
    if not (DATA / "create.jsonl").exists():
        print("dataset", dataset.write(DATA))
    with connect("postgres") as c:
        if c.execute("SELECT 1 FROM pg_database WHERE datname='bench'").fetchone() is None:
            c.execute("CREATE DATABASE bench")
    with connect() as c:
        c.execute((HERE / "schema.sql").read_text())
        for table in (
            "bench_user",
            "employee",
            "schedule",
            "shift",
            "assignment",
            "qualification",
            "employee_qualification",
            "shift_qualification",
        ):
            with open(DATA / f"{table}.csv") as f, c.cursor() as cur:
                head = f.readline().strip()
                with cur.copy(f"COPY {table} ({head}) FROM STDIN CSV") as copy:
                    while block := f.read(1 << 20):
                        copy.write(block)
            c.execute(f"SELECT setval(pg_get_serial_sequence('{table}','id'), max(id)) FROM {table}")
        c.execute((HERE / "indexes.sql").read_text())
        c.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        c.execute("VACUUM ANALYZE")
    with connect("postgres") as c:
        c.execute("DROP DATABASE IF EXISTS bench_excl")
        c.execute("CREATE DATABASE bench_excl TEMPLATE bench")
    with connect("bench_excl") as c:
        for part in (HERE / "exclusion.sql").read_text().split(";"):
            c.execute(part) if part.strip() else None
        c.execute("VACUUM FULL ANALYZE assignment")

    load_product()


# What the product needs to start as in production; the keys guard nothing but made-up data.
ENVIRONMENT = {
    "ASSIGNHUB_ENV": "production",
    "USE_HTTPS": "false",
    "ALLOWED_HOSTS": "127.0.0.1",
    "SECRET_KEY": "bench" * 13,
    "ENCRYPTION_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "ACCESS_TOKEN_MINUTES": "100000",
    "REDIS_URL": "",
    # What is measured is the list, not the refusal after so many an hour.
    "RATE_LIMIT_TASKS": "10000000/hour",
    "DATABASE_URL": f"postgres://{PG['user']}@127.0.0.1:{PG['port']}/bench_own",
}


def load_product():
    """The same data through the product's own migrations and models; other apps' data has its place in `fill.py`."""
    with connect("postgres") as c:
        c.execute("DROP DATABASE IF EXISTS bench_own")
        c.execute("CREATE DATABASE bench_own")
    for file in WORK.glob(f"{SQLITE.name}*"):
        file.unlink()
    fill({}, TOKEN)
    fill({"DATABASE_URL": f"sqlite:///{SQLITE}"}, SQLITE_TOKEN)
    with connect("bench_own") as c:
        c.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")


def fill(environment, token):
    python = PRODUCT / ".venv/bin/python"
    command = [python if python.exists() else sys.executable, HERE / "fill.py", DATA]
    environment = os.environ | ENVIRONMENT | environment
    filled = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, cwd=PRODUCT)
    token.write_text(filled.stdout.strip())


def loaded():
    try:
        with connect() as c, connect("bench_own") as own:
            ours = own.execute("SELECT count(*) FROM scheduling_assignment").fetchone()[0]
            theirs = c.execute("SELECT count(*) FROM assignment").fetchone()[0]
            return TOKEN.exists() and SQLITE_TOKEN.exists() and min(ours, theirs) >= ASSIGNMENTS
    except psycopg.Error:
        return False
