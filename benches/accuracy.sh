#!/bin/sh
# What each scanner finds in the set that tests/accuracy.rs makes of the whole rule pack: a table row a tool and domain.
#
#   KEYFENCE_ACCURACY=/tmp/set cargo test --test accuracy
#   KEYFENCE=target/release/keyfence benches/accuracy.sh /tmp/set >benches/results/DATE-accuracy.tsv
#
# Needs python3. betterleaks, credsweeper, detect-secrets, kingfisher and ripsecrets are run if they are found (or named
# by BETTERLEAKS, CREDSWEEPER, DETECT_SECRETS, KINGFISHER, RIPSECRETS), with their network checks off and all else as
# it comes. By line, since not every tool tells the value:
#   found    secrets on whose line, or the first of whose lines, something is reported
#   named    those of them that are reported there under a word of their provider's name
#   joined   credentials of several parts that one finding covers, of all such credentials
#   alarms   files without a credential in which something is reported, of all such files
set -u
set_dir=${1:?the folder that KEYFENCE_ACCURACY named}
KEYFENCE=$(realpath "${KEYFENCE:-$(command -v keyfence)}")
BETTERLEAKS=${BETTERLEAKS:-betterleaks}
CREDSWEEPER=${CREDSWEEPER:-credsweeper}
DETECT_SECRETS=${DETECT_SECRETS:-detect-secrets}
KINGFISHER=${KINGFISHER:-kingfisher}
RIPSECRETS=${RIPSECRETS:-ripsecrets}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$set_dir/set" || exit 2

has() { command -v "$1" >/dev/null 2>&1; }

echo "# date: $(date -u +%Y-%m-%dT%H:%M:%SZ)"
run() {
    # run NAME TOOL WORD...: the tool writes its report to $dir/NAME or to standard output.
    name=$1 tool=$2
    shift 2
    has "$tool" || return
    echo "# $name: $("$tool" --version 2>/dev/null | head -1)"
    "$tool" "$@" >"$dir/$name.out" 2>/dev/null
    [ -f "$dir/$name" ] || mv "$dir/$name.out" "$dir/$name"
}
run keyfence "$KEYFENCE" scan --no-ignore --isolated --format json .
run betterleaks "$BETTERLEAKS" . --no-banner -o "$dir/betterleaks.json"
[ -f "$dir/betterleaks.json" ] && mv "$dir/betterleaks.json" "$dir/betterleaks"
run credsweeper "$CREDSWEEPER" --path . --no-stdout --save-json "$dir/credsweeper"
run detect-secrets "$DETECT_SECRETS" scan --all-files --no-verify .
run kingfisher "$KINGFISHER" scan . --git-history none --no-validate --no-update-check --format jsonl
run ripsecrets "$RIPSECRETS" .

python3 - "$set_dir" "$dir" <<'PY'
import base64, json, os, re, sys

root, out = sys.argv[1:]
with open(os.path.join(root, "truth.jsonl"), encoding="utf-8") as file:
    truth = [json.loads(line) for line in file]


def load(name):
    with open(os.path.join(out, name), encoding="utf-8", errors="replace") as file:
        return file.read()


# Of each finding its label, its path and its lines.
def keyfence(text):
    for finding in json.loads(text)["findings"]:
        for place in finding["places"]:
            lines = set()
            for span in place["spans"]:
                lines.update(range(span["line"], span["end_line"] + 1))
            yield finding["rule"] + " " + finding["provider"], place["path"], lines


def betterleaks(text):
    for finding in json.loads(text)["findings"]:
        place = finding["location"]
        yield finding["rule_id"], place["path"], set(range(place["start_line"], place["end_line"] + 1))


def credsweeper(text):
    for finding in json.loads(text):
        lines = finding["line_data_list"]
        yield finding["rule"], lines[0]["path"], {line["line_num"] for line in lines}


def detect_secrets(text):
    for path, findings in json.loads(text)["results"].items():
        for finding in findings:
            yield finding["type"], path, {finding["line_number"]}


def kingfisher(text):
    for line in text.splitlines():
        record = json.loads(line) if line.startswith("{") else {}
        finding = record.get("finding", record)
        path = finding.get("path") or finding.get("file_path")
        if path:
            rule = record.get("rule", {})
            yield f"{rule.get('name')} {rule.get('id')}", path, {int(finding.get("line", 0))}


def ripsecrets(text):
    for path, line in re.findall(r"^(.+?):(\d+):", text, re.M):
        yield "", path, {int(line)}


READERS = {
    "keyfence": keyfence,
    "betterleaks": betterleaks,
    "credsweeper": credsweeper,
    "detect-secrets": detect_secrets,
    "kingfisher": kingfisher,
    "ripsecrets": ripsecrets,
}


def letters(text):
    return re.sub("[^a-z0-9]", "", text.lower())


def where(lines, secret):
    """The lines that hold a secret, as it is, escaped or in base64."""
    head = secret.strip().splitlines()[0]
    forms = {head, head.replace("&", "&amp;").replace('"', "&quot;")}
    forms.add(base64.b64encode(secret.encode()).decode()[:24])
    return {n for n, line in enumerate(lines, 1) if any(form in line for form in forms)}


cases = []
for case in truth:
    with open(os.path.join(root, "set", case["path"]), encoding="utf-8") as file:
        lines = file.read().splitlines()
    secrets = [where(lines, secret) for secret in case["secrets"]]
    parts = [where(lines, part) for part in case["parts"]]
    words = [letters(word) for word in re.findall(r"[\w.]{3,}", case["provider"])]
    cases.append((case["path"], case["domain"], words, secrets, parts))

COLUMNS = ("found", "secrets", "named", "joined", "of several parts", "alarms", "quiet files")
print("tool", "domain", *COLUMNS, sep="\t")
for tool, read in READERS.items():
    if not os.path.exists(os.path.join(out, tool)):
        continue
    reports = {}
    try:
        for label, path, lines in read(load(tool)):
            path = os.path.normpath(path)
            path = path[path.rfind("set/") + 4 :] if "set/" in path else path
            reports.setdefault(path, []).append((letters(label), lines))
    except (ValueError, KeyError) as problem:
        print(f"# {tool}: no report to read: {problem!r}")
        continue
    table = {}
    for path, domain, words, secrets, parts in cases:
        here = reports.get(path, [])
        row = dict.fromkeys(COLUMNS, 0)
        row["secrets"] = len(secrets)
        for own in secrets:
            hits = [label for label, lines in here if lines & own]
            row["found"] += bool(hits)
            row["named"] += any(word in label for label in hits for word in words)
        if len(parts) > 1:
            row["of several parts"] = 1
            row["joined"] = int(any(all(lines & part for part in parts) for _, lines in here))
        if not secrets:
            row["quiet files"] = 1
            row["alarms"] = int(bool(here))
        for key in (domain, "all"):
            sums = table.setdefault(key, dict.fromkeys(COLUMNS, 0))
            for column in COLUMNS:
                sums[column] += row[column]
    for domain, sums in sorted(table.items()):
        print(tool, domain, *(sums[column] for column in COLUMNS), sep="\t")
PY
