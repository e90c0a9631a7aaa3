import type { HaloTransport } from '../../../../services/backend/halos/halo-transport.ts';

const nothing = () => undefined;

/** For backends that are alone. */
export const noPeers: HaloTransport = {
  subscribe: () => ({ missed: nothing, reset: nothing, close: nothing }),
  send: nothing,
  makeRoom: nothing,
  abandon: nothing,
  pull: () => Promise.reject(new Error('there are no peers')),
};
