#!/bin/sh
# Work-tree scans: keyfence beside ripgrep (an absent literal: what reading the tree costs at the least) and
# other scanners, in turn, one table row a run.
#
#   KEYFENCE=target/release/keyfence benches/worktree.sh DIR... >benches/results/worktree-DATE.tsv
#
# Needs GNU time and ripgrep; kingfisher, betterleaks and ripsecrets are run if they are found (or named by
# KINGFISHER, BETTERLEAKS, RIPSECRETS). RUNS is how often each is run (5), after one run that is not
# counted. Columns: tree, tool, run, CPU seconds (user + system), wall seconds, peak RSS in KB, exit code.
set -u
KEYFENCE=${KEYFENCE:-keyfence}
RG=${RG:-rg}
KINGFISHER=${KINGFISHER:-kingfisher}
BETTERLEAKS=${BETTERLEAKS:-betterleaks}
RIPSECRETS=${RIPSECRETS:-ripsecrets}
RUNS=${RUNS:-5}
out=$(mktemp)
trap 'rm -f "$out"' EXIT

measure() { # tree tool run command...
    row=$1 tool=$2 count=$3
    shift 3
    command -v "$1" >/dev/null 2>&1 || return 0
    env time -o "$out" -f '%U %S %e %M %x' -- "$@" >/dev/null 2>&1
    [ "$count" -eq 0 ] && return 0
    tail -n 1 "$out" | awk -v t="$row" -v n="$tool" -v r="$count" \
        '{ printf "%s\t%s\t%d\t%.2f\t%.2f\t%d\t%d\n", t, n, r, $1 + $2, $3, $4, $5 }'
}

echo "# date: $(date -u +%FT%TZ)"
echo "# cpu: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores"
echo "# load: $(cut -d' ' -f1-3 /proc/loadavg)"
echo "# keyfence: $("$KEYFENCE" --version)"
echo "# rg: $("$RG" --version | head -n 1)"
command -v "$KINGFISHER" >/dev/null && echo "# kingfisher: $("$KINGFISHER" --version 2>&1 | head -n 1)"
command -v "$BETTERLEAKS" >/dev/null && echo "# betterleaks: $("$BETTERLEAKS" --version 2>&1 | head -n 1)"
command -v "$RIPSECRETS" >/dev/null && echo "# ripsecrets: $("$RIPSECRETS" --version 2>&1 | head -n 1)"
for tree in "$@"; do
    echo "# $tree: $(find "$tree" -type f | wc -l) files, $(du -sk "$tree" | cut -f1) KB"
done
printf 'tree\ttool\trun\tcpu_s\twall_s\trss_kb\texit\n'
for tree in "$@"; do
    name=$(basename "$tree")
    for run in $(seq 0 "$RUNS"); do
        measure "$name" rg "$run" "$RG" -uu -c zqxjkvwpqzzq "$tree"
        measure "$name" keyfence "$run" "$KEYFENCE" scan --isolated --no-archives -q "$tree"
        measure "$name" kingfisher "$run" "$KINGFISHER" scan "$tree" --no-validate --git-history none \
            --no-update-check --quiet
        measure "$name" betterleaks "$run" "$BETTERLEAKS" fs "$tree"
        measure "$name" ripsecrets "$run" "$RIPSECRETS" "$tree"
    done
done
echo "# load at the end: $(cut -d' ' -f1-3 /proc/loadavg)"
