#!/bin/sh
# Fuzzes the YAML reader: Tests/Fuzz/yaml.sh RUNS [SEED]
# Builds in a temporary folder; what crashes the reader is left in ./fuzz-yaml-*.
set -eu

runs=${1:?usage: yaml.sh RUNS [SEED]}
seed=${2:-0}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

swiftc -O -swift-version 6 -parse-as-library -sanitize=fuzzer,address \
    -module-name YAMLFuzz -o "$work/fuzz" "$here"/../../Sources/YAML/*.swift "$here/yaml.swift"

mkdir "$work/corpus"
cp "$here"/seeds/yaml/* "$work/corpus"
"$work/fuzz" -runs="$runs" -seed="$seed" -max_len=512 -timeout=5 -rss_limit_mb=1024 \
    -print_final_stats=1 -artifact_prefix=fuzz-yaml- "$work/corpus"
