#!/usr/bin/env bash
# 200 rounds of kill -9 on the real server, writers, flushes and merges under way; the total goes to
# bench/results/kill.md.
set -e
TSDB_KILL_ROUNDS=200 TSDB_KILL_REPORT=$PWD/bench/results/kill.md exec \
  artifacts/bin/Tsdb.EndToEnd/release/Tsdb.EndToEnd -class Tsdb.EndToEnd.Kills.KillTests
