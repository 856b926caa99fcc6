#!/usr/bin/env bash
# Installs what the full test run needs and a bare Debian 12 machine lacks, from Debian's packages alone.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

missing=()
need() { command -v "$1" >/dev/null || missing+=("${@:2}"); }
need dockerd docker.io cgroupfs-mount
need mmdebstrap mmdebstrap
# For nodes of namespaces: their network, and those of users without root.
need ip iproute2
need newuidmap uidmap
need curl curl ca-certificates
need git git
need npm nodejs npm
need go golang-go
# The clients people use through port and SSH sessions.
need ssh openssh-client
need rsync rsync
need redis-cli redis-tools
# For the examples of the documentation.
python3 -c 'import boto3, pytest' 2>/dev/null || missing+=(python3-boto3 python3-pytest)
[ -d /usr/share/gocode/src/github.com/aws/aws-sdk-go-v2 ] || missing+=(golang-github-aws-aws-sdk-go-v2-dev)
if [ ${#missing[@]} -gt 0 ]; then
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# The suite wants a CLI that knows AWS_ENDPOINT_URL; Debian 12 itself has an older one.
if ! command -v aws >/dev/null; then
  awk -v RS= 'NR==1' /etc/apt/sources.list.d/debian.sources | sed 's/^Suites:.*/Suites: bookworm-backports/' \
    >/etc/apt/sources.list.d/backports.sources
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends -t bookworm-backports awscli >/dev/null
fi

# Compose v2 is in Debian 13 only; the plugin is one static program, so the system's packages stay as they are.
if ! docker compose version >/dev/null 2>&1; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work"/lists/partial "$work"/archives/partial "$work"/src
  awk -v RS= 'NR==1' /etc/apt/sources.list.d/debian.sources |
    sed 's/^Suites:.*/Suites: trixie/;s/^Components:.*/Components: main/' >"$work/src/trixie.sources"
  options=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/src" -o "Dir::State::lists=$work/lists"
    -o "Dir::Cache=$work" -o "Dir::Cache::archives=$work/archives" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" -qq update
  (cd "$work" && apt-get "${options[@]}" -qq download docker-compose/trixie docker-buildx/trixie &&
    for package in *.deb; do dpkg-deb -x "$package" unpacked; done)
  mkdir -p /usr/local/lib/docker/cli-plugins
  cp "$work"/unpacked/usr/libexec/docker/cli-plugins/* /usr/local/lib/docker/cli-plugins/
fi
