#!/usr/bin/env bash
# A power cut and a failed call at every storage call of TSDB_SEED_COUNT histories (8); the totals go to
# bench/results/cuts.md.
set -uo pipefail
program=artifacts/bin/Tsdb.Simulation/release/Tsdb.Simulation
report=bench/results/cuts.md
seed_count=${TSDB_SEED_COUNT:-8}
output=$(mktemp)
TSDB_CUT_STEP=1 TSDB_SEED_COUNT=$seed_count "$program" -namespace Tsdb.Simulation.Crashes -showLiveOutput \
  | tee "$output"
code=${PIPESTATUS[0]}
total() { grep -oE "$1" "$output" | grep -oE '[0-9]+' | awk '{ sum += $1 } END { print sum + 0 }'; }

if [ ! -f "$report" ]; then
  cat >"$report" <<'TEXT'
# Power cuts and failed calls

Command: `./test.sh --long cuts`; `TSDB_SEED_COUNT` says how many histories.

Short histories of writes, flushes, merges and restarts on the simulated device. The power goes at every storage
call, each time with four outcomes for what was not synced; it goes again at every call of a recovery; every
single call fails while the process lives on (I/O error, no space, half a write). Each time the database must open
twice with exactly the acknowledged batches and, of those in doubt, each wholly or not at all.

| date (UTC) | histories | cuts | cuts of recoveries | failed calls | result |
|---|---:|---:|---:|---:|---|
TEXT
fi
echo "| $(date -u '+%Y-%m-%d %H:%M') | $seed_count | $(total '[0-9]+ cuts, ') | $(total '[0-9]+ cuts of') \
| $(total '[0-9]+ failed calls') | $([ "$code" -eq 0 ] && echo all hold || echo FAILED) |" >>"$report"
rm -f "$output"
exit "$code"
