#!/usr/bin/env bash
# How long the hooks take on small commits in repositories of three sizes, one run, interleaved; medians in ms:
#   [SIZES="100 5000"] packaging/tests/latency.sh KEYFENCE [RUNS]
# kingfisher, betterleaks, gitleaks, ripsecrets and detect-secrets are measured where they are in PATH.
set -euo pipefail
keyfence=$(realpath "$1")
runs=${2:-11}
# shellcheck source=packaging/tests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

"$python" - "$work" "$keyfence" "$runs" <<'EOF'
import os, random, shutil, statistics, subprocess, sys, time

work, keyfence, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
peers = {
    "keyfence hook": [keyfence, "hook", "--quiet"],
    "git diff --cached --raw": ["git", "diff", "--cached", "--raw"],
    "kingfisher": ["kingfisher", "scan", ".", "--staged", "--no-validate", "--quiet", "--no-update-check"],
    "betterleaks": ["betterleaks", "git", "--staged", "--redact", "."],
    "gitleaks": ["gitleaks", "git", "--pre-commit", "--redact", "--staged", "--no-banner"],
    "ripsecrets": ["ripsecrets"],
    "detect-secrets": ["detect-secrets-hook"],
}
peers = {name: command for name, command in peers.items() if shutil.which(command[0])}
random.seed(1)
print(f"{'files':>7} {'staged':>6}  " + "  ".join(f"{name:>24}" for name in peers))
for files in map(int, os.environ.get("SIZES", "100 5000 100000").split()):
    top = f"{work}/r{files}"
    os.makedirs(top)
    for n in range(files):
        directory = f"{top}/d{n % 200}"
        os.makedirs(directory, exist_ok=True)
        with open(f"{directory}/f{n}.py", "w") as file:
            file.write(f"# module {n}\n" + "".join(f"value_{i} = {random.random()}\n" for i in range(20)))
    def git(*words):
        subprocess.run(["git", *words], cwd=top, check=True, capture_output=True)
    git("init", "-q", "-b", "main")
    # git would collect garbage in the background, and be measured as well.
    git("config", "gc.auto", "0")
    git("add", "-A")
    git("-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "all")
    git("gc", "-q")
    for staged in (1, 5):
        changed = []
        for n in range(staged):
            name = f"d{n}/f{n}.py"
            changed.append(name)
            with open(f"{top}/{name}", "a") as file:
                file.write(f"more_{staged} = {n}\n")
        git("add", "-A")
        times = {name: [] for name in peers}
        for _ in range(runs):
            for name, command in peers.items():
                words = command + (changed if name in ("ripsecrets", "detect-secrets") else [])
                began = time.perf_counter()
                subprocess.run(words, cwd=top, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                times[name].append((time.perf_counter() - began) * 1000)
        print(f"{files:>7} {staged:>6}  " + "  ".join(f"{statistics.median(t):>24.1f}" for t in times.values()), flush=True)
        git("-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "more")
EOF
