#!/usr/bin/env bash
# Installs what building, the quickstart and the tests need on Debian and Ubuntu; asks apt only
# when something is missing.
set -euo pipefail

packages=(
    libgit2-dev pkg-config            # to build
    docker.io docker-registry         # a private Docker and registry
    nftables iptables iproute2        # traffic and network namespaces
    busybox-static                    # the images' only content
    git openssh-server openssh-client # git over file, http and ssh
    curl ca-certificates openssl
    docker-compose                    # a project to take over, and what is in its images:
    nginx redis-server postgresql
)
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2> /dev/null | grep -q "ok installed" || missing+=("$package")
done
[ ${#missing[@]} = 0 ] && exit 0

echo "Installing ${missing[*]}"
run() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
# Services that packages would start are not wanted: everything here runs private copies.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | run tee $policy > /dev/null
    run chmod +x $policy
    trap 'run rm -f $policy' EXIT
fi
run apt-get update -qq
run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
