"""From samples to a table: medians, spreads, ratios, and whether each target is met."""

import statistics

PROGRAMS = ("floor", "own", "apus", "crun", "runc")
HEADINGS = {"floor": "floor", "own": "own floor", "apus": "apus", "crun": "crun", "runc": "runc"}
UNITS = {"ms": "ms", "cpu": "ms", "peak": "MiB", "limit": "MiB"}


class Row:
    """A line of the table: an operation in a state, a field of its samples, and the targets by what apus is compared
    with. `instead` names another operation for single programs, `against` another state
    of `run` for the ratio to oneself."""

    def __init__(self, title, operation, state="hot", field="ms", instead=None, against=None, **targets):
        self.title, self.operation, self.state, self.field = title, operation, state, field
        self.instead = instead or {}
        self.against = against
        self.targets = targets


def rows(others):
    return [
        Row("`run`, hot", "run", crun=0.50, floor=1.5, own=1.2),
        Row("`run`, settled", "run", "settled", crun=0.70, own=1.15),
        Row("`run`, user + system CPU", "run", field="cpu", crun=0.50, floor=1.5),
        Row("`run`, peak resident memory", "run", field="peak", crun=0.80),
        Row("`run` with Docker's profile, crun's cache warm", "docker", crun=0.50, own=1.25),
        Row("`run` with Docker's profile, crun's cache cold", "docker", instead={"crun": "docker_cold"}, crun=0.30,
            own=1.25),
        Row("`create` + `start` + `delete`", "lifecycle", crun=0.45),
        Row("`create`", "create"),
        Row("`start`", "start", crun=0.35),
        Row("`delete`", "delete", crun=0.35),
        Row("`state`", "state", crun=0.35),
        Row("`kill`", "kill", crun=0.35),
        Row("`exec`, hot", "exec", crun=0.40),
        Row("`exec`, settled", "exec", "settled", crun=0.65),
        Row("`exec`, user + system CPU", "exec", field="cpu"),
        Row("smallest memory limit of 20 good starts", "little", field="limit", crun=1.0),
        Row(f"`list` with {others:,} containers", "list", crun=0.35),
        Row(f"`run` with {others:,} others alive", "beside"),
        Row(f"`run` with {others:,} others alive ÷ with none", "beside", against="beside none", itself=1.10),
        Row("100 runs, 2 at a time", "burst", crun=0.50),
        Row("`run`, hybrid cgroups left as they are", "run", "as it is"),
    ]


def percentile(values, share):
    return values[min(len(values) - 1, round(share * (len(values) - 1)))]


class Samples:
    """Everything measured: values[program][operation][state] is a list of {ms, cpu, peak} or {limit}."""

    def __init__(self):
        self.values = {}
        self.failures = []

    def fail(self, program, state, operation, error):
        """A program that fails once has no figure: the runs that worked would flatter it."""
        self.failures.append(f"{program.name} failed in {operation}, {state}: {error}")
        print(self.failures[-1], flush=True)
        program.discard(operation)
        names = ("create", "start", "delete", "lifecycle") if operation == "lifecycle" else (operation,)
        for name in names:
            self.values.get(program.name, {}).get(name, {}).pop(state, None)

    def add(self, program, state, measured):
        for operation, sample in measured.items():
            self.values.setdefault(program, {}).setdefault(operation, {}).setdefault(state, []).append(sample)

    def get(self, program, operation, state, field):
        samples = self.values.get(program, {}).get(operation, {}).get(state, [])
        return sorted(sample[field] for sample in samples)


def figures(samples, row):
    """By program the median, the 10th and 90th percentile, and the number of samples."""
    found = {}
    for name in PROGRAMS:
        operation = row.instead.get(name, row.operation)
        values = samples.get(name, operation, row.state, row.field)
        if not values:
            continue
        scale = 1
        if row.against:
            base = samples.get(name, "run", row.against, row.field)
            if not base:
                continue
            scale = statistics.median(base)
        found[name] = {"median": statistics.median(values) / scale, "p10": percentile(values, 0.1) / scale,
                       "p90": percentile(values, 0.9) / scale, "samples": len(values)}
    return found


def compare(row, programs):
    """By peer the ratio of medians, with the target where there is one, whether it is met, and, where it is not, the
    ratio of the floor to the peer: above the target, nobody can meet it here."""
    result = {}
    if "apus" not in programs:
        return result
    own = programs["apus"]["median"]
    if row.against:
        return {"itself": {"ratio": own, "target": row.targets["itself"], "met": own <= row.targets["itself"]}}
    for peer in ("crun", "runc", "floor", "own"):
        if peer not in programs:
            continue
        entry = {"ratio": own / programs[peer]["median"]}
        if peer in row.targets:
            target = row.targets[peer]
            entry.update(target=target, met=round(entry["ratio"], 2) <= target)
            floor = programs.get("floor", programs.get("own"))
            if not entry["met"] and floor and peer not in ("floor", "own"):
                entry["floor ratio"] = floor["median"] / programs[peer]["median"]
                entry["out of reach"] = entry["floor ratio"] > target
        result[peer] = entry
    return result


def summarize(samples, others):
    table = []
    for row in rows(others):
        programs = figures(samples, row)
        if programs:
            unit = "" if row.against else UNITS[row.field]
            table.append({"title": row.title, "unit": unit, "programs": programs, "ratios": compare(row, programs)})
    return table


def ratio_cell(entry):
    if entry is None:
        return ""
    text = f"{entry['ratio']:.2f}"
    if "target" in entry:
        verdict = "met" if entry["met"] else "not met"
        text += f" (at most {entry['target']:.2f}: {verdict}"
        if entry.get("out of reach"):
            text += f"; floor ÷ peer itself above it, {entry['floor ratio']:.2f}"
        text += ")"
    return text


def markdown(table):
    compared = (("crun", "apus ÷ crun"), ("floor", "apus ÷ floor"), ("own", "apus ÷ own floor"), ("runc", "apus ÷ runc"))
    heads = ["median (p10 to p90)"] + [HEADINGS[name] for name in PROGRAMS] + [head for _, head in compared]
    lines = ["| " + " | ".join(heads) + " |", "| " + " | ".join(["---"] * len(heads)) + " |"]
    for row in table:
        digits = 1 if row["unit"] == "ms" else 2
        cells = [row["title"] + (f", {row['unit']}" if row["unit"] else "")]
        for name in PROGRAMS:
            value = row["programs"].get(name)
            if not value:
                cells.append("")
            elif value["samples"] == 1:
                cells.append(f"{value['median']:.{digits}f}")
            else:
                cells.append(f"{value['median']:.{digits}f} ({value['p10']:.{digits}f} to {value['p90']:.{digits}f})")
        for peer, _ in compared:
            cells.append(ratio_cell(row["ratios"].get(peer)))
        if "itself" in row["ratios"]:
            entry = row["ratios"]["itself"]
            cells[1 + PROGRAMS.index("apus")] += f" (at most {entry['target']:.2f}: {'met' if entry['met'] else 'not met'})"
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def verdict(table):
    """How many targets are met, and which are not."""
    entries = [(row["title"], peer, entry) for row in table for peer, entry in row["ratios"].items() if "target" in entry]
    missed = [f"{title} ÷ {HEADINGS.get(peer, peer)}: {entry['ratio']:.2f} of {entry['target']:.2f}"
              + (", out of reach" if entry.get("out of reach") else "")
              for title, peer, entry in entries if not entry["met"]]
    text = f"{len(entries) - len(missed)} of {len(entries)} targets met."
    return text + (" Not met: " + "; ".join(missed) + "." if missed else "")
