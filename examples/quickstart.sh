#!/usr/bin/env bash
# The main job, on real parts, from a bare Debian or Ubuntu machine with Swift.
#
#   examples/quickstart.sh          run everything, leave nothing behind
#   examples/quickstart.sh --keep   leave it running, and print commands to try it out
#
# Everything happens in two network namespaces of its own, "host" and "client", with a private
# dockerd and a private registry; the machine's own Docker and firewall are not touched.
set -euo pipefail
cd "$(dirname "$0")/.."

keep=false
case "${1:-}" in
    "") ;;
    --keep) keep=true ;;
    *) echo "usage: examples/quickstart.sh [--keep]" >&2; exit 64 ;;
esac
if [ "$(id -u)" != 0 ]; then exec sudo --preserve-env=PATH "$0" "$@"; fi

say() { printf '\n\033[1m%s\033[0m\n' "$*" | if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi; }
fail() { printf 'quickstart: failed: %s\n' "$*" >&2; exit 1; }
now() { date +%s%3N; }

# ---------------------------------------------------------------- what is needed
Tests/install.sh

say "Building berth"
swift build --configuration release --product berth 2>&1 | tail -n 1
swift build --configuration release --product berth-load 2>&1 | tail -n 1
bin=$(swift build --configuration release --show-bin-path)

# ---------------------------------------------------------------- a host of its own
work=$(mktemp -d /tmp/berth-quickstart.XXXXXX)
id=${work##*.}
host=berth-$id-host
client=berth-$id-client
pids=()
inside() { nsenter --net="/run/netns/$host" "$@"; }
docker_() { DOCKER_HOST="unix://$work/docker.sock" docker "$@"; }

end() { # PID: asks, waits, insists
    kill "$1" 2>/dev/null || return 0
    timeout 20 tail --pid="$1" -f /dev/null || kill -9 "$1" 2>/dev/null || true
}
clean_up() {
    status=$?
    trap - EXIT INT TERM
    if $keep && [ "$status" = 0 ]; then return; fi
    if [ "$status" != 0 ] && [ -f "$work/berth.log" ]; then
        echo "--- the end of the controller's log:" >&2
        tail -n 30 "$work/berth.log" >&2
    fi
    if [ -n "${load:-}" ]; then end "$load"; fi
    if [ -n "${controller:-}" ]; then
        kill -CONT "$controller" 2>/dev/null || true
        end "$controller"
    fi
    if [ -S "$work/docker.sock" ]; then
        docker_ ps -aq 2>/dev/null | xargs -r env DOCKER_HOST="unix://$work/docker.sock" docker rm -f >/dev/null 2>&1 || true
    fi
    for pid in "${pids[@]}"; do end "$pid"; done
    ip netns del "$client" 2>/dev/null || true
    ip netns del "$host" 2>/dev/null || true
    grep -o " $work/[^ ]*" /proc/self/mounts 2>/dev/null | sort -r | xargs -r umount -l 2>/dev/null || true
    rm -rf "$work"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

say "Starting a private dockerd and registry in a network namespace of their own"
ip netns add "$host"
ip netns add "$client"
ip -n "$host" link set lo up
ip -n "$client" link set lo up
ip link add "qh$id" netns "$host" type veth peer name "qc$id" netns "$client"
ip -n "$host" address add 198.18.77.1/30 dev "qh$id"
ip -n "$client" address add 198.18.77.2/30 dev "qc$id"
ip -n "$host" link set "qh$id" up
ip -n "$client" link set "qc$id" up
ip -n "$client" route add default via 198.18.77.1

cat > "$work/registry.yml" <<END
version: 0.1
log: { level: error }
storage: { filesystem: { rootdirectory: $work/registry }, delete: { enabled: true } }
http: { addr: "127.0.0.1:5000" }
END
nsenter --net="/run/netns/$host" docker-registry serve "$work/registry.yml" > "$work/registry.log" 2>&1 &
pids+=($!)
nsenter --net="/run/netns/$host" dockerd --host "unix://$work/docker.sock" --data-root "$work/docker" \
    --exec-root "$work/exec" --pidfile "$work/docker.pid" --bridge none \
    > "$work/docker.log" 2>&1 &
pids+=($!)
for _ in $(seq 150); do
    docker_ version > /dev/null 2>&1 && inside curl -sf http://127.0.0.1:5000/v2/ > /dev/null && break
    sleep 0.1
done
docker_ version > /dev/null 2>&1 || { tail -n 5 "$work/docker.log" >&2; fail "dockerd does not answer"; }

# ---------------------------------------------------------------- images
# A static busybox from scratch: it answers /version with its version and /health with ok.
push_image() { # NAME VERSION PORT [broken]
    root=$work/image
    rm -rf "$root"
    mkdir -p "$root/bin" "$root/app" "$root/www" "$root/etc"
    cp "$(command -v busybox)" "$root/bin/busybox"
    for applet in sh httpd wget; do ln -s busybox "$root/bin/$applet"; done
    echo "$1 $2" > "$root/www/version"
    if [ "${4:-}" != broken ]; then echo ok > "$root/www/health"; fi
    printf '#!/bin/sh\nexec wget -q -O /dev/null http://127.0.0.1:%s/health\n' "$3" > "$root/app/healthcheck"
    # As process 1 the server would ignore SIGTERM; the shell hears it and ends.
    printf '#!/bin/sh\ntrap "exit 0" TERM\nhttpd -f -p %s -h /www &\nwait\n' "$3" > "$root/app/serve"
    chmod +x "$root/app/healthcheck" "$root/app/serve"
    tar -C "$root" -c . | docker_ import --change 'CMD ["/app/serve"]' - "localhost:5000/$1:$2" > /dev/null
    docker_ push -q "localhost:5000/$1:$2" > /dev/null
    docker_ rmi "localhost:5000/$1:$2" > /dev/null
}
say "Building three small images and pushing them to the private registry"
for version in 1.0.0 1.1.0; do
    push_image rust-core-engine $version 8080
    push_image python-ai-service $version 8000
    push_image nextjs-ui-dashboard $version 3000
done
push_image rust-core-engine 1.2.0 8080 broken

# ---------------------------------------------------------------- the fleet repository
say "Creating the fleet repository: three services, one commit"
fleet=$work/fleet
git_() { git -C "$fleet" -c user.name=Quickstart -c user.email=quickstart@example.org "$@"; }
mkdir "$fleet"
cp -r manifests environments "$fleet"
git init -q -b main "$fleet"
git_ add .
git_ commit -qm "Describe the fleet"
sed -n 1,20p "$fleet/environments/prod.yaml"

bump() { # SERVICE FROM TO
    sed -i "/^  $1:/,/^  [a-z]/ s/version: \"$2\"/version: \"$3\"/" "$fleet/environments/prod.yaml"
    git_ commit -qam "Promote $1 to $3"
}
berth_() {
    inside "$bin/berth" "$@" --repo "$fleet" --environment prod \
        --engine "unix://$work/docker.sock" --state-dir "$work/state"
}
# Waits until an address answers with a text, and prints how many milliseconds that took.
answers() { # SINCE URL TEXT
    for _ in $(seq 3000); do
        [ "$(inside curl -s --max-time 2 "$2")" = "$3" ] && { echo $(($(now) - $1)); return; }
        sleep 0.01
    done
    fail "$2 never answered \"$3\""
}
settled() { # waits until nothing is left to do
    for _ in $(seq 600); do
        berth_ plan > "$work/plan" 2>&1 && return
        sleep 0.1
    done
    cat "$work/plan" >&2
    fail "the host did not get in sync with the repository"
}

say "Starting the controller"
nsenter --net="/run/netns/$host" "$bin/berth" run --repo "$fleet" --environment prod --engine "unix://$work/docker.sock" \
    --state-dir "$work/state" --interval 1s 2> "$work/berth.log" &
controller=$!
engine=http://127.0.0.1:8080/version
answers "$(now)" $engine "rust-core-engine 1.0.0" > /dev/null
settled
docker_ ps --format 'table {{.Names}}\t{{.Status}}'

say "Steady load from the host (127.0.0.1 and its address) and from another network namespace"
"$bin/berth-load" --report "$work/load.txt" \
    "host=$host,127.0.0.1:8080/version" "host-address=$host,198.18.77.1:8080/version" \
    "client=$client,198.18.77.1:8080/version" "client-ui=$client,198.18.77.1:3000/version" \
    2> "$work/load.log" &
load=$!

say "Promoting rust-core-engine from 1.0.0 to 1.1.0: a commit"
bump rust-core-engine 1.0.0 1.1.0
promote_ms=$(answers "$(now)" $engine "rust-core-engine 1.1.0")
settled
echo "1.1.0 answered $promote_ms ms after the commit; the old containers are removed since then"

say "Rolling back: git revert"
git_ revert --no-edit HEAD > /dev/null
rollback_ms=$(answers "$(now)" $engine "rust-core-engine 1.0.0")
settled
echo "1.0.0 answered $rollback_ms ms after the revert"

say "Promoting to 1.2.0, which never becomes healthy"
sed -i 's/start_timeout: 60s/start_timeout: 3s/' "$fleet/manifests/rust-core-engine.yaml"
bump rust-core-engine 1.0.0 1.2.0
for _ in $(seq 600); do
    berth_ status > "$work/status" 2> /dev/null || true
    grep -q "rust-core-engine *failed" "$work/status" && break
    sleep 0.1
done
cat "$work/status"
grep -q "rust-core-engine *failed" "$work/status" || fail "status does not say that 1.2.0 failed"
[ "$(inside curl -s $engine)" = "rust-core-engine 1.0.0" ] || fail "1.0.0 does not serve anymore"
echo "1.0.0 keeps serving. Reverting."
git_ revert --no-edit HEAD > /dev/null
settled

say "Removing a container by hand, while the controller is paused to show the drift"
kill -STOP "$controller"
docker_ rm -f prod-python-ai-service-1 > /dev/null
berth_ drift --format table || true
since=$(now)
kill -CONT "$controller"
repair_ms=$(answers "$since" http://127.0.0.1:8000/version "python-ai-service 1.0.0")
settled
echo "repaired in $repair_ms ms"
berth_ drift

kill -TERM "$load"
wait "$load" || true
load=
cat "$work/load.txt"
requests=$(awk -F= '/^requests=/ {print $2}' "$work/load.txt")
failed=$(awk -F= '/^failed=/ {print $2}' "$work/load.txt")

if $keep; then
    say "Left running. To try it out:"
    cat <<END
  nsenter --net=/run/netns/$host bash                 # a shell on the "host"
  export DOCKER_HOST=unix://$work/docker.sock         # its Docker
  cd $fleet                                           # its fleet repository: commit something
  tail -f $work/berth.log                             # the controller's log
  export BERTH_REPO=$fleet BERTH_STATE_DIR=$work/state BERTH_ENVIRONMENT=prod
  $bin/berth status                                   # or plan, drift
To end it: kill $controller; docker rm -f \$(docker ps -aq); kill ${pids[*]}; ip netns del $host; ip netns del $client; rm -rf $work
END
fi
[ "$failed" = 0 ] || fail "$failed of $requests requests failed"
[ "$requests" -ge 20000 ] || fail "only $requests requests"
echo
echo "quickstart: ok requests=$requests failed=$failed promote_ms=$promote_ms rollback_ms=$rollback_ms repair_ms=$repair_ms"
