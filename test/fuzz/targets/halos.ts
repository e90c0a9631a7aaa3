import fc from 'fast-check';
import { z } from 'zod';
import { isStream, pour } from '../../../services/platform/rpc/byte-stream.ts';
import { haloUpgradeHandler } from '../../../services/platform/rpc/halo-upgrade.ts';
import { ERRORS, type ErrorCode } from '../../../services/protocol/common/error-codes.ts';
import { parseJson } from '../../../services/protocol/common/json.ts';
import {
  HALO_HEADER_BYTES,
  haloTickOf,
  readHaloHeader,
} from '../../../services/protocol/wire/halo-codec.ts';
import {
  FRAME_HEADER_BYTES,
  FrameReader,
  FrameSealer,
} from '../../../services/protocol/wire/halo-frame.ts';
import {
  HALO_PATH,
  HALO_PROTOCOL,
  NONCE_HEADER,
  readNonce,
  signHello,
} from '../../../services/protocol/wire/halo-handshake.ts';
import { CALL_HEADER, ReplayGuard } from '../../../services/protocol/wire/rpc-auth.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import { createHaloMessage } from '../../support/halos/halo-message.ts';
import { byteEdit, edits, mutatedBytes } from '../input/mutate-bytes.ts';
import { mutatedJson } from '../input/mutate-json.ts';
import { noise } from '../input/noise.ts';
import { SECRET, signText } from '../input/signed-call.ts';
import { coded, grownBy, holds, jsonBytes, never, type Target, textOf } from '../target.ts';

const HEADER = { generation: 3, topologyVersion: 2, tick: 1_200, senderIndex: 1 };
const FENCE = { generation: 3, epoch: 7, topologyVersion: 2 };

/** A message with cells that follow from a seed. */
function messageOf(seed: number, cellsBytes: number): Uint8Array {
  const message = createHaloMessage(HEADER, cellsBytes);
  message.set(noise(seed, cellsBytes), HALO_HEADER_BYTES);
  return message;
}

const haloMessage: Target = {
  name: 'halo-message',
  reads: ['services/protocol/wire/halo-codec.ts'],
  open() {
    const seeds = [0, 17, 200].map((bytes) => messageOf(bytes, bytes));
    return {
      seeds,
      inputs: mutatedBytes(seeds),
      run(bytes) {
        const { tick } = readHaloHeader(bytes);
        holds(haloTickOf(bytes) === tick, 'the tick is read in two ways');
      },
      isDocumented: coded('HALO_INVALID'),
      maxAllocation: grownBy(4),
    };
  },
};

const KEY = noise(5, 32);
const FRAME_MAX_BYTES = 4_096;
const CHUNKS = [1, 7, 48, 80, 1_000];

/** Frames of these messages, the first byte of all being how they come in chunks. */
function framesOf(messages: readonly Uint8Array[], chunk: number): Uint8Array {
  const sealer = new FrameSealer(KEY);
  return new Uint8Array(
    Buffer.concat([Uint8Array.of(chunk), ...messages.flatMap((m) => [sealer.seal(FENCE, m), m])]),
  );
}

const haloFrames: Target = {
  name: 'halo-frames',
  reads: ['services/protocol/wire/halo-frame.ts', 'services/platform/rpc/byte-stream.ts'],
  open() {
    const messages = [messageOf(1, 50), messageOf(2, 0), messageOf(3, 900)];
    const seeds = CHUNKS.map((_, i) => framesOf(messages, i));
    // Messages that are changed before they are sealed are what a peer with the secret can send.
    const sealed = fc
      .tuple(
        fc.array(fc.tuple(fc.constantFrom(...messages), edits(byteEdit(messages), { most: 2 })), {
          maxLength: 3,
        }),
        fc.nat(255),
      )
      .map(([list, chunk]) =>
        framesOf(
          list.map(([message, change]) => change(message)),
          chunk,
        ),
      );
    return {
      seeds,
      inputs: fc.oneof(mutatedBytes(seeds), sealed),
      run(bytes) {
        let taken = 0;
        const reader = new FrameReader({
          key: KEY,
          maxBytes: FRAME_MAX_BYTES,
          onFrame: ({ payload }) => {
            holds(payload.byteLength <= FRAME_MAX_BYTES, 'a frame is larger than its bound');
            taken++;
          },
        });
        const size = CHUNKS[(bytes[0] ?? 0) % CHUNKS.length]!;
        for (let at = 1; at < bytes.length; at += size) pour(bytes.subarray(at, at + size), reader);
        holds(reader.frames === taken, 'frames are counted otherwise');
      },
      isDocumented: coded('HALO_INVALID', 'BODY_TOO_LARGE', 'RPC_UNAUTHENTICATED'),
      // A room for each frame, of which each takes a header at least.
      maxAllocation: (inputBytes) =>
        8 * 2 ** 20 + FRAME_MAX_BYTES * (1 + inputBytes / FRAME_HEADER_BYTES) + 64 * inputBytes,
    };
  },
};

const BOOT_ID = 'boot-b';
/** Signed in place of a path. */
const TARGET = `${HALO_PATH} ${HALO_PROTOCOL}`;
const helloSchema = z.object({
  path: z.string(),
  protocol: z.string(),
  headers: z.record(z.string(), z.string()),
  isSigned: z.boolean(),
});
type Hello = z.infer<typeof helloSchema>;

const haloHello: Target = {
  name: 'halo-hello',
  reads: [
    'services/protocol/wire/halo-handshake.ts',
    'services/protocol/wire/rpc-auth.ts',
    'services/protocol/wire/fence.ts',
    'services/platform/rpc/halo-upgrade.ts',
  ],
  open() {
    const nonce = noise(4, 32);
    const call = { senderBootId: 'boot-a', targetBootId: BOOT_ID, sequence: 5, fence: FENCE };
    const headers = { host: 'localhost:9000', ...signHello(SECRET, call, nonce) };
    const hello: Hello = { path: HALO_PATH, protocol: HALO_PROTOCOL, headers, isSigned: false };
    const seeds = [hello, { ...hello, isSigned: true }];
    return {
      seeds: seeds.map(jsonBytes),
      inputs: mutatedJson(seeds),
      run(bytes) {
        const hello = helloSchema.safeParse(parseJson(bytes)).data;
        // What the parser of HTTP would not let through.
        if (hello === undefined) return 'no request';
        const { path, protocol, headers: given, isSigned } = hello;
        const nonceBytes = readNonce(given[NONCE_HEADER]);
        const signed = isSigned
          ? signText('UPGRADE', TARGET, given[CALL_HEADER] ?? '', nonceBytes)
          : {};
        const sent: Record<string, string | undefined> = { ...given, ...signed };
        let isTaken = false;
        const upgrade = haloUpgradeHandler(
          { secret: SECRET, bootId: BOOT_ID, guard: new ReplayGuard(), log: new MemoryLog() },
          {
            admit: () => {},
            accept: () => {
              isTaken = true;
            },
          },
        );
        const answer = upgrade({ path, protocol, header: (name) => sent[name] });
        if (isStream(answer)) return 'taken';
        holds(!isTaken, 'a stream was refused and taken');
        const problem = JSON.parse(new TextDecoder().decode(answer.body)) as {
          code: ErrorCode;
          status: number;
        };
        holds(
          problem.status === answer.status && ERRORS[problem.code]?.status === answer.status,
          'no problem document',
        );
        holds(problem.code !== 'INTERNAL', `an unexpected error: ${textOf(answer.body)}`);
        return problem.code;
      },
      isDocumented: never,
      maxAllocation: grownBy(128),
    };
  },
};

export const haloTargets: readonly Target[] = [haloMessage, haloFrames, haloHello];
