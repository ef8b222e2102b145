"""The table as a picture: for each measure a bar of each program, crun's as long as 1, and a mark at the target."""

import html

COLOURS = {"floor": "#b8b8b8", "own": "#8a8a8a", "apus": "#1f6feb", "crun": "#d29922", "runc": "#8957e5"}
NAMES = {"floor": "floor", "own": "own floor", "apus": "apus", "crun": "crun", "runc": "runc"}
LEFT, UNIT, BAR, GAP, TOP = 330, 280, 8, 12, 64
MOST = 1.75


def svg(table, note):
    parts = []
    y = TOP
    for row in table:
        programs = row["programs"]
        if "crun" not in programs or "apus" not in programs or not row["unit"]:
            continue
        base = programs["crun"]["median"]
        title = html.escape(row["title"].replace("`", ""))
        shown = [name for name in NAMES if name in programs]
        height = BAR * len(shown)
        parts.append(f'<text x="{LEFT - 10}" y="{y + height / 2 + 4}" text-anchor="end">{title}</text>')
        for index, name in enumerate(shown):
            value = programs[name]["median"]
            share = value / base
            top = y + index * BAR
            width = min(share, MOST) * UNIT
            digits = 1 if row["unit"] == "ms" else 2
            label = f"{value:.{digits}f} {row['unit']}" + (" →" if share > MOST else "")
            parts.append(f'<rect x="{LEFT}" y="{top}" width="{width:.1f}" height="{BAR - 1}" fill="{COLOURS[name]}"/>')
            parts.append(f'<text x="{LEFT + width + 4:.1f}" y="{top + BAR - 1}" class="small">{label}</text>')
        target = row["ratios"].get("crun", {}).get("target")
        if target is not None:
            x = LEFT + target * UNIT
            met = row["ratios"]["crun"]["met"]
            parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y - 3}" y2="{y + height + 1}" '
                         f'stroke="{"#1a7f37" if met else "#cf222e"}" stroke-width="2"/>')
        y += height + GAP
    legend = []
    x = LEFT
    for name, label in NAMES.items():
        legend.append(f'<rect x="{x}" y="34" width="10" height="10" fill="{COLOURS[name]}"/>'
                      f'<text x="{x + 14}" y="43">{label}</text>')
        x += 30 + 8 * len(label)
    legend.append(f'<text x="{x}" y="43">| target ÷ crun, green: met</text>')
    width, height = LEFT + int(MOST * UNIT) + 90, y + 12
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        "<style>text{font:12px sans-serif;fill:#1f2328}.small{font-size:8px;fill:#57606a}</style>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *(f'<text x="12" y="{12 + 10 * index}" class="small">{html.escape(line)}</text>'
          for index, line in enumerate(lines_of(note))), *legend, *parts, "</svg>", ""])


def lines_of(note, most=170):
    """The note on lines that fit."""
    lines = [""]
    for word in note.split(" "):
        if len(lines[-1]) + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
