"""The load: what is asked, how often, and what that cost."""

import concurrent.futures
import csv
import datetime as dt
import http.client
import json
import os
import random
import statistics
import subprocess
import threading
import time
from urllib.parse import urlsplit

from cluster import ASSIGNMENTS, DATA, HERE
from servers import HUB, busy, cpu, memory, postmaster


def jsonl(name, limit=None):
    with open(DATA / name) as f:
        return [json.loads(line) for line, _ in zip(f, range(limit or 10**9), strict=False)]


def schedule_windows():
    with open(DATA / "schedule.csv") as f:
        for s in csv.DictReader(f):
            day = dt.date.fromisoformat(s["start_date"])
            for week in range(2):
                a = day + dt.timedelta(days=7 * week)
                yield {
                    "schedule_id": s["id"],
                    "date_from": a,
                    "date_to": a + dt.timedelta(days=13),
                    "skip": int(s["id"]) % 9 * 100,
                }


def replay_file(target, scenario):
    path = DATA / f"replay-{target.name}-{scenario}.txt"
    rnd, template = random.Random(7), target.paths[scenario]
    if scenario in ("list", "filter"):
        urls = [f"GET\t{template.format(**w)}" for w in schedule_windows()]
        rnd.shuffle(urls)
    elif scenario == "retrieve":
        ids = target.spec.get("ids") or range(1, ASSIGNMENTS + 1)
        urls = [f"GET\t{template.format(id=i)}" for i in rnd.sample(list(ids), 5000)]
    elif scenario in HUB:
        urls = [f"GET\t{template.format(skip=skip)}" for skip in range(0, 1_000, 100)]
    elif scenario != "create":
        urls = [f"GET\t{template}"]
    else:
        urls = (
            f"POST\t{template.format(**c)}\t{json.dumps(target.shape(c['body'] | ({'schedule_id': c['schedule_id']} if target.spec.get('schedule_in_body') else {})))}"
            for c in jsonl("create.jsonl", 120_000)
        )
    path.write_text("\n".join(urls) + "\n")
    return path


def wrk(target, scenario, seconds, connections):
    path = DATA / f"replay-{target.name}-{scenario}.txt"
    if not path.exists() or path.stat().st_mtime < target.born:
        replay_file(target, scenario)
    out = subprocess.run(
        [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds}s",
            "--timeout",
            "20s",
            "-s",
            str(HERE / "replay.lua"),
            target.url,
            "--",
            str(path),
            "" if target.token == "-" else target.token,
            "loop" if scenario != "create" else "once",
        ],
        capture_output=True,
        text=True,
    )
    for line in out.stdout.splitlines():
        if line.startswith("FIGURES"):
            n, micros, size, bad, sockets, p50, p99 = map(float, line.split()[1:])
            return {
                "n": n,
                "rate": n / (micros / 1e6),
                "bad": bad + (sockets if target.spec.get("keepalive", True) else 0),
                "p50": p50,
                "p99": p99,
                "bytes": size / max(n, 1),
            }
    raise SystemExit(f"wrk failed for {target.name} {scenario}: {out.stdout[-500:]} {out.stderr[-500:]}")


def bulk(target, count=24, clients=4):
    """`count` batches of 1,000 rows from four clients at once; the rate is rows a second."""
    work = [json.dumps(target.shape(b["body"])).encode() for b in jsonl("bulk.jsonl", count)]
    want = [b["created"] for b in jsonl("bulk.jsonl", count)]
    times, bad, lock = [], [0], threading.Lock()
    path = target.paths["bulk"]

    def client(mine):
        u = urlsplit(target.url)
        conn = http.client.HTTPConnection(u.hostname, u.port, timeout=120)
        for i in mine:
            t = time.perf_counter()
            status, text = target.call("POST", path.format(schedule_id=i + 1), work[i], conn=conn)
            t = time.perf_counter() - t
            with lock:
                times.append(t * 1000)
                bad[0] += status not in (200, 201, 207) or (
                    b'"total_created":%d' % want[i] not in text.replace(b": ", b":") and not target.spec.get("own")
                )

    t = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(clients) as ex:
        list(ex.map(client, [range(c, count, clients) for c in range(clients)]))
    t = time.perf_counter() - t
    times.sort()
    return {
        "n": count,
        "rate": count * 1000 / t,
        "bad": bad[0],
        "p50": statistics.median(times),
        "p99": times[-1],
        "bytes": 0,
    }


def measure(target, scenario, seconds, connections):
    target.reset() if scenario in ("create", "bulk") else None
    pg, n0 = postmaster() if target.db else [], target.statements()
    a, b, c, d, t = cpu(target.roots), cpu(pg), sum(os.times()[:4]), busy(), time.time()
    m = bulk(target) if scenario == "bulk" else wrk(target, scenario, seconds, connections)
    app, db, client, whole, t = cpu(target.roots) - a, cpu(pg) - b, sum(os.times()[:4]) - c, busy() - d, time.time() - t
    m["cpu_app"], m["cpu_db"] = app * 1000 / max(m["n"], 1), db * 1000 / max(m["n"], 1)
    m["foreign"] = max(0, whole - app - db - client) / t  # cores other programs of the machine took meanwhile
    m["sql"] = (target.statements() - n0) / max(m["n"], 1)
    m["rss"], m["pss"] = memory(target.roots)
    if scenario in ("create", "bulk"):
        target.reset()
    return m
