import { ColonyError } from '../common/errors.ts';

/**
 * A halo message: the cells that one backend sends another in one exchange. Little-endian:
 *
 *     0   u32  magic "DCHA"
 *     4   u16  format version (2)
 *     6   u16  zero
 *     8   u32  generation
 *     12  u32  topologyVersion
 *     16  u32  tick of the exchange
 *     20  u32  sender's index in topology.backends
 *     24  u32  bytes of cells that follow
 *     28  u32  zero
 *     32  …    cells, rectangle after rectangle in the order of halo-plan.ts
 *
 * The fence and the proof of the sender travel outside of it: in a frame (halo-frame.ts), or in the
 * headers of a pull (rpc-auth.ts).
 */
export const HALO_HEADER_BYTES = 32;
const MAGIC = 0x4148_4344;
const VERSION = 2;

export interface HaloHeader {
  generation: number;
  topologyVersion: number;
  tick: number;
  senderIndex: number;
}

/** Writes the header of a message in place; leaves the cells as they are. */
export function writeHaloHeader(message: Uint8Array, header: HaloHeader): void {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  message.fill(0, 0, HALO_HEADER_BYTES);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, VERSION, true);
  view.setUint32(8, header.generation, true);
  view.setUint32(12, header.topologyVersion, true);
  view.setUint32(16, header.tick, true);
  view.setUint32(20, header.senderIndex, true);
  view.setUint32(24, message.byteLength - HALO_HEADER_BYTES, true);
}

/** Reads the tick from the header of a message, without checking the header. */
export function haloTickOf(header: Uint8Array): number {
  return new DataView(header.buffer, header.byteOffset).getUint32(16, true);
}

/** Checks magic, version and length; throws HALO_INVALID naming actual and expected. */
export function readHaloHeader(message: Uint8Array): HaloHeader {
  const bad = (what: string) => new ColonyError('HALO_INVALID', what);
  if (message.byteLength < HALO_HEADER_BYTES) {
    throw bad(`${message.byteLength} bytes are less than a header of ${HALO_HEADER_BYTES}`);
  }
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw bad('the magic number is wrong');
  const version = view.getUint16(4, true);
  if (version !== VERSION) throw bad(`format version ${version}, expected ${VERSION}`);
  const cellsBytes = view.getUint32(24, true);
  if (message.byteLength !== HALO_HEADER_BYTES + cellsBytes) {
    throw bad(`${message.byteLength} bytes, expected ${HALO_HEADER_BYTES + cellsBytes}`);
  }
  return {
    generation: view.getUint32(8, true),
    topologyVersion: view.getUint32(12, true),
    tick: view.getUint32(16, true),
    senderIndex: view.getUint32(20, true),
  };
}
