"""The servers that are compared: how they are started, and what CPU and memory they take."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import shlex
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

from cluster import ENVIRONMENT, HERE, PG, PRODUCT, TOKEN, WORK, connect

SECRET = "bench-secret-bench-secret-bench-secret-0001"
PATHS = {
    "list": "/api/assignments/?schedule_id={schedule_id}&skip={skip}&limit=100",
    "filter": "/api/assignments/?schedule_id={schedule_id}&date_from={date_from}&date_to={date_to}&limit=100",
    "retrieve": "/api/assignments/{id}",
    "create": "/api/schedules/{schedule_id}/assignments",
    "bulk": "/api/assignments/bulk",
    "cards": "/api/v1/cards?skip={skip}&limit=100",
    "board": "/api/v1/boards/00000000-0000-0000-0000-000000000001",
    "founders": "/api/v1/founders?skip={skip}&limit=100",
    "features": "/api/dynamic-ai/assignments?skip={skip}&limit=100",
}
SHIFTS = ["list", "filter", "retrieve", "create", "bulk"]
# Of the other apps: pages of 100, and a board of 1,000 cards.
HUB = ["cards", "board", "founders", "features"]
SCENARIOS = SHIFTS + HUB
TICK = os.sysconf("SC_CLK_TCK")


def descendants(roots):
    kids = {}
    for p in pathlib.Path("/proc").iterdir():
        if p.name.isdigit():
            try:
                kids.setdefault(int((p / "stat").read_text().rsplit(")", 1)[1].split()[1]), []).append(int(p.name))
            except OSError:
                pass
    todo, out = list(roots), []
    while todo:
        pid = todo.pop()
        out.append(pid)
        todo += kids.get(pid, [])
    return out


def cpu(roots):
    """Seconds of CPU used by these processes, their descendants and the reaped children of both."""
    ticks = 0
    for pid in descendants(roots):
        try:
            f = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += sum(map(int, f[11:15]))
        except OSError:
            pass
    return ticks / TICK


def memory(roots):
    rss = pss = 0
    for pid in descendants(roots):
        try:
            text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
            rss += int(text.split("Rss:")[1].split()[0])
            pss += int(text.split("Pss:")[1].split()[0])
        except (OSError, IndexError):
            pass
    return rss / 1024, pss / 1024


def busy():
    """Seconds of CPU the whole machine has been busy."""
    f = list(map(int, pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]))
    return (sum(f) - f[3] - f[4]) / TICK


def wait_for_quiet(limit, patience):
    """Wait until the other processes of the machine use less than `limit` cores, at most `patience` seconds."""
    until = time.time() + patience
    while time.time() < until:
        a, t = busy(), time.time()
        time.sleep(0.5)
        if (busy() - a) / (time.time() - t) < limit:
            return


def postmaster():
    return [int(pathlib.Path(PG["dir"], "postmaster.pid").read_text().split()[0])]


class Target:
    def __init__(self, spec):
        self.name, self.spec, self.proc = spec["name"], spec, None
        self.port = spec.get("port")
        self.url = spec.get("base_url") or f"http://127.0.0.1:{self.port}"
        self.db = spec.get("db", "bench")
        self.token = (WORK / spec.get("token", TOKEN.name)).read_text() if spec.get("own") else token()
        self.only = spec.get("only", SHIFTS)
        prefix = spec.get("prefix", "/api/")
        self.paths = {k: v.replace("/api/", prefix, 1) for k, v in PATHS.items()} | spec.get("paths", {})

    def start(self):
        if "cmd" in self.spec:
            command = self.spec["cmd"].format(
                python=sys.executable,
                bin=str(pathlib.Path(sys.executable).parent),
                product=PRODUCT / ".venv/bin/python",
                port=self.port,
            )
            env = os.environ | {"BENCH_SECRET": SECRET, "PORT": str(self.port), "PG_PORT": str(PG["port"])}
            env |= ENVIRONMENT if self.spec.get("own") else {}
            env |= {k: str(v).format(pg_port=PG["port"], work=WORK) for k, v in self.spec.get("env", {}).items()}
            self.log = open(WORK / f"log-{self.name}.txt", "w")
            self.proc = subprocess.Popen(
                shlex.split(command),
                cwd=PRODUCT if self.spec.get("own") else HERE / self.spec["cwd"],
                env=env,
                start_new_session=True,
                stdout=self.log,
                stderr=self.log,
            )
        until = time.time() + 40
        host, port = urlsplit(self.url).hostname, urlsplit(self.url).port
        while True:
            try:
                socket.create_connection((host, port), 1).close()
                break
            except OSError:
                if time.time() > until or (self.proc and self.proc.poll() is not None):
                    raise SystemExit(
                        f"{self.name} does not listen on {self.url}; see {self.log.name if self.proc else 'its log'}"
                    )
                time.sleep(0.1)
        time.sleep(1)
        self.roots = [self.proc.pid]

    def stop(self):
        if self.proc:
            for sig, wait in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
                try:
                    os.killpg(self.proc.pid, sig)
                    self.proc.wait(wait)
                    break
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    pass

    def reset(self):
        time.sleep(0.4)  # requests in flight when the load stopped
        sql = self.spec.get("reset_sql", "DELETE FROM assignment WHERE id > 200000; VACUUM assignment")
        if self.spec.get("reset_cmd"):
            subprocess.run(shlex.split(self.spec["reset_cmd"].format(python=sys.executable)), check=True, cwd=HERE)
        elif self.db:
            with connect(self.db) as c:
                for part in sql.split(";"):
                    c.execute(part)

    def statements(self):
        if not self.db:
            return 0
        with connect(self.db) as c:
            return int(
                c.execute(
                    "SELECT coalesce(sum(calls),0) FROM pg_stat_statements s JOIN pg_database d ON d.oid=s.dbid "
                    "WHERE datname=%s AND query !~ 'pg_stat_statements|FROM ONLY'",
                    [self.db],
                ).fetchone()[0]
            )

    # a project whose body differs: spec["rename"] maps our keys to its keys
    def shape(self, value):
        names = self.spec.get("rename", {})
        if isinstance(value, dict):
            return {names.get(k, k): self.shape(v) for k, v in value.items()}
        return [self.shape(v) for v in value] if isinstance(value, list) else value

    def call(self, method, path, data=None, auth=True, conn=None):
        u = urlsplit(self.url)
        own = conn or http.client.HTTPConnection(u.hostname, u.port, timeout=120)
        head = {"Accept": "application/json"} | (
            {"Authorization": f"Bearer {self.token}"} if auth and self.token != "-" else {}
        )
        if data is not None:
            head["Content-Type"] = "application/json"
            data = data if isinstance(data, bytes) else json.dumps(self.shape(data)).encode()
        own.request(method, path, data, head)
        r = own.getresponse()
        text = r.read()
        self.total = r.headers.get("X-Total-Count")
        if conn is None:
            own.close()
        return r.status, text


def token(user=1):
    def enc(b):
        return base64.urlsafe_b64encode(b).rstrip(b"=")

    claims = {
        "token_type": "access",
        "user_id": str(user),
        "sub": str(user),
        "role": "manager",
        "is_staff": True,
        "exp": int(time.time()) + 86400,
        "iat": int(time.time()),
        "jti": "bench",
    }
    head = enc(b'{"alg":"HS256","typ":"JWT"}') + b"." + enc(json.dumps(claims).encode())
    return (head + b"." + enc(hmac.new(SECRET.encode(), head, hashlib.sha256).digest())).decode()
