/** The part of the table of error codes (error-codes.ts) that peers meet on the private RPC. */
export const PEER_ERRORS = {
  RPC_UNAUTHENTICATED: {
    status: 401,
    title: 'The call is not signed with the secret of this colony',
    remedy: 'Give coordinators and backends the same RPC secret.',
  },
  RPC_REPLAYED: {
    status: 409,
    title: 'A call with this sequence number was already received',
    remedy: 'Calls are never repeated as they are: sign a new one.',
  },
  FOREIGN_BOOT_ID: {
    status: 421,
    title: 'The call is meant for another process',
    remedy: 'Discover the backends again: this address has a new process.',
  },
  STALE_FENCE: {
    status: 409,
    title: 'A newer generation, epoch or topology has been seen',
    remedy: 'Read the colony record again; a former leader stops acting.',
  },
  GENERATION_RELEASED: {
    status: 409,
    title: 'This generation of the colony was stopped here',
    remedy: 'Nothing: a late call of a stopped colony is refused.',
  },
  COLONY_NOT_INITIALIZED: {
    status: 409,
    title: 'No colony is initialized here',
    remedy: 'Call InitializeColony first.',
  },
  TOPOLOGY_NOT_INITIALIZED: {
    status: 409,
    title: 'No topology is initialized here',
    remedy: 'Call InitializeTopology first.',
  },
  EVENT_TOO_LATE: {
    status: 409,
    title: 'An event came for a tick that was computed before',
    remedy: 'This must never happen; the shards are rebuilt.',
  },
  SHARDS_NOT_INITIALIZED: {
    status: 409,
    title: 'The shards are not initialized here',
    remedy: 'Call InitializeShards first.',
  },
  HALO_NOT_READY: {
    status: 409,
    title: 'The halo asked for is not there',
    remedy: 'Ask again later: the sender has not reached that tick.',
  },
  HALO_INVALID: {
    status: 400,
    title: 'The halo message is not valid',
    remedy: 'Sender and receiver must hold the same topology.',
  },
} as const;
