#!/usr/bin/env python3
"""Usage: scripts/write-hosts.py DOCUMENT EVENTS_FOLDER [MODE=EVENTS_FILE…]

Writes the counts of the integration tests on each kind of host into a document, between its marks, from the event
streams of Swift Testing that scripts/test-guest.sh left (MODE.jsonl). What was not run again stays as it was.
"""
import json
import os
import re
import sys

BEGIN = "<!-- hosts: scripts/test-guest.sh --write writes this -->\n"
END = "<!-- end of the hosts -->\n"
MODES = {
    "hybrid": "v1 with a cgroup v2 tree beside it",
    "v1": "v1 alone",
    "hostv2": "cgroup v2 without controllers",
    "hostsd": "the same under systemd, which makes the cgroups: suites about that",
    "hostuser": "cgroup v2 without controllers, called by an ordinary user",
    "v2": "cgroup v2",
    "systemd": "cgroup v2 under systemd, which makes the cgroups",
    "selinux": "cgroup v2, SELinux in the place of AppArmor: suites about labels",
    "rootless": "cgroup v2, called by an ordinary user",
}


def read(path):
    """Counts of one run, and the reason of each test that was skipped."""
    names, ran, cases, failed, skipped, ended = {}, set(), 0, set(), {}, False
    for line in open(path, encoding="utf-8"):
        try:
            record = json.loads(line)
        except ValueError:  # the last line of a run that was ended
            break
        payload = record["payload"]
        if record["kind"] == "test":
            if payload["kind"] == "function" and payload["id"].startswith("IntegrationTests."):
                names[payload["id"]] = payload
            continue
        kind, test = payload["kind"], payload.get("testID")
        if kind == "testEnded" and test in names:
            ran.add(test)
        elif kind == "testCaseEnded":
            cases += 1
        elif kind == "testSkipped" and test in names:
            skipped[short(test)] = reason(" ".join(message["text"] for message in payload["messages"]))
        elif kind == "issueRecorded":
            issue = payload["issue"]
            if not issue.get("isKnown") and issue.get("severity") != "warning":
                failed.add(test)
        elif kind == "runEnded":
            ended = True
    return ended, len(ran), cases, len(ran - failed), len(failed), skipped


def short(test):
    """IntegrationTests.LimitTests/processLimitHolds()/LimitTests.swift:1:2 as LimitTests.processLimitHolds"""
    path = re.sub(r"\(.*", "", test.split(".", 1)[1])
    return path.replace("/", ".")


def reason(text):
    """Test name() skipped: "why" as why, so that tests with one reason share a row"""
    said = re.fullmatch(r'Test .* skipped: "(.*)"', text.strip(), re.DOTALL)
    return said[1] if said else text.strip()


def main():
    document, folder = sys.argv[1:3]
    files = {mode: os.path.join(folder, mode + ".jsonl") for mode in MODES}
    files.update(argument.split("=", 1) for argument in sys.argv[3:])
    text = open(document, encoding="utf-8").read()
    if BEGIN not in text:
        text = text.rstrip("\n") + "\n\n" + BEGIN + END
    start, stop = text.index(BEGIN) + len(BEGIN), text.index(END)
    rows, reasons = old(text[start:stop])
    for mode, file in files.items():
        if not os.path.exists(file):
            continue
        ended, tests, cases, passed, failed, skipped = read(file)
        early = "" if ended else ", then ended early"
        rows[mode] = f"| `{mode}` | {MODES[mode]} | {tests} ({cases}){early} | {passed} | {failed} | {len(skipped)} |"
        reasons = [(m, r, t) for m, r, t in reasons if m != mode]
        by_reason = {}
        for test, why in skipped.items():
            by_reason.setdefault(why, []).append(test)
        reasons += [(mode, why, ", ".join(f"`{t}`" for t in sorted(tests))) for why, tests in by_reason.items()]
    section = [
        "## Hosts", "",
        "The integration tests on each kind of host that `make test-guest` and `make test` make, and what a kind of host",
        "forbids.", "",
        "| mode | host | tests (cases) | passed | failed | skipped |", "| --- | --- | --- | --- | --- | --- |",
    ]
    section += [rows[mode] for mode in MODES if mode in rows]
    section += ["", "| mode | why | skipped |", "| --- | --- | --- |"]
    order = list(MODES)
    section += [f"| `{m}` | {r} | {t} |" for m, r, t in sorted(reasons, key=lambda row: (order.index(row[0]), row[1]))]
    with open(document, "w", encoding="utf-8") as file:
        file.write(text[:start] + "\n".join(section) + "\n" + text[stop:])


def old(section):
    rows, reasons = {}, []
    for line in section.split("\n"):
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        mode = cells[0].strip("` ")
        if mode in MODES and len(cells) == 6:
            rows[mode] = line
        elif mode in MODES and len(cells) == 3:
            reasons.append((mode, cells[1], cells[2].rstrip("| ")))
    return rows, reasons


main()
