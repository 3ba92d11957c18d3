#!/bin/sh
# From start to result on a file of one line: keyfence beside other scanners, in turn. One run is below the
# clock's resolution for CPU time, so the wall time of each run is taken in milliseconds, and the CPU time
# over all runs of a tool.
#
#   KEYFENCE=target/release/keyfence benches/startup.sh >benches/results/startup-DATE.tsv
#
# Variables as in worktree.sh; RUNS is 50. Columns: tool, runs, wall ms (minimum, median, maximum), CPU ms a
# run.
# shellcheck source=benches/lib.sh
. "$(dirname "$0")/lib.sh"
RUNS=${RUNS:-50}
printf 'timeout = 30  # seconds until the order book is asked for again\n' >"$dir/settings.py"

starts() { # tool command...
    tool=$1
    shift
    command -v "$1" >/dev/null 2>&1 || return 0
    "$@" >/dev/null 2>&1
    : >"$dir/walls"
    before=$(awk '{ print $16 + $17 }' "/proc/$$/stat")
    for _ in $(seq "$RUNS"); do
        start=$(date +%s%N)
        "$@" >/dev/null 2>&1
        end=$(date +%s%N)
        echo $(((end - start) / 1000)) >>"$dir/walls"
    done
    after=$(awk '{ print $16 + $17 }' "/proc/$$/stat")
    # The children's time holds `date` and `seq` too: under half a millisecond each.
    sort -n "$dir/walls" | awk -v t="$tool" -v c=$((after - before)) -v hz="$(getconf CLK_TCK)" '
        { w[NR] = $1 / 1000 }
        END { printf "%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f\n", t, NR, w[1], w[int((NR + 1) / 2)], w[NR], c * 1000 / hz / NR }'
}

about "$KEYFENCE" "$RG" "$KINGFISHER" "$BETTERLEAKS" "$RIPSECRETS"
printf 'tool\truns\twall_min_ms\twall_median_ms\twall_max_ms\tcpu_ms\n'
starts true /bin/true
starts rg "$RG" -uu -c zqxjkvwpqzzq "$dir/settings.py"
starts keyfence "$KEYFENCE" scan --isolated -q "$dir/settings.py"
starts kingfisher "$KINGFISHER" scan "$dir/settings.py" --no-validate --git-history none --no-update-check --quiet
starts betterleaks "$BETTERLEAKS" fs "$dir/settings.py"
starts ripsecrets "$RIPSECRETS" "$dir/settings.py"
