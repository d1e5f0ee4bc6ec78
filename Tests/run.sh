#!/usr/bin/env bash
# All tests, from a bare machine: what is missing is installed first.
set -euo pipefail
cd "$(dirname "$0")/.."

Tests/install.sh
swift format lint --strict --recursive Package.swift Sources Tests
swift build --build-tests
# Network namespaces, Docker and nft need root.
if [ "$(id -u)" = 0 ]; then
    exec swift test --skip-build --disable-swift-testing
fi
kept=PATH,HOME,CI,BERTH_REQUIRE_REAL,BERTH_CORPUS,BERTH_SEED
doses=BERTH_E2E_ROUNDS,BERTH_E2E_UPDATES,BERTH_E2E_DEPARTURES,BERTH_E2E_KEPT,BERTH_E2E_KILLS,BERTH_SIMULATION_RUNS
exec sudo --preserve-env="$kept,$doses" "$(command -v swift)" test --skip-build --disable-swift-testing
