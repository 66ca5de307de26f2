#!/usr/bin/env bash
# 200 rounds of kill -9 while writing; the totals go to bench/results/kill.md.
exec artifacts/bin/Tsdb.Bench.Workload/release/Tsdb.Bench.Workload kill --rounds 200 --append
