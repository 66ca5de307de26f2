#!/usr/bin/env bash
# 200 rounds of kill -9 while writing, then 200 with flushes and merges under way; the totals go to
# bench/results/kill.md.
set -e
artifacts/bin/Tsdb.Bench.Workload/release/Tsdb.Bench.Workload kill --rounds 200 --append
TSDB_KILL_ROUNDS=200 TSDB_KILL_REPORT=$PWD/bench/results/kill.md exec \
  artifacts/bin/Tsdb.EndToEnd/release/Tsdb.EndToEnd -class Tsdb.EndToEnd.Kills.KillTests
