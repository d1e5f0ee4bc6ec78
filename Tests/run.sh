#!/usr/bin/env bash
# All tests, from a bare machine: what is missing is installed first.
#
# A third of the cases on a whole Docker host run on a newer Docker, too: those whose outcome is up to
# Docker's networks, images, containers and restarts.
set -euo pipefail
cd "$(dirname "$0")/.."

newer='EndToEndTests.((Address|Adoption|AdoptionNeighbour|IPv6|Image|Isolation|Key|Ownership|Port|Reboot|Rights|Service|Takeover|Update|Writer)Tests|DepartureTests/.*Resets)|DockerEngineTests.Real'
kept=PATH,HOME,XDG_CACHE_HOME,CI,BERTH_REQUIRE_REAL,BERTH_CORPUS,BERTH_SEED,DOCKER_MIN_API_VERSION
kept+=,BERTH_TEST_ENGINE,BERTH_TEST_NFT,BERTH_TEST_IPTABLES,BERTH_TEST_LIVE_RESTORE,BERTH_TEST_DOCKERD
kept+=,BERTH_E2E_ROUNDS,BERTH_E2E_UPDATES,BERTH_E2E_DEPARTURES,BERTH_E2E_KEPT,BERTH_E2E_KILLS,BERTH_E2E_ADOPTION_KILLS,BERTH_E2E_ADOPTION_CALLS,BERTH_KEPT_CONNECTIONS,BERTH_SIMULATION_RUNS
run_tests() { # OPTION…: as root, who alone has network namespaces, Docker and nft
    local run=()
    [ "$(id -u)" = 0 ] || run=(sudo --preserve-env="$kept")
    "${run[@]}" "$(command -v swift)" test --skip-build --disable-swift-testing "$@"
}

Tests/install.sh
Tests/engines.sh 28 || [ "${BERTH_REQUIRE_REAL:-}" != 1 ] # or what needs it says so and is skipped
swift format lint --strict --recursive Package.swift Sources Tests
swift build --build-tests
BERTH_TEST_ENGINE=28 run_tests --filter "$newer"
run_tests
