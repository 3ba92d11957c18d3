# shellcheck shell=sh
# What the scripts beside it share: the programs, the lines on top of a result, one measured run.
#
# Each program is found by its name or named by a variable: KEYFENCE, GIT, RG, KINGFISHER, BETTERLEAKS,
# RIPSECRETS. The others' network checks are off wherever a script runs them.
set -u
KEYFENCE=${KEYFENCE:-keyfence}
GIT=${GIT:-git}
RG=${RG:-rg}
KINGFISHER=${KINGFISHER:-kingfisher}
BETTERLEAKS=${BETTERLEAKS:-betterleaks}
RIPSECRETS=${RIPSECRETS:-ripsecrets}
# Removed at the end.
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# about PROGRAM...: when and where this is measured, and the versions of those that are there.
about() {
    echo "# date: $(date -u +%FT%TZ)"
    echo "# cpu: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores"
    echo "# load: $(cut -d' ' -f1-3 /proc/loadavg)"
    for program in "$@"; do
        command -v "$program" >/dev/null &&
            echo "# $(basename "$program"): $("$program" --version 2>&1 | head -n 1)"
    done
}

# measure SUBJECT TOOL RUN COMMAND...: a row of the subject, the tool, the run, CPU seconds (user + system), wall
# seconds, peak RSS in KB, exit code. None for a program that is not there, or a run below 1, which warms up.
# Needs GNU time.
measure() {
    row=$1 tool=$2 count=$3
    shift 3
    command -v "$1" >/dev/null 2>&1 || return 0
    env time -o "$dir/time" -f '%U %S %e %M %x' -- "$@" >/dev/null 2>&1
    [ "$count" -le 0 ] && return 0
    tail -n 1 "$dir/time" | awk -v t="$row" -v n="$tool" -v r="$count" \
        '{ printf "%s\t%s\t%d\t%.2f\t%.2f\t%d\t%d\n", t, n, r, $1 + $2, $3, $4, $5 }'
}
