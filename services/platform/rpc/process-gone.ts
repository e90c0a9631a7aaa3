import { ColonyError } from '../../protocol/common/errors.ts';
import { TransportError } from './transport.ts';

/**
 * What the error of a call proves of the process that was called, in words: that it is gone. undefined if
 * it may still be there. A refused connection and another process at its address are proofs; silence and
 * a connection that broke off are none.
 */
export function processGone(error: unknown): string | undefined {
  if (error instanceof TransportError && error.reason === 'refused') {
    return `its process is gone: ${error.message}`;
  }
  if (error instanceof ColonyError && error.code === 'FOREIGN_BOOT_ID') {
    return `its process is gone, and another one has its address: ${error.message}`;
  }
  return undefined;
}
