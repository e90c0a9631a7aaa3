# shellcheck shell=bash
# A Docker engine of our own, beside any that the system has: own bridge, own folder, no rule in the
# firewall, no way out. Its containers reach each other and this machine, and nothing else.

# Sets $bridge and $address. The network is one that no route of this machine has.
make_bridge() {
  local n
  name_bridge
  if ! ip link show "$bridge" >/dev/null 2>&1; then
    for n in $(seq 16 239); do
      ip -4 route | grep -q "^10\.213\.$n\." && continue
      # An address of its own: else it takes that of a container, and changes it as they come and go.
      ip link add "$bridge" address "$(printf '02:42:0a:d5:%02x:01' "$n")" type bridge
      ip address add "10.213.$n.1/24" dev "$bridge"
      ip link set "$bridge" up
      break
    done
  fi
  find_bridge
}

is_foreign_engine() {
  [ -n "${DOCKER_HOST:-}" ] && [ "$DOCKER_HOST" != "unix://$dir/docker.sock" ]
}

name_bridge() { bridge=col$(printf '%s' "$dir" | cksum | cut -d' ' -f1); }

# Sets $bridge and $address of an engine that is there.
find_bridge() {
  if is_foreign_engine; then
    bridge=docker0
    address=$(docker network inspect bridge --format '{{(index .IPAM.Config 0).Gateway}}')
    return
  fi
  name_bridge
  address=$(ip -4 -o address show "$bridge" | sed -E 's|.* inet ([0-9.]+)/.*|\1|')
  [ -n "$address" ] || fail "the bridge $bridge has no address"
}

remove_bridge() {
  name_bridge
  ip link show "$bridge" >/dev/null 2>&1 && ip link delete "$bridge"
  return 0
}

# Sets DOCKER_HOST and $address, where containers reach this machine. An engine that DOCKER_HOST
# names is used as it is and never stopped.
start_docker_engine() {
  if is_foreign_engine; then
    docker info >/dev/null 2>&1 || fail "no Docker engine answers at DOCKER_HOST=$DOCKER_HOST"
    find_bridge
    return
  fi
  [ "$(id -u)" = 0 ] || fail 'needs root to run a Docker engine; or name a running one in DOCKER_HOST'
  needs dockerd docker.io
  needs docker docker.io
  needs ip iproute2
  export DOCKER_HOST=unix://$dir/docker.sock
  [ ${#DOCKER_HOST} -lt 108 ] || fail "the path of the folder is too long for a socket: $dir"
  make_bridge
  is_running dockerd && docker info >/dev/null 2>&1 && return
  say 'starting a Docker engine'
  stop_process dockerd 20
  # The proxy that is none keeps it from asking a registry for images that are local by intent.
  HTTP_PROXY=http://127.0.0.1:9 HTTPS_PROXY=http://127.0.0.1:9 NO_PROXY='' \
    start_process dockerd dockerd --host "$DOCKER_HOST" --data-root "$dir/docker" \
    --exec-root "$dir/docker-exec" --pidfile "$dir/docker.pid" --bridge "$bridge" \
    --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false --userland-proxy=false \
    --log-level warn
  wait_until dockerd 60 docker info
}

# containers_reach IMAGE URL: whether a container gets any answer from an address of this machine, within
# 5 s; three tries. The image has Node.
containers_reach() {
  local try
  for try in 1 2 3; do
    docker run --rm "$1" node -e '
      fetch(process.argv[1], { signal: AbortSignal.timeout(5_000) }).then(
        () => process.exit(0),
        (error) => {
          console.error(`${error.message}: ${error.cause?.message ?? ""}`);
          process.exit(1);
        },
      );' "$2" && return
    say "a container does not reach $2 (try $try of 3)"
  done
  return 1
}

# What to look at when they do not.
describe_network() {
  ip -brief address
  ip -4 route
  ip -4 neighbour show dev "$bridge"
  bridge link 2>/dev/null
  ss --listening --tcp --numeric
  iptables --list --numeric 2>/dev/null
}

# Ends the engine of $dir with all its containers. Images stay.
stop_docker_engine() {
  local containers
  if is_running dockerd; then
    export DOCKER_HOST=unix://$dir/docker.sock
    containers=$(docker ps --all --quiet 2>/dev/null)
    # shellcheck disable=SC2086
    [ -z "$containers" ] || docker rm --force $containers >/dev/null 2>&1
  fi
  stop_process dockerd 30
  # What an engine leaves mounted would keep the folder from being deleted.
  awk -v folder="$dir/" 'index($2, folder) == 1 { print $2 }' /proc/mounts | sort -r | while read -r mounted; do
    umount --lazy "$mounted"
  done
  remove_bridge
}
