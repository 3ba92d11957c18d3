#!/bin/sh
# Work-tree scans: keyfence beside ripgrep (an absent literal: what reading the tree costs at the least) and
# other scanners, in turn, one table row a run.
#
#   KEYFENCE=target/release/keyfence benches/worktree.sh DIR... >benches/results/worktree-DATE.tsv
#
# Needs GNU time and ripgrep; kingfisher, betterleaks and ripsecrets are run if they are found (or named by
# KINGFISHER, BETTERLEAKS, RIPSECRETS). RUNS is how often each is run (5), after one run that is not
# counted. Columns: tree, tool, run, CPU seconds (user + system), wall seconds, peak RSS in KB, exit code.
# shellcheck source=benches/lib.sh
. "$(dirname "$0")/lib.sh"
RUNS=${RUNS:-5}

about "$KEYFENCE" "$RG" "$KINGFISHER" "$BETTERLEAKS" "$RIPSECRETS"
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
