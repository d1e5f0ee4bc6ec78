#!/usr/bin/env bash
# What a request costs through a port of Berth's, beside the container itself and beside the other
# ways to it: Docker's published port, docker-proxy, haproxy and nginx.
#
#   Tests/Benchmarks/traffic.sh [RUNS] [SECONDS]   7 runs of 3 seconds a way by default
#
# BERTH_BINARY names a release build to measure, with berth-load beside it; without it both are
# built. Everything happens in network namespaces of its own with a private dockerd and registry,
# and is removed afterwards.
set -euo pipefail
cd "$(dirname "$0")/../.."
name=traffic
runs=${1:-7}
seconds=${2:-3}
case "$runs$seconds" in
    *[!0-9]*) echo "usage: Tests/Benchmarks/traffic.sh [RUNS] [SECONDS]" >&2; exit 64 ;;
esac
. Tests/Benchmarks/host.sh

Tests/install.sh
for package in gcc wrk haproxy nginx; do need $package $package; done
find_programs
start_host
build_image 1

# ---------------------------------------------------------------- the ways to one container
fleet=$work/fleet
mkdir -p "$fleet/manifests" "$fleet/environments"
cat > "$fleet/manifests/web.yaml" << END
services:
  web:
    image: web
    expose: ["8080"]
    deploy: { update_config: { monitor: 1s } }
END
cat > "$fleet/environments/bench.yaml" << END
registry: localhost:5000
services:
  web: { version: "1", ports: ["8080:8080"] }
END
git init -q -b main "$fleet"
git -C "$fleet" add .
git -C "$fleet" -c user.name=Bench -c user.email=bench@example.org commit -qm "Describe the service"
inside "$berth" apply --repo "$fleet" --environment bench --engine "unix://$socket" \
    --state-dir "$work/state" --timeout 2m > "$work/berth.log" 2>&1 || fail "berth apply"
container=$(docker_ inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' \
    "$(docker_ ps -q --filter label=berth.environment)")
# The same image once more, with a port that Docker publishes: by iptables from elsewhere and to
# the host's address, by docker-proxy on the loopback.
docker_ run --detach --name published --publish 8081:8080 localhost:5000/web:1 > /dev/null

cat > "$work/haproxy.cfg" << END
global
    maxconn 8192
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend in
    bind :8082
    default_backend out
backend out
    http-reuse always
    server web $container:8080
END
begin haproxy -db -f "$work/haproxy.cfg" > "$work/haproxy.log" 2>&1
cat > "$work/nginx.conf" << END
daemon off;
pid $work/nginx.pid;
error_log $work/nginx.log;
worker_processes auto;
events { worker_connections 4096; }
http {
    access_log off;
    client_body_temp_path $work/nginx-1;
    proxy_temp_path $work/nginx-2;
    fastcgi_temp_path $work/nginx-3;
    uwsgi_temp_path $work/nginx-4;
    scgi_temp_path $work/nginx-5;
    upstream web { server $container:8080; keepalive 64; }
    server {
        listen 8083;
        keepalive_requests 1000000;
        location / { proxy_pass http://web; proxy_http_version 1.1; proxy_set_header Connection ""; }
    }
}
END
begin nginx -c "$work/nginx.conf" > "$work/nginx.out.log" 2>&1

# WAY FROM URL, and the way that its ratio is against.
ways=(
    "direct client http://$container:8080/ direct"
    "berth client http://$address:8080/ direct"
    "published client http://$address:8081/ direct"
    "haproxy client http://$address:8082/ direct"
    "nginx client http://$address:8083/ direct"
    "host-direct host http://$container:8080/ host-direct"
    "host-berth host http://127.0.0.1:8080/ host-direct"
    "host-docker-proxy host http://127.0.0.1:8081/ host-direct"
    "host-berth-address host http://$address:8080/ host-direct"
    "host-published host http://$address:8081/ host-direct"
)
declare -A words=(
    [direct]="container itself" [berth]="berth" [published]="Docker's published port"
    [haproxy]="haproxy" [nginx]="nginx" [host-direct]="container itself"
    [host-berth]="berth, 127.0.0.1" [host-docker-proxy]="docker-proxy, 127.0.0.1"
    [host-berth-address]="berth, host's address"
    [host-published]="Docker's, host's address"
)
for way in "${ways[@]}"; do
    read -r _ from url _ <<< "$way"
    await "an answer from $url" nsenter --net="/run/netns/${!from}" curl -sf --max-time 1 "$url"
done

# ---------------------------------------------------------------- measuring
# Ways share a server, and some of them source addresses, too: what is left of one way's connections
# would stand in the way of the next one's, which may use the same ports. So nothing stays for
# minutes in TIME_WAIT, neither sockets nor entries of the kernel's connection table.
forget() { # COMMAND…: that enters a network namespace
    "$@" sysctl -qw net.ipv4.tcp_max_tw_buckets=0 net.netfilter.nf_conntrack_tcp_timeout_time_wait=1
}
forget inside
forget from_client
for container in $(docker_ ps -q); do
    forget nsenter --net="/proc/$(docker_ inspect --format '{{.State.Pid}}' "$container")/ns/net"
done

ask() { # WAY FROM URL KIND: adds its requests a second and its p99 in milliseconds
    local header=() output
    [ "$4" = kept ] || header=(-H 'Connection: close')
    output=$(nsenter --net="/run/netns/${!2}" \
        wrk -t 1 -c 32 -d "${seconds}s" --latency "${header[@]}" "$3" 2> "$work/wrk.log")
    if grep -q 'Non-2xx' <<< "$output"; then fail "wrong answers from $3: $output"; fi
    awk '$1 == "Requests/sec:" { print $2 }' <<< "$output" >> "$work/$1.$4.rate"
    awk '$1 == "99%" {
        value = $2 + 0
        if ($2 ~ /us$/) value /= 1000; else if ($2 !~ /ms$/) value *= 1000
        print value }' <<< "$output" >> "$work/$1.$4.p99"
}
for run in $(seq "$runs"); do
    say "Round $run of $runs"
    # All ways in each round, and each round begins with another one: what else the machine does,
    # and what connections leave behind in the kernel, meets them alike.
    for kind in kept fresh; do
        for index in "${!ways[@]}"; do
            read -r id from url _ <<< "${ways[(index + run) % ${#ways[@]}]}"
            ask "$id" "$from" "$url" $kind
        done
    done
done

# ---------------------------------------------------------------- the figures
figure() { median < "$work/$1"; }
rows() { # FROM KIND
    local way id from base
    for way in "${ways[@]}"; do
        read -r id from _ base <<< "$way"
        [ "$from" = "$1" ] || continue
        printf '  %-26s %9.0f requests/s  %s of direct   p99 %s ms\n' "${words[$id]}" \
            "$(figure "$id.$2.rate")" "$(ratio "$(figure "$id.$2.rate")" "$(figure "$base.$2.rate")")" \
            "$(figure "$id.$2.p99")"
    done
}
kept=$(ratio "$(figure berth.kept.rate)" "$(figure direct.kept.rate)")
fresh=$(ratio "$(figure berth.fresh.rate)" "$(figure direct.fresh.rate)")
host_kept=$(ratio "$(figure host-berth.kept.rate)" "$(figure host-direct.kept.rate)")
host_fresh=$(ratio "$(figure host-berth.fresh.rate)" "$(figure host-direct.fresh.rate)")
cat << END

Requests to one container, 32 connections, median of $runs runs of $seconds s, $(nproc) processors
From another machine, connections kept
$(rows client kept)
From another machine, a connection each
$(rows client fresh)
From the host itself, connections kept
$(rows host kept)
From the host itself, a connection each
$(rows host fresh)
The limit is the processors: client, server and whatever is between them share $(nproc). On the host
itself, the kernel translates and routes each packet a second time, for Docker's port as for ours.
traffic: ok runs=$runs kept_ratio=$kept fresh_ratio=$fresh host_kept_ratio=$host_kept host_fresh_ratio=$host_fresh
END
