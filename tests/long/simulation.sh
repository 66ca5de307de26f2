#!/usr/bin/env bash
# Histories on one thread, each decided by its seed: TSDB_SEED_COUNT of them (20000) from TSDB_SEED_FROM, by default
# where bench/results/simulation.md ends, TSDB_JOBS at a time (one a core). Appends each thousand and the running total
# there, so that a run that is stopped goes on where it was; failing seeds are listed.
set -uo pipefail
program=artifacts/bin/Tsdb.Simulation/release/Tsdb.Simulation
report=bench/results/simulation.md
chunk=1000
if [ ! -f "$report" ]; then
  cat >"$report" <<'TEXT'
# Seeded histories

Command: `./test.sh --long simulation`; `TSDB_SEED_FROM` and `TSDB_SEED_COUNT` say which, `TSDB_JOBS` how many at a time.

Each history runs on one thread with a clock of its own: the order of all workers' steps, writes, deletes, dropped
tables, flushes, merges, restarts, power cuts (also within recoveries), failing calls, full disks, clock jumps and
flipped bits come from its seed. What is read at any moment, and after each crash twice, is compared with a sorted
dictionary: rows that were acknowledged and are not there, rows that are there and nobody wrote, and rows in another
order than that of their commits are findings. A seed alone:
`TSDB_SEED=N artifacts/bin/Tsdb.Simulation/release/Tsdb.Simulation -class '*SeededHistoryTests'`.

Faults are failed syncs, other failed calls, full disks, short writes, lost sectors and names, torn and reordered
writes, and flipped bits, each counted alone in the run's output.

| date (UTC) | commit | from | to | histories | rows acknowledged | power cuts | faults | CPU s | result | histories so far |
|---|---|---:|---:|---:|---:|---:|---:|---:|---|---:|
TEXT
fi

# column N: of the rows of the table.
column() { grep -E '^\| [0-9]{4}-' "$report" | awk -F'|' -v n="$1" '{ gsub(/ /, "", $n); print $n }'; }

# total NAME...: the sum of what a run counted under these names.
total() {
  local name sum=0
  for name in "$@"; do sum=$((sum + $(grep -oE "[0-9]+ $name\b" "$output" | head -1 | grep -oE '^[0-9]+' || echo 0))); done
  echo "$sum"
}

run() { # run FROM COUNT
  local code=0 so_far failing result
  TIMEFORMAT='%U %S'
  { time TSDB_SEED_FROM=$1 TSDB_SEED_COUNT=$2 "$program" -showLiveOutput \
    -method '*SeededHistoryTests.No_history_loses_or_invents_a_row' >"$output"; } 2>"$times" || code=$?
  grep -a 'histories,' "$output" | head -1
  if [ "$(total histories)" -eq 0 ]; then
    echo "the run gave no totals: nothing is added to $report"
    return 1
  fi

  failing=$(grep -aoE 'HistoryFailedException: seed [0-9]+' "$output" | grep -oE '[0-9]+$' | sort -nu | xargs)
  result="all hold"
  [ "$code" -eq 0 ] || result="FAILED: ${failing:-see the output}"
  so_far=$(column 6 | awk '{ sum += $1 } END { print sum + 0 }')
  echo "| $(date -u '+%Y-%m-%d %H:%M') | $(git rev-parse --short HEAD) | $1 | $(($1 + $2 - 1)) | $(total histories) \
| $(total AcknowledgedRow) | $(total PowerCut PowerCutInRecovery) \
| $(total IoError FailedSync OutOfSpace ShortWrite LostSector LostName TornWrite ReorderedSectors FlippedBit) \
| $(awk 'END { printf "%.0f", $1 + $2 }' "$times") | $result | $((so_far + $(total histories))) |" >>"$report"
  return "$code"
}

output=$(mktemp)
times=$(mktemp)
trap 'rm -f "$output" "$times"' EXIT
highest=$(column 5 | sort -n | tail -1)
from=${TSDB_SEED_FROM:-$((${highest:-0} + 1))}
left=${TSDB_SEED_COUNT:-20000}
status=0
while [ "$left" -gt 0 ]; do
  count=$((left < chunk ? left : chunk))
  run "$from" "$count" || status=1
  from=$((from + count))
  left=$((left - count))
done
exit "$status"
