"""Side by side: the product as in production, the seed's stack, and the limit of what is possible.

    python benchmarks/bench/bench.py            everything: PostgreSQL, data, do all answer alike?, five rounds
    … up | load | down                          the private PostgreSQL
    … check [names]                             do all servers answer the same?
    … run [names] [--rounds 5] [--seconds 5] [--scenarios list,filter,retrieve,create,bulk]

Every round measures every server once per scenario, in rotating order, so that noise of the machine hits all alike;
ratios are taken within a round. Needs benchmarks/requirements.txt and `wrk`; `make bench` does it all.
"""

import argparse
import concurrent.futures
import json
import pathlib
import statistics
import sys
import time
import tomllib

from cluster import HERE, connect, down, load, loaded, up  # noqa: F401
from load import bulk, jsonl, measure, schedule_windows
from servers import HUB, SCENARIOS, Target, wait_for_quiet


def targets(names, args):
    conf = tomllib.loads(pathlib.Path(args.config).read_text())
    out = [Target(s) for s in conf["target"] if (s["name"] in names if names else s.get("default", True))]
    for t in out:
        t.born = time.time()
    return out


def normal(value):
    """One spelling of times, so that formats of one instant compare equal."""
    if isinstance(value, dict):
        return {k: normal(v) for k, v in value.items()}
    if isinstance(value, list):
        return [normal(v) for v in value]
    return value.replace("Z", "+00:00") if isinstance(value, str) and value[:2] == "20" else value


def check(ts):
    """Same questions to every target: same answers? Also: can two clients at once double-book?"""
    failed, reference = False, {}
    for t in ts:
        notes = []
        own = t.spec.get("own")

        def expect(what, got, want):
            if got != want:
                notes.append(f"{what}: {got} instead of {want}")

        for kind in {"list", "filter"} & set(t.only):
            for i, w in zip(range(6), schedule_windows(), strict=False):
                status, text = t.call("GET", t.paths[kind].format(**w))
                expect(kind, status, 200)
                items = json.loads(text) if status == 200 else []
                for key in filter(None, t.spec.get("items", "").split(".")):
                    items = items[key]
                expect(f"{kind} length", len(items), 100)
                if not own and not t.spec.get("m2m"):
                    expect(f"{kind} content", normal(items) == reference.setdefault((kind, i), normal(items)), True)
        if "retrieve" in t.only:
            status, text = t.call("GET", t.paths["retrieve"].format(id=4711))
            expect("retrieve", status, 200)
            if not own:
                expect(
                    "retrieve content",
                    normal(json.loads(text)) == reference.setdefault("get", normal(json.loads(text))),
                    True,
                )
            expect("missing", t.call("GET", t.paths["retrieve"].format(id=99_000_000))[0], 404)
            if not t.spec.get("open"):
                expect("anonymous", t.call("GET", t.paths["retrieve"].format(id=4711), auth=False)[0], 401)
        for kind in (each for each in HUB if each in t.only):
            status, text = t.call("GET", t.paths[kind].format(skip=200))
            expect(kind, status, 200)
            answer = (t.total, normal(json.loads(text))) if status == 200 else None
            expect(f"{kind} content", answer == reference.setdefault(kind, answer), True)
        if "create" in t.only:
            t.reset()
            path = t.paths["create"]

            def send(c, b):
                extra = {"schedule_id": c["schedule_id"]} if t.spec.get("schedule_in_body") else {}
                return t.call("POST", path.format(**c), b | extra)

            for c in jsonl("reject.jsonl", 25):
                expect(
                    c["why"],
                    send(c, c["body"])[0],
                    c["status"] if not own else t.spec.get("statuses", {}).get(c["why"], c["status"]),
                )
            for c in jsonl("create.jsonl", 5):
                status, text = send(c, c["body"])
                expect("create", status, 201)
                expect("create again", send(c, c["body"])[0], 409)
            double = 0
            with concurrent.futures.ThreadPoolExecutor(2) as ex:
                for c in jsonl("race.jsonl")[100:400]:
                    got = list(ex.map(lambda b: send(c, b)[0], c["bodies"]))
                    double += got == [201, 201]
                    expect("race", sorted(got) in ([201, 409], [201, 201]), True)
            expect("double bookings in 300 races", double, 0)
            t.reset()
        if "bulk" in t.only:
            m = bulk(t, 4)
            expect("bulk batches with a wrong answer", m["bad"], 0)
            t.reset()
        print(
            f"check {t.name:24} {'ok' if not notes else 'FAILED'}",
            *sorted(set(notes))[:6],
            sep="\n      " if notes else " ",
        )
        failed |= bool(notes)
    return failed


def run(ts, args):
    scenarios = args.scenarios.split(",")
    results = {}
    for scenario in scenarios:
        able = [t for t in ts if scenario in t.only]
        for t in able:  # warm-up: imports, pools, caches, plans
            measure(t, scenario, 2, args.connections) if scenario != "bulk" else measure(t, scenario, 0, 0)
        for r in range(args.rounds):
            for t in able[r % len(able) :] + able[: r % len(able)]:
                wait_for_quiet(args.quiet, args.patience)
                m = measure(t, scenario, args.seconds, args.connections)
                results.setdefault(scenario, {}).setdefault(t.name, []).append(m)
                print(
                    f"\r{scenario} round {r + 1}/{args.rounds} {t.name:24} {m['rate']:9.0f}/s",
                    end="",
                    file=sys.stderr,
                    flush=True,
                )
    print(file=sys.stderr)
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps(results, indent=1))
    report(results, args)


def spread(values, digits=0):
    def f(v):
        return f"{v:.{digits}f}"

    return f"{f(min(values))}/{f(statistics.median(values))}/{f(max(values))}"


def report(results, args):
    print(
        f"{args.rounds} rounds x {args.seconds} s, {args.connections} connections, 2 workers each; min/median/max; "
        f"ratio = target / {args.against} of the same round; CPU in ms a request (batch), CPU ratio = {args.against} / target; "
        "sql = statements a request; foreign = cores taken by other programs meanwhile"
    )
    for scenario, rows in results.items():
        unit = "rows/s" if scenario == "bulk" else "req/s"
        print(
            f"\n## {scenario}\n| target | {unit} | x {args.against} | p50 ms | p99 ms | CPU app | CPU db | CPU ratio | sql | RSS (PSS) MiB | bad | foreign |\n"
            "|---|---|---|---|---|---|---|---|---|---|---|---|"
        )
        base = rows.get(args.against) or rows.get(f"{args.against}-hub")
        for name, ms in rows.items():

            def med(key):
                return statistics.median(m[key] for m in ms)

            # A round in which one of the two answered nothing in time compares nothing.
            pairs = [(m, b) for m, b in zip(ms, base or (), strict=False) if m["n"] and b["n"]]
            ratio = spread([m["rate"] / b["rate"] for m, b in pairs], 2) if pairs else "-"

            def work(m):
                return m["cpu_app"] + m["cpu_db"]

            less = f"{statistics.median(work(b) / work(m) for m, b in pairs):.2f}" if pairs else "-"
            print(
                f"| {name} | {spread([m['rate'] for m in ms])} | {ratio} | {med('p50'):.1f} | {med('p99'):.1f} | {med('cpu_app'):.2f} | "
                f"{med('cpu_db'):.2f} | {less} | {med('sql'):.1f} | {med('rss'):.0f} ({med('pss'):.0f}) | {sum(m['bad'] for m in ms):.0f} | {med('foreign'):.2f} |"
            )


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("command", nargs="?", default="all", choices=["all", "up", "load", "down", "check", "run"])
    p.add_argument("names", nargs="*")
    p.add_argument("--config", default=str(HERE / "targets.toml"))
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seconds", type=int, default=5)
    p.add_argument(
        "--quiet", type=float, default=0.3, help="start a slice only when other programs use fewer cores than this"
    )
    p.add_argument("--patience", type=float, default=5, help="… but wait for that no longer than this many seconds")
    p.add_argument("--connections", type=int, default=16)
    p.add_argument("--scenarios", default=",".join(SCENARIOS))
    p.add_argument("--against", default="fastapi")
    p.add_argument("--json")
    args = p.parse_args()
    if args.command == "down":
        return down()
    up()
    if args.command == "up":
        return None
    if args.command == "load" or not loaded():
        load()
    if args.command == "load":
        return None
    ts = targets(args.names, args)
    try:
        for t in ts:
            t.start()
        wrong = check(ts) if args.command in ("all", "check") else False
        if args.command in ("all", "run"):
            run(ts, args)
    finally:
        for t in ts:
            t.stop()
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
