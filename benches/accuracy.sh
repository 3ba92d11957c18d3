#!/bin/sh
# What each scanner finds in the set that tests/accuracy.rs makes of the whole rule pack: one table row a tool.
#
#   KEYFENCE_ACCURACY=/tmp/set cargo test --test accuracy
#   KEYFENCE=target/release/keyfence benches/accuracy.sh /tmp/set >benches/results/accuracy-DATE.tsv
#
# Needs python3. betterleaks, kingfisher, detect-secrets and ripsecrets are run if they are found (or named by
# BETTERLEAKS, KINGFISHER, DETECT_SECRETS, RIPSECRETS), with their network checks off. A secret is found when
# the tool reports a line that holds it, or the first of its lines: by line, since not every tool tells the
# value. Columns: tool, secrets found, secrets in all, files without a credential with a report, such files in all.
set -u
set_dir=${1:?the folder that KEYFENCE_ACCURACY named}
KEYFENCE=${KEYFENCE:-keyfence}
BETTERLEAKS=${BETTERLEAKS:-betterleaks}
KINGFISHER=${KINGFISHER:-kingfisher}
DETECT_SECRETS=${DETECT_SECRETS:-detect-secrets}
RIPSECRETS=${RIPSECRETS:-ripsecrets}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$set_dir/set" || exit 2

has() { command -v "$1" >/dev/null 2>&1; }

has "$KEYFENCE" && "$KEYFENCE" scan --no-ignore --isolated --format json . >"$dir/keyfence" 2>/dev/null
has "$BETTERLEAKS" && "$BETTERLEAKS" . --no-banner -o "$dir/betterleaks.json" >/dev/null 2>&1 &&
    true
[ -f "$dir/betterleaks.json" ] && mv "$dir/betterleaks.json" "$dir/betterleaks"
has "$KINGFISHER" && "$KINGFISHER" scan . --git-history none --no-validate --no-update-check --format jsonl \
    >"$dir/kingfisher" 2>/dev/null
has "$DETECT_SECRETS" && "$DETECT_SECRETS" scan --all-files --no-verify . >"$dir/detect-secrets" 2>/dev/null
has "$RIPSECRETS" && "$RIPSECRETS" . >"$dir/ripsecrets" 2>/dev/null

python3 - "$set_dir" "$dir" <<'PY'
import json, os, re, sys

root, out = sys.argv[1:]
truth = [json.loads(line) for line in open(os.path.join(root, "truth.jsonl"), encoding="utf-8")]


def load(name):
    with open(os.path.join(out, name), encoding="utf-8", errors="replace") as file:
        return file.read()


def keyfence(text):
    for finding in json.loads(text)["findings"]:
        for place in finding["places"]:
            for span in place["spans"]:
                yield place["path"], span["line"], span["end_line"]


def betterleaks(text):
    for finding in json.loads(text)["findings"]:
        place = finding["location"]
        yield place["path"], place["start_line"], place["end_line"]


def kingfisher(text):
    for line in text.splitlines():
        if line.startswith("{"):
            finding = json.loads(line)
            finding = finding.get("finding", finding)
            path = finding.get("path") or finding.get("file_path") or ""
            yield path, int(finding.get("line", 0)), int(finding.get("line", 0))


def detect_secrets(text):
    for path, findings in json.loads(text)["results"].items():
        for finding in findings:
            yield path, finding["line_number"], finding["line_number"]


def ripsecrets(text):
    for path, line in re.findall(r"^(.+?):(\d+):", text, re.M):
        yield path, int(line), int(line)


readers = {
    "keyfence": keyfence,
    "betterleaks": betterleaks,
    "kingfisher": kingfisher,
    "detect-secrets": detect_secrets,
    "ripsecrets": ripsecrets,
}
cases = {}
for case in truth:
    with open(os.path.join(root, "set", case["path"]), encoding="utf-8") as file:
        cases[case["path"]] = (case, file.read().splitlines())


def where(lines, secret):
    """The lines that hold a secret, as it is, escaped or in base64."""
    import base64

    head = secret.strip().splitlines()[0]
    forms = {head, head.replace("&", "&amp;").replace('"', "&quot;")}
    forms.add(base64.b64encode(secret.encode()).decode()[:24])
    return [n for n, line in enumerate(lines, 1) if any(form in line for form in forms)]


for tool, read in readers.items():
    if not os.path.exists(os.path.join(out, tool)):
        continue
    reported = {}
    try:
        for path, start, end in read(load(tool)):
            path = os.path.normpath(path)
            path = path[path.rfind("set/") + 4 :] if "set/" in path else path
            reported.setdefault(path, set()).update(range(start, end + 1))
    except (ValueError, KeyError) as problem:
        print(f"# {tool}: no report to read: {problem!r}")
        continue
    found = every = alarms = quiet = 0
    for path, (case, lines) in cases.items():
        hit = reported.get(path, set())
        if not case["secrets"]:
            quiet += 1
            alarms += bool(hit)
        for secret in case["secrets"]:
            every += 1
            found += any(line in hit for line in where(lines, secret))
    print(f"{tool}\t{found}\t{every}\t{alarms}\t{quiet}")
PY
