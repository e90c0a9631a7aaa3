import {
  HALO_HEADER_BYTES,
  type HaloHeader,
  writeHaloHeader,
} from '../../../services/protocol/wire/halo-codec.ts';

/** A message with its header written and room for the cells at HALO_HEADER_BYTES. */
export function createHaloMessage(header: HaloHeader, cellsBytes: number): Uint8Array {
  const message = new Uint8Array(HALO_HEADER_BYTES + cellsBytes);
  writeHaloHeader(message, header);
  return message;
}
