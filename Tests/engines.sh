#!/usr/bin/env bash
# Newer Dockers for the tests, fetched from the machine's own Debian mirror, beside its own Docker.
#
#   Tests/engines.sh [26] [28]         fetches engines, both by default, and prints their versions
#   Tests/engines.sh matrix [FILTER [ROWS [LANES]]]
#                                      runs tests, all end-to-end cases by default, on every engine
#                                      with every choice, and prints a table: for a release, and
#                                      built like one. FILTER and ROWS, extended regular expressions,
#                                      choose tests and rows; LANES rows run at a time, 1 by default
#
# An engine is a folder in the user's cache with a Debian suite's Docker, Compose, nft and iptables
# and the libraries that they need. Nothing is installed on the machine. What was fetched once is
# not fetched again; remove the folder to get what the mirror has now.
set -euo pipefail
cd "$(dirname "$0")/.."

cache=${XDG_CACHE_HOME:-$HOME/.cache}/berth-engines
fail() { printf 'engines: %s\n' "$*" >&2; exit 1; }

suite_of() { # ENGINE: the Debian suite that has it
    case $1 in
        26) echo trixie ;;
        28) echo sid ;;
        *) fail "no engine is called $1; there are 26 and 28" ;;
    esac
}

# ---------------------------------------------------------------- fetching
# The machine's own source with another suite in its place: the same mirror, and the same keys.
source_of() { # SUITE FOLDER: writes it into the folder
    local own file number
    command -v apt-get > /dev/null || fail "this machine has no apt"
    own=$(. /etc/os-release && echo "${VERSION_CODENAME:-none}")
    read -r file number < <(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(SOURCESENTRY)' \
        | sed -n "s/^$own main \(.*\):\([0-9]*\)$/\1 \2/p") \
        || fail "apt has no source of Debian's on this machine ($own)"
    if [ "${file%.sources}" != "$file" ]; then
        sed '/^#/d' "$file" | awk -v number="$number" 'BEGIN { RS = "" } NR == number' \
            | sed -E "s/^Types:.*/Types: deb/; s/^Suites:.*/Suites: $1/; s/^Components:.*/Components: main/" \
            > "$2/own.sources"
    else
        sed -nE "${number}s/^(deb[[:space:]]+(\[[^]]*\][[:space:]]+)?[^[:space:]]+).*/\1 $1 main/p" \
            "$file" > "$2/own.list"
    fi
}

# An apt of its own: nothing of the machine's lists, archives and installed packages is used, so
# that the libraries come along.
apt_of() { # SUITE FOLDER
    mkdir -p "$2"/{sources,state/lists/partial,archives/partial}
    : > "$2/state/status"
    source_of "$1" "$2/sources"
    cat > "$2/apt.conf" << END_OF_CONFIGURATION
Dir::State "$2/state";
Dir::State::status "$2/state/status";
Dir::Cache "$2";
Dir::Cache::archives "$2/archives";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$2/sources";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
APT::Update::Error-Mode "any";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
END_OF_CONFIGURATION
}

fetch() { # ENGINE
    local suite new package packages=(docker.io docker-cli docker-compose nftables iptables procps dash)
    suite=$(suite_of "$1")
    rm -rf "$cache/$1".* # of a run that was killed
    new=$(mktemp -d "$cache/$1.XXXXXX")
    trap 'rm -rf "$new"' EXIT
    apt_of "$suite" "$new/apt"
    export APT_CONFIG=$new/apt/apt.conf
    printf 'Fetching engine %s from %s\n' "$1" "$suite" >&2
    apt-get update -qq || fail "the mirror's $suite cannot be read"
    # docker-cli is part of docker.io where it is not a package.
    apt-cache show docker-cli > /dev/null 2>&1 || packages=("${packages[@]/docker-cli/}")
    apt-get install -qq -y --download-only ${packages[@]} > /dev/null \
        || fail "$suite's Docker cannot be fetched"
    for package in "$new"/apt/archives/*.deb; do dpkg-deb -x "$package" "$new"; done
    unset APT_CONFIG
    for package in docker.io docker-compose nftables iptables; do
        dpkg-deb -W --showformat '${Package} ${Version}\n' "$new"/apt/archives/"$package"_*.deb
    done > "$new/versions"
    rm -rf "$new/apt"
    write_programs "$new" "$cache/$1"
    chmod 755 "$new"
    mv "$new" "$cache/$1"
    trap - EXIT
}

# ---------------------------------------------------------------- running
# Writes scripts to be found through PATH: in bin, and in one folder for each kind of iptables.
write_programs() { # FOLDER, and where it is going to be
    local loader program kind
    loader=$(cd "$1" && ls usr/lib/*-linux-gnu/ld-linux-*.so.* | head -n 1)
    mkdir "$1"/bin "$1"/nft "$1"/iptables-{nft,legacy}
    write_program "$1/bin/docker" "$2" "$loader" usr/bin/docker
    write_program "$1/bin/docker-compose" "$2" "$loader" usr/bin/docker-compose
    write_program "$1/nft/nft" "$2" "$loader" usr/sbin/nft
    for kind in nft legacy; do
        for program in ip{,6}tables; do
            write_program "$1/iptables-$kind/$program" "$2" "$loader" "usr/sbin/$program-$kind"
        done
    done
    # dockerd and its like start themselves and each other by path, so they see their suite's /usr
    # in place of the machine's. All other mounts are common.
    cat > "$1/bin/dockerd" << END_OF_SCRIPT
#!/bin/sh
exec unshare --mount --propagation unchanged sh -c '
    mount --make-slave / && { ! mountpoint -q /usr || mount --make-slave /usr; } &&
    mount --bind "\$0/usr" /usr && exec /usr/sbin/dockerd "\$@"' '$2' "\$@"
END_OF_SCRIPT
    chmod 755 "$1"/{bin,nft,iptables-nft,iptables-legacy}/*
}

write_program() { # FILE FOLDER LOADER PROGRAM: runs it with the libraries that came along
    cat > "$1" << END_OF_SCRIPT
#!/bin/sh
export XTABLES_LIBDIR='$2/${3%/*}/xtables'
exec '$2/$3' --library-path '$2/${3%/*}' '$2/$4' "\$@"
END_OF_SCRIPT
}

# The machine's own Docker has only what its alternatives do not choose.
link_own() {
    local program kind
    mkdir -p "$cache"/20/iptables-{nft,legacy}
    for kind in nft legacy; do
        for program in ip{,6}tables; do
            ln -sfn "/usr/sbin/$program-$kind" "$cache/20/iptables-$kind/$program"
        done
    done
}

prepare() { # ENGINE…
    local engine
    mkdir -p "$cache"
    (
        flock 9
        link_own
        for engine; do
            [ -d "$cache/$engine" ] || fetch "$engine"
            printf 'engine %s in %s: %s\n' "$engine" "$cache/$engine" \
                "$(paste -sd , "$cache/$engine/versions" | sed 's/,/, /g')"
        done
    ) 9> "$cache/lock"
}

# ---------------------------------------------------------------- the matrix
# Every choice stands on every engine that knows it. Docker 20.10 speaks no API 1.44.
rows=(
    "20                   |"
    "20 legacy, no proxy  |BERTH_TEST_IPTABLES=legacy BERTH_TEST_DOCKERD=--userland-proxy=false"
    "20 nft of 28, ending |BERTH_TEST_NFT=28 BERTH_TEST_LIVE_RESTORE=off"
    "26                   |"
    "26 legacy, no proxy  |BERTH_TEST_IPTABLES=legacy BERTH_TEST_DOCKERD=--userland-proxy=false"
    "26 nft of 20, ending |BERTH_TEST_NFT=20 BERTH_TEST_LIVE_RESTORE=off"
    "26 nft of 28, 1.44   |BERTH_TEST_NFT=28 DOCKER_MIN_API_VERSION=1.44"
    "28                   |"
    "28 legacy, no proxy  |BERTH_TEST_IPTABLES=legacy BERTH_TEST_DOCKERD=--userland-proxy=false"
    "28 nft of 20, ending |BERTH_TEST_NFT=20 BERTH_TEST_LIVE_RESTORE=off"
    "28 min API 1.44      |DOCKER_MIN_API_VERSION=1.44"
)

matrix() { # FILTER ROWS LANES
    local row pid status=0 logs tests cases chosen=() pids=()
    if [ "$(id -u)" != 0 ]; then
        exec sudo --preserve-env=PATH,HOME,XDG_CACHE_HOME Tests/engines.sh matrix "$@"
    fi
    for row in "${rows[@]}"; do
        if name_of "$row" | grep -qE -- "$2"; then chosen+=("$row"); fi
    done
    [ ${#chosen[@]} -gt 0 ] || fail "no row of the matrix matches $2"
    rows=("${chosen[@]}")
    Tests/install.sh
    prepare 26 28
    swift build -c release --build-tests -Xswiftc -enable-testing 2>&1 | tail -n 1
    tests=$(swift build -c release --show-bin-path)/berthPackageTests.xctest
    cases=$("$tests" --list-tests | grep -E -- "$1" | paste -sd ,)
    [ -n "$cases" ] || fail "no test matches $1"
    logs=$(mktemp -d /tmp/berth-matrix.XXXXXX)
    for row in "${rows[@]}"; do
        while [ "$(jobs -rp | wc -l)" -ge "$3" ]; do wait -n || true; done
        run_row "$row" "$tests" "$cases" "$logs" &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid" || status=1; done
    table "$logs"
    return $status
}

name_of() { sed 's/ *|.*//' <<< "$1"; }

run_row() { # ROW TESTS CASES LOGS
    local name started=$SECONDS status=0 result=passed
    name=$(name_of "$1")
    # shellcheck disable=SC2086 # variables, a word each
    env BERTH_REQUIRE_REAL=1 BERTH_TEST_ENGINE="${name%% *}" ${1#*|} "$2" "$3" \
        > "$4/$name" 2>&1 || { status=1 result=FAILED; }
    printf '%s: %s in %d s, log in %s\n' "$name" $result $((SECONDS - started)) "$4/$name" >&2
    return $status
}

# A line for each suite, a column for each row of the matrix: cases that passed and failed, seconds.
table() { # FOLDER of logs
    local row names=()
    for row in "${rows[@]}"; do names+=("$(name_of "$row")"); done
    (cd "$1" && awk '
        FNR == 1 { column[++columns] = FILENAME }
        /^Test Case .* (passed|failed) \(/ {
            suite = $3; gsub(/^.|\..*/, "", suite)
            if (!(suite in seen)) { seen[suite]; suites[++count] = suite }
            done[suite, columns, $4]++
            seconds[suite, columns] += substr($5, 2)
        }
        function cell(passed, failed, time) {
            return sprintf(" %d%s, %d s |", passed, failed ? ", " failed " FAILED" : "", time)
        }
        END {
            line = "| |"; rule = "|---|"
            for (i = 1; i <= columns; i++) { line = line " " column[i] " |"; rule = rule "---|" }
            print line; print rule
            for (s = 1; s <= count; s++) {
                suite = suites[s]; line = "| " suite " |"
                for (i = 1; i <= columns; i++) {
                    passed = done[suite, i, "passed"]; failed = done[suite, i, "failed"]
                    line = line cell(passed, failed, seconds[suite, i])
                    all[i] += passed; bad[i] += failed; time[i] += seconds[suite, i]
                }
                print line
            }
            line = "| all |"
            for (i = 1; i <= columns; i++) line = line cell(all[i], bad[i], time[i])
            print line
        }' "${names[@]}")
}

# ---------------------------------------------------------------- the command
case "${1:-}" in
    matrix) matrix "${2:-EndToEndTests}" "${3:-.}" "${4:-1}" ;;
    "") prepare 26 28 ;;
    *)
        for engine; do suite_of "$engine" > /dev/null; done
        prepare "$@"
        ;;
esac
