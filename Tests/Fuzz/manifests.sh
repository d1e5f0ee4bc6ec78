#!/bin/sh
# Fuzzes everything between files and desired states: Tests/Fuzz/manifests.sh RUNS [SECONDS] [SEED]
# Builds in a temporary folder; what breaks a promise is left in ./fuzz-manifests-*, and the seed
# that it was found with is printed first. A million runs take the better part of an hour.
set -eu

runs=${1:?usage: manifests.sh RUNS [SECONDS] [SEED]}
seconds=${2:-7200}
seed=${3:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

flags="-O -swift-version 6 -parse-as-library -sanitize=fuzzer,address
    -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault
    -enable-upcoming-feature MemberImportVisibility
    -enable-upcoming-feature NonisolatedNonsendingByDefault"

# Layers in order, as Package.swift has them; each becomes a static library.
libraries=
for module in YAML Digests Model Manifests; do
    # shellcheck disable=SC2046,SC2086  # the flags and the files are words
    swiftc $flags -wmo -module-name "$module" -I "$work" -emit-module -emit-library -static \
        -emit-module-path "$work/$module.swiftmodule" -o "$work/lib$module.a" \
        $(find "$root/Sources/$module" -name '*.swift')
    libraries="$work/lib$module.a $libraries"
done
# shellcheck disable=SC2086
swiftc $flags -module-name ManifestsFuzz -I "$work" -o "$work/fuzz" "$here/manifests.swift" \
    $libraries

# The seeds, and the fleet at the top of the repository.
mkdir "$work/corpus"
cp "$here"/seeds/manifests/* "$work/corpus"
for manifest in "$root"/manifests/*.yaml; do
    for environment in "$root"/environments/*.yaml; do
        name="$(basename "$manifest" .yaml)-$(basename "$environment" .yaml)"
        { cat "$manifest"; printf '\0'; cat "$environment"; } > "$work/corpus/$name"
    done
done

# What the initialiser of a global value allocates (its name ends in WZ) lives as long as the
# process, but LeakSanitizer cannot follow every way in which Swift refers to it: five objects of
# 32 bytes after 2,000 runs, and the same five after any number. All else that leaks is an error.
echo 'leak:_WZ' > "$work/not-leaks"
export LSAN_OPTIONS="suppressions=$work/not-leaks"
# Short stacks of allocations: half of the time went into keeping long ones.
export ASAN_OPTIONS="malloc_context_size=8:quarantine_size_mb=16"

echo "seed $seed"
"$work/fuzz" -runs="$runs" -max_total_time="$seconds" -seed="$seed" -max_len=4096 -timeout=10 \
    -rss_limit_mb=2048 -dict="$here/manifests.dict" -print_final_stats=1 \
    -artifact_prefix=fuzz-manifests- "$work/corpus"
