#!/usr/bin/env bash
# What an update and a rollback cost, beside the bare calls that any of them has to make, and
# beside Docker Swarm and docker-compose.
#
#   Tests/Benchmarks/rollouts.sh [RUNS] [SERVICES]   7 runs and 20 services by default
#
# BERTH_BINARY names a release build to measure, with berth-load beside it; without it both are
# built. Everything happens in network namespaces of its own with a private dockerd and registry,
# and is removed afterwards.
set -euo pipefail
cd "$(dirname "$0")/../.."
name=rollouts
runs=${1:-7}
count=${2:-20}
case "$runs$count" in
    *[!0-9]*) echo "usage: Tests/Benchmarks/rollouts.sh [RUNS] [SERVICES]" >&2; exit 64 ;;
esac
. Tests/Benchmarks/host.sh

Tests/install.sh
need docker-compose docker-compose
need gcc gcc
find_programs
start_host
for version in 1 2; do build_image $version; done

# ---------------------------------------------------------------- the fleet
fleet=$work/fleet
log=$work/berth.log
git init -q -b main "$fleet"
mkdir -p "$fleet/manifests" "$fleet/environments"
commit() { # WHAT
    git -C "$fleet" add .
    git -C "$fleet" -c user.name=Bench -c user.email=bench@example.org commit -qm "$1"
}
revert() { git -C "$fleet" -c user.name=Bench -c user.email=bench@example.org revert --no-edit HEAD > /dev/null; }
describe() { # VERSION RUN MONITOR: one service; RUN is part of its spec
    cat > "$fleet/manifests/web.yaml" << END
services:
  web:
    image: web
    environment: { RUN: "\${RUN}" }
    expose: ["8080"]
    restart: unless-stopped
    deploy: { update_config: { monitor: $3 } }
    x-berth: { probe: { http: /, port: 8080 } }
END
    cat > "$fleet/environments/bench.yaml" << END
registry: localhost:5000
variables: { RUN: "$2" }
services:
  web: { version: "$1", ports: ["8080:8080"] }
END
}

# ---------------------------------------------------------------- reading the controller's log
lines() { wc -l < "$log"; }
since() { tail -n "+$(($1 + 1))" "$log"; } # LINES: what it has said after so many
says() { # LINES PATTERN: waits until it has said that after so many lines
    local end=$((SECONDS + 120))
    until since "$1" | grep -q -- "$2"; do
        [ $SECONDS -lt $end ] || fail "the controller does not say \"$2\""
        sleep 0.05
    done
}
moment() { # LINES PATTERN [NUMBER]: when it said that after so many lines, in milliseconds
    date -d "$(since "$1" | grep -- "$2" | sed -n "${3:-1}p" | cut -d ' ' -f 1)" +%s%3N
}
alone() { [ "$(docker_ ps -aq --filter label=berth.environment | wc -l)" = "${1:-1}" ]; }
updated() { # LINES: waits for the end of an update of the one service
    says "$1" 'bench/web: \(updated\|deployed\) '
    await "the end of the old container" alone
}
switching() { # LINES: milliseconds from the commit's being seen to the traffic's being moved
    echo $(($(moment "$1" ' traffic: web ') - $(moment "$1" ' bench: revision ')))
}

begin "$berth" run --repo "$fleet" --environment bench --engine "unix://$socket" \
    --state-dir "$work/state" --interval 200ms --log-level debug 2> "$log"
say "Deploying"
describe 1 0 1s
commit "Describe the service"
updated 0

# ---------------------------------------------------------------- the bare calls
docker_ network create --subnet 10.99.0.0/24 bare > /dev/null
body='{"Image":"localhost:5000/web:2","ExposedPorts":{"8080/tcp":{}},"HostConfig":{
    "NetworkMode":"bare","RestartPolicy":{"Name":"unless-stopped"},
    "PortBindings":{"8080/tcp":[{"HostIp":"127.0.0.1","HostPort":""}]}},
    "NetworkingConfig":{"EndpointsConfig":{"bare":{"IPAMConfig":{"IPv4Address":"10.99.0.9"}}}}}'
bare() { # milliseconds of create, start and the first answer to a probe
    local began
    began=$(now)
    # Both calls by one process; its own start is some milliseconds of the figure.
    curl -sS --fail --unix-socket "$socket" -o /dev/null -X POST \
        -H 'Content-Type: application/json' -d "$body" 'http://docker/containers/create?name=bare' \
        --next -sS --fail --unix-socket "$socket" -X POST http://docker/containers/bare/start
    until inside curl -sf -o /dev/null --max-time 1 http://10.99.0.9:8080/; do :; done
    echo $(($(now) - began))
    docker_ rm -f bare > /dev/null
}
docker_ pull -q localhost:5000/web:2 > /dev/null

# ---------------------------------------------------------------- one update, one way back
say "Updates and reverts beside the bare calls ($runs runs each)"
: > "$work/bare" > "$work/update" > "$work/cold"
for run in $(seq 0 "$runs"); do
    bare=$(bare)
    before=$(lines)
    describe 2 0 1s
    commit "Promote"
    updated "$before"
    update=$(switching "$before")
    before=$(lines)
    revert
    updated "$before"
    cold=$(switching "$before")
    [ "$run" = 0 ] && continue # the first fills caches
    echo "$bare" >> "$work/bare"
    echo "$update" >> "$work/update"
    echo "$cold" >> "$work/cold"
done

say "Candidates that die while they are watched ($runs runs)"
: > "$work/warm"
for run in $(seq "$runs"); do
    before=$(lines)
    describe 2 "$run" 60s
    commit "Promote what will die"
    says "$before" ' traffic: web '
    candidate=$(docker_ ps --filter label=berth.environment --format '{{.Names}}' | grep '\.g')
    docker_ kill "$candidate" > /dev/null
    says "$before" ' failed: exited '
    died=$(docker_ inspect --format '{{.State.FinishedAt}}' "$(docker_ ps -aq --filter name=.bad)")
    echo $(($(moment "$before" ' traffic: web ' 2) - $(date -d "$died" +%s%3N))) >> "$work/warm"
    before=$(lines)
    describe 1 "$run" 1s
    commit "Replace it"
    updated "$before"
done

# ---------------------------------------------------------------- the same under load, three ways
report() { awk -F = -v key="$1" '$1 == key { print $2 }' "$work/load.txt"; }
# WHERE is a port of the host's, asked by the host and by another machine; or a name and a port on
# a Docker network, asked by a container there, which looks the name up each time.
from_caller() { # COMMAND…: in the network of the container `caller`, with its resolver
    local pid
    pid=$(docker_ inspect --format '{{.State.Pid}}' caller)
    echo nameserver 127.0.0.11 > "$work/resolv.conf"
    exec nsenter --net="/proc/$pid/ns/net" unshare --mount \
        sh -c 'mount --bind "$0" /etc/resolv.conf && exec "$@"' "$work/resolv.conf" "$@"
}
generate() { # WHERE
    local options=(--pause 2000 --report "$work/load.txt")
    case $1 in
        *:*) from_caller "$load" "${options[@]}" "one=$1/" "other=$1/" ;;
        *) exec "$load" "${options[@]}" "host=$host,$address:$1/" "client=$client,$address:$1/" ;;
    esac
}
under_load() { # WHERE COMMAND…
    local pid
    generate "$1" &
    pid=$!
    pids+=("$pid")
    shift
    "$@"
    kill "$pid"
    wait "$pid" || true
    failed=$(report failed) requests=$(report requests) outage=$(report outage_ms)
}
answers() { # WHERE VERSION
    local answer
    case $1 in
        *:*) answer=$(from_caller curl -s --max-time 1 "http://$1/") ;;
        *) answer=$(inside curl -s --max-time 1 "http://$address:$1/") ;;
    esac
    [ "$answer" = "$2" ]
}
first_answer() { # WHERE VERSION SINCE: milliseconds until that version answers
    local end=$((SECONDS + 60))
    until answers "$1" "$2"; do
        [ $SECONDS -lt $end ] || fail "version $2 does not answer at $1"
    done
    echo $(($(now) - $3))
}
other() { [ "$1" = 1 ] && echo 2 || echo 1; }

version=1
berth_updates() {
    for run in $(seq "$runs"); do
        local before began
        before=$(lines)
        version=$(other $version)
        describe $version loaded 1s
        began=$(now)
        commit "Go to $version"
        first_answer 8080 $version "$began" >> "$work/berth.ms"
        updated "$before"
    done
}
swarm_updates() {
    for run in $(seq "$runs"); do
        version=$(other $version)
        local began
        began=$(now)
        docker_ service update --detach --image localhost:5000/web:$version swarm \
            > "$work/swarm.log" 2>&1
        first_answer "$swarm_where" $version "$began" >> "$work/swarm.ms"
        await "the end of the update" swarm_is_done
    done
}
swarm_is_done() {
    [ "$(docker_ service inspect --format '{{.UpdateStatus.State}}' swarm)" = completed ] \
        && [ "$(docker_ ps -q --filter label=com.docker.swarm.service.name=swarm | wc -l)" = 1 ]
}
compose_up() {
    (cd "$work/compose" && VERSION=$version DOCKER_HOST="unix://$socket" \
        docker-compose --no-ansi -p compose up -d > "$work/compose.log" 2>&1)
}
compose_updates() {
    for run in $(seq "$runs"); do
        version=$(other $version)
        local began
        began=$(now)
        compose_up
        first_answer 8082 $version "$began" >> "$work/compose.ms"
    done
}
row() { # NAME FILE
    rows+=$(printf '  %-37s %7s ms   %6s of %7s connections failed, longest outage %s ms' "$1" \
        "$(median < "$work/$2.ms")" "$failed" "$requests" "$outage")$'\n'
}
rows=

say "Updates under load: berth"
before=$(lines)
describe 1 loaded 1s
commit "Begin"
updated "$before"
under_load 8080 berth_updates
row "berth" berth
berth_failed=$failed

say "Updates under load: Docker Swarm"
version=1
docker_ swarm init --advertise-addr $address --listen-addr $address > "$work/swarm.log"
create_swarm() { # OPTION…
    docker_ service create --quiet --name swarm --update-order start-first \
        --update-monitor 1s --stop-grace-period 5s "$@" localhost:5000/web:1 > "$work/swarm.log"
}
# Published ports of Swarm's need IPVS, which not every kernel has. A service's name in a network
# leads to its tasks without.
if [ -e /proc/sys/net/ipv4/vs ] || modprobe ip_vs 2> /dev/null; then
    swarm_where=8081 swarm_name="Docker Swarm, published port"
    create_swarm --publish 8081:8080
else
    swarm_where=swarm:8080 swarm_name="Docker Swarm, by name (no IPVS here)"
    docker_ network create --driver overlay --attachable mesh > /dev/null
    docker_ run --detach --name caller --network mesh localhost:5000/web:1 > /dev/null
    create_swarm --network mesh --endpoint-mode dnsrr
fi
first_answer $swarm_where 1 "$(now)" > /dev/null
under_load $swarm_where swarm_updates
row "$swarm_name" swarm
swarm_failed=$failed
docker_ rm --force caller > /dev/null 2>&1 || true
docker_ swarm leave --force > /dev/null 2>&1

say "Updates under load: docker-compose"
version=1
mkdir -p "$work/compose"
cat > "$work/compose/docker-compose.yml" << 'END'
version: "3.8"
services:
  web: { image: "localhost:5000/web:${VERSION}", ports: ["8082:8080"] }
END
compose_up
first_answer 8082 1 "$(now)" > /dev/null
under_load 8082 compose_updates
row "docker-compose up -d" compose
compose_failed=$failed
(cd "$work/compose" && VERSION=1 DOCKER_HOST="unix://$socket" docker-compose -p compose down \
    > "$work/compose.log" 2>&1)

# ---------------------------------------------------------------- many services
describe_many() { # VERSION [SERVICE]: all services at that version, or one more of them
    local number
    {
        echo "services:"
        for number in $(seq "$count"); do
            printf '  service-%s:\n    image: web\n    stop_signal: SIGKILL\n' "$number"
            printf '    expose: ["8080"]\n    deploy: { update_config: { monitor: 1s } }\n'
            printf '    environment: { NUMBER: "%s" }\n' "$number"
        done
    } > "$fleet/manifests/web.yaml"
    {
        printf 'registry: localhost:5000\nservices:\n'
        for number in $(seq "$count"); do
            local its=$1
            [ "$number" -le "${2:-$count}" ] || its=$(other "$1")
            printf '  service-%s: { version: "%s" }\n' "$number" "$its"
        done
    } > "$fleet/environments/bench.yaml"
}
all_updated() { # LINES NUMBER: waits until so many services have arrived; milliseconds it took
    local end=$((SECONDS + 600))
    until [ "$(since "$1" | grep -c 'bench/service-[0-9]*: \(updated\|deployed\) ')" -ge "$2" ]; do
        [ $SECONDS -lt $end ] || fail "not all services arrive"
        sleep 0.1
    done
    local arrived
    arrived=$(moment "$1" 'bench/service-[0-9]*: \(updated\|deployed\) ' "$2")
    echo $((arrived - $(moment "$1" ' bench: revision ')))
    await "the end of the old containers" alone "$count"
}
say "$count services in one commit ($runs runs)"
before=$(lines)
describe_many 1
commit "Many services"
all_updated "$before" "$count" > /dev/null
version=1
: > "$work/together"
for run in $(seq "$runs"); do
    version=$(other $version)
    before=$(lines)
    describe_many $version
    commit "Promote all"
    all_updated "$before" "$count" >> "$work/together"
done
say "$count services, a commit each"
version=$(other $version)
: > "$work/each"
for number in $(seq "$count"); do
    before=$(lines)
    describe_many $version "$number"
    commit "Promote service $number"
    all_updated "$before" 1 >> "$work/each"
done

# ---------------------------------------------------------------- the figures
figure() { median < "$work/$1"; }
in_turn=$(awk '{ sum += $1 } END { print sum }' "$work/each")
update_ratio=$(ratio "$(figure update)" "$(figure bare)")
cat << END

One service, median of $runs runs, $(nproc) processors
  create, start, first answer (curl)  $(figure bare) ms   the floor of any cold start
  update: commit seen → switched      $(figure update) ms   $update_ratio times the floor
  revert: commit seen → switched      $(figure cold) ms   $(ratio "$(figure cold)" "$(figure bare)") times the floor
  dies while watched → switched back  $(figure warm) ms   $(ratio "$(figure warm)" "$(figure bare)") times the floor: nothing is started

$runs updates under load, from the commit or command to the new version's first answer
$rows
$count services, commit seen → all arrived
  in one commit                       $(figure together) ms
  a commit each, one after the other  $in_turn ms   $(ratio "$in_turn" "$(figure together)") times as long
The limit is the engine: it starts containers of one image one after another on these processors.
rollouts: ok runs=$runs bare_ms=$(figure bare) update_ms=$(figure update) update_ratio=$update_ratio revert_ms=$(figure cold) warm_ms=$(figure warm) berth_failed=$berth_failed swarm_failed=$swarm_failed compose_failed=$compose_failed together_ms=$(figure together) in_turn_ms=$in_turn
END
