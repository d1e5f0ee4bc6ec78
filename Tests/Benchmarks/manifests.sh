#!/usr/bin/env bash
# What reading a fleet costs, beside PyYAML's CSafeLoader (libyaml) over the same files in the same
# run, and whether ten times the input takes ten times as long. Times are of the processor, so that
# a busy machine makes them no longer.
#
#   Tests/Benchmarks/manifests.sh [SERVICES] [RUNS]   1000 services and 9 runs by default
#
# BERTH_READ names a release build of berth-read to measure; without it one is built.
set -euo pipefail
cd "$(dirname "$0")/../.."

count=${1:-1000}
runs=${2:-9}
case "$count$runs" in *[!0-9]*) echo "usage: Tests/Benchmarks/manifests.sh [SERVICES] [RUNS]" >&2; exit 64 ;; esac
[ "$runs" -ge 7 ] || { echo "manifests: a median of fewer than 7 runs says little" >&2; exit 64; }
[ "$count" -ge 10 ] && [ "$count" -le 1000 ] || { echo "manifests: 10 to 1000 services" >&2; exit 64; }

say() { printf '%s\n' "$*" >&2; }

# ---------------------------------------------------------------- what is needed
if ! python3 -c 'import yaml; yaml.CSafeLoader' 2> /dev/null; then
    apt-get install -y -qq --no-install-recommends python3-yaml > /dev/null
fi
reader=${BERTH_READ:-}
if [ -z "$reader" ]; then
    say "Building berth-read"
    swift build --configuration release --product berth-read 2>&1 | tail -n 1 >&2
    reader=$(swift build --configuration release --show-bin-path)/berth-read
fi
work=$(mktemp -d /tmp/berth-manifests.XXXXXX)
trap 'rm -rf "$work"' EXIT

# ---------------------------------------------------------------- the same, once and ten times
# Ten services a manifest, and an environment for every SERVICES of them.
generate() { # FOLDER ENVIRONMENTS
    python3 - "$1" "$2" "$count" << 'PYTHON'
import os, sys
folder, environments, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for kind in ("manifests", "environments"):
    os.makedirs(f"{folder}/{kind}")
for place in range(environments):
    with open(f"{folder}/environments/place-{place}.yaml", "w") as file:
        file.write("registry: registry.example.org/team\nvariables: { LOG_LEVEL: warn }\nservices:\n")
        for number in range(count):
            port = 1024 + number
            file.write(f'  app-{place}-{number}:\n    version: "1.{number}.0"   # promoted\n')
            file.write(f'    ports: ["{port}:8080"]\n    deploy: {{ replicas: 2 }}\n')
    for first in range(0, count, 10):
        with open(f"{folder}/manifests/apps-{place}-{first}.yaml", "w") as file:
            file.write("# Ten services.\nservices:\n")
            for number in range(first, min(first + 10, count)):
                file.write(f"""  app-{place}-{number}:
    image: app-{number}
    command: ["serve", "--port", "8080"]
    environment:
      LOG_LEVEL: "${{LOG_LEVEL:-info}}"
      GREETING: 'it''s number {number}'
    healthcheck:
      test: [CMD, /app/healthcheck]
      interval: 5s
      timeout: 2s
      retries: 3
    restart: unless-stopped
    deploy:
      update_config: {{ order: start-first, parallelism: 1 }}
      resources: {{ limits: {{ cpus: "0.5", memory: 256m }} }}
    labels:
      org.example.description: >-
        A service that was
        generated, like {count} others
""")
PYTHON
}
generate "$work/once" 1
generate "$work/tenfold" 10

libyaml() { # FOLDER
    python3 - "$1" "$runs" << 'PYTHON'
import glob, statistics, sys, time, yaml
texts = [open(path, "rb").read() for path in glob.glob(sys.argv[1] + "/*/*.yaml")]
times = []
for _ in range(int(sys.argv[2])):
    start = time.process_time()
    for text in texts:
        yaml.load(text, Loader=yaml.CSafeLoader)
    times.append((time.process_time() - start) * 1000)
print(statistics.median(times))
PYTHON
}

# ---------------------------------------------------------------- the runs
python3 -c 'import yaml; print(f"PyYAML {yaml.__version__}, CSafeLoader; median CPU times of '"$runs"' runs")'
printf '%-10s %8s %12s %12s %14s\n' services KiB "YAML ms" "PyYAML ms" "all of it ms"
for size in once tenfold; do
    read -r services reading resolving < <("$reader" "$work/$size" "$runs")
    python=$(libyaml "$work/$size")
    kib=$(($(cat "$work/$size"/*/*.yaml | wc -c) / 1024))
    printf '%-10s %8s %12.1f %12.1f %14.1f\n' "$services" "$kib" "$reading" "$python" "$resolving"
    printf '%s %s %s\n' "$reading" "$python" "$resolving" >> "$work/rows"
done
awk 'NR == 1 { a = $1; b = $2; c = $3 } NR == 2 {
    printf "YAML alone takes %.2f of the time that PyYAML takes, and %.2f of it for ten times the input\n", a / b, $1 / $2
    printf "everything up to desired states takes %.2f of it, and %.2f\n", c / b, $3 / $2
    printf "ten times the input: YAML %.1f times as long, all of it %.1f, PyYAML %.1f\n", $1 / a, $3 / c, $2 / b
}' "$work/rows"
