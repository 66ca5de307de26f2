#!/usr/bin/env bash
# Half an hour (TSDB_SOAK_MINUTES) of full ingest, queries, merges and deletes; the page is bench/results/soak.md.
set -e
exec dotnet run --no-build -c Release --project bench/Tsdb.Bench.Workload -- \
  soak --minutes "${TSDB_SOAK_MINUTES:-30}" --name soak
