import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { haloTickOf } from '../../../../services/protocol/wire/halo-codec.ts';
import {
  PICTURE_HEADER_BYTES,
  readPictureHeader,
} from '../../../../services/protocol/wire/picture-codec.ts';
import { COLONY, FENCE, fenceOf, HostingCalls, halved } from './hosting-fixture.ts';

let calls: HostingCalls;
beforeEach(() => {
  calls = new HostingCalls();
});
afterEach(() => calls.hosting.close());

const codeOf = (code: string) => expect.objectContaining({ code });
const PICTURE = { layer: 'owner', x: 0, y: 0, width: 64, height: 64, scale: 16 } as const;

describe('a picture', () => {
  test('has the shards that are held, and says of which tick', async () => {
    await calls.start();
    await calls.runTo(3);
    const picture = await calls.hosting.readPicture(FENCE, PICTURE);
    expect(readPictureHeader(picture)).toEqual({ ...PICTURE, minTick: 3, maxTick: 3 });
    expect([...picture.subarray(PICTURE_HEADER_BYTES)]).toEqual(Array(16).fill(1));
  });

  test('has nothing of what others hold', async () => {
    await calls.initialize(halved);
    const picture = await calls.hosting.readPicture(FENCE, PICTURE);
    const [upper, lower] = [Array(8).fill(1), Array(8).fill(0)];
    expect([...picture.subarray(PICTURE_HEADER_BYTES)]).toEqual([...upper, ...lower]);
  });

  test('that reaches beyond the world is refused', async () => {
    await calls.initialize();
    const read = calls.hosting.readPicture(FENCE, { ...PICTURE, width: 65 });
    await expect(read).rejects.toMatchObject({ code: 'FRAME_OUTSIDE_WORLD' });
  });

  test('is refused until colony, topology and shards are there', () => {
    const { hosting } = calls;
    const read = () => hosting.readPicture(FENCE, PICTURE);
    expect(read).toThrow(codeOf('COLONY_NOT_INITIALIZED'));
    hosting.initializeColony(FENCE, COLONY);
    expect(read).toThrow(codeOf('TOPOLOGY_NOT_INITIALIZED'));
    hosting.initializeTopology(FENCE, halved);
    expect(read).toThrow(
      expect.objectContaining({
        code: 'SHARDS_NOT_INITIALIZED',
        message: 'the shards are not initialized',
      }),
    );
  });

  test('asked for under a former fence is refused', async () => {
    await calls.initialize();
    calls.hosting.admit(fenceOf({ epoch: 2 }));
    expect(() => calls.hosting.readPicture(FENCE, PICTURE)).toThrow(codeOf('STALE_FENCE'));
  });
});

describe('the halos of a backend', () => {
  test('are there for who pulls or subscribes late, once its shards tick', async () => {
    const { clock, hosting } = calls;
    expect(hosting.keptHalos('boot-1')).toEqual([]);
    await calls.initialize(halved);
    expect(hosting.keptHalos('boot-1')).toEqual([]);
    expect(() => hosting.findHalo(FENCE, 'boot-1', 0)).toThrow(
      expect.objectContaining({ code: 'HALO_NOT_READY', message: 'the shards do not tick yet' }),
    );
    hosting.startTicking(FENCE);
    await clock.advance(0);
    const halo = hosting.findHalo(FENCE, 'boot-1', 0);
    expect(haloTickOf(halo)).toBe(0);
    expect(hosting.keptHalos('boot-1')).toEqual([halo]);
  });

  test('are for neighbours only, and of the topology they name', async () => {
    const { clock, hosting } = calls;
    await calls.start(halved);
    await clock.advance(0);
    expect(() => hosting.findHalo(FENCE, 'boot-9', 0)).toThrow(
      expect.objectContaining({ code: 'HALO_INVALID', message: 'boot-9 is no neighbour' }),
    );
    const next = fenceOf({ topologyVersion: 2 });
    expect(() => hosting.findHalo(next, 'boot-1', 0)).toThrow(codeOf('STALE_FENCE'));
  });

  test('are sent under the highest fence seen, with the topology that is held', async () => {
    const { hosting } = calls;
    hosting.admit(fenceOf({ generation: 0, topologyVersion: 4 }));
    expect(hosting.haloFence).toEqual(fenceOf({ generation: 0, topologyVersion: 4 }));
    await calls.initialize(halved);
    hosting.admit(fenceOf({ epoch: 2, topologyVersion: 0 }));
    expect(hosting.haloFence).toEqual(fenceOf({ epoch: 2 }));
  });
});
