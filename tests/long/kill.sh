#!/usr/bin/env bash
# TSDB_KILL_ROUNDS (200) rounds of kill -9 on the real server, writers, flushes and merges under way; the total goes to
# bench/results/kill.md, and the next run takes the next seed.
set -e
report=$PWD/bench/results/kill.md
seed=${TSDB_SEED:-$(($(grep -cE '^\| [0-9]{4}-' "$report" 2>/dev/null) + 1))}
TSDB_SEED=$seed TSDB_KILL_ROUNDS=${TSDB_KILL_ROUNDS:-200} TSDB_KILL_REPORT=$report exec \
  artifacts/bin/Tsdb.EndToEnd/release/Tsdb.EndToEnd -class Tsdb.EndToEnd.Kills.KillTests
