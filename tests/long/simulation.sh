#!/usr/bin/env bash
# Histories on one thread, each decided by its seed: TSDB_SEED_COUNT of them (20000) from TSDB_SEED_FROM, by default
# where bench/results/simulation.md ends. Appends the range and the running total there; failing seeds are listed.
set -uo pipefail
program=artifacts/bin/Tsdb.Simulation/release/Tsdb.Simulation
report=bench/results/simulation.md
if [ ! -f "$report" ]; then
  cat >"$report" <<'TEXT'
# Seeded histories

Command: `./test.sh --long simulation`; `TSDB_SEED_FROM` and `TSDB_SEED_COUNT` say which.

Each history runs on one thread with a clock of its own: the order of all workers' steps, writes, deletes, flushes,
merges, restarts, power cuts (also within recoveries), failing calls, full disks, clock jumps and flipped bits come
from its seed. What is read at any moment, and after each crash twice, is compared with a sorted dictionary. A seed
alone: `TSDB_SEED=N artifacts/bin/Tsdb.Simulation/release/Tsdb.Simulation -class '*SeededHistoryTests'`.

| date (UTC) | commit | from | to | histories | crashes | faults | minutes | result | histories so far |
|---|---|---:|---:|---:|---:|---:|---:|---|---:|
TEXT
fi

# column N: of the rows of the table.
column() { grep -E '^\| [0-9]{4}-' "$report" | awk -F'|' -v n="$1" '{ gsub(/ /, "", $n); print $n }'; }
highest=$(column 5 | sort -n | tail -1)
from=${TSDB_SEED_FROM:-$((${highest:-0} + 1))}
count=${TSDB_SEED_COUNT:-20000}
so_far=$(column 6 | awk '{ sum += $1 } END { print sum + 0 }')

output=$(mktemp)
begin=$EPOCHSECONDS
TSDB_SEED_FROM=$from TSDB_SEED_COUNT=$count "$program" -showLiveOutput \
  -method '*SeededHistoryTests.No_history_loses_or_invents_a_row' | tee "$output"
code=${PIPESTATUS[0]}
total() { grep -oE "[0-9]+ $1" "$output" | head -1 | grep -oE '^[0-9]+'; }
if ! total histories >/dev/null; then
  echo "the run gave no totals: nothing is added to $report"
  rm -f "$output"
  exit 1
fi

failing=$(grep -oE 'HistoryFailedException: seed [0-9]+' "$output" | grep -oE '[0-9]+$' | sort -nu | xargs)
result="all hold"
[ "$code" -eq 0 ] || result="FAILED: ${failing:-see the output}"
minutes=$(awk -v s=$((EPOCHSECONDS - begin)) 'BEGIN { printf "%.1f", s / 60 }')
echo "| $(date -u '+%Y-%m-%d %H:%M') | $(git rev-parse --short HEAD) | $from | $((from + count - 1)) \
| $(total histories) | $(total crashes) | $(total faults) | $minutes | $result | $((so_far + $(total histories))) |" \
  >>"$report"
rm -f "$output"
exit "$code"
