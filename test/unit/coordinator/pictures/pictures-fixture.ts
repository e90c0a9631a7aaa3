import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { picturePartKeys } from '../../../../services/coordinator/pictures/compose-picture.ts';
import { PictureArchive } from '../../../../services/coordinator/pictures/picture-archive.ts';
import { PictureTaker } from '../../../../services/coordinator/pictures/picture-taker.ts';
import type { Manifest } from '../../../../services/protocol/checkpoint/manifest.ts';
import { shadesOf } from '../../../../services/protocol/pictures/palette.ts';
import { PicturePartWriter } from '../../../../services/protocol/pictures/picture-part.ts';
import { pictureFormat } from '../../../../services/protocol/pictures/stored-picture.ts';
import { SingleWorld } from '../../../../services/world/single-world.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemorySnapshotStore } from '../../../simulation/stores/memory-snapshot-store.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { specOf } from '../../world/worlds.ts';
import { manifestAt, TOPOLOGY } from '../checkpoints/checkpoint-fixture.ts';

/** What makes pictures, of checkpoints that two backends have written. */
export class PicturesRig {
  readonly clock = new VirtualClock();
  readonly log = new MemoryLog();
  readonly snapshots = new MemorySnapshotStore(() => Date.parse(this.clock.wallTime()));
  readonly archive = new PictureArchive({
    ...{ colonyName: 'test', snapshots: this.snapshots, clock: this.clock },
  });
  /** The outcomes that it has counted. */
  readonly counted: unknown[] = [];
  readonly taker = new PictureTaker({
    ...{ colonyName: 'test', snapshots: this.snapshots, archive: this.archive },
    ...{ clock: this.clock, log: this.log, pictureIntervalSeconds: 30 },
    count: (...[name, labels]) =>
      void (name === 'colony_pictures_total' && this.counted.push(labels)),
  });
  readonly world: SingleWorld;

  constructor() {
    const { width, height, shardSize } = TOPOLOGY;
    const spec = { ...specOf({ width, height }), shardSize };
    this.world = new SingleWorld(spec, { shardSize });
  }

  manifest(tick: number): Manifest {
    return manifestAt(tick);
  }

  keys(tick: number): string[] {
    return picturePartKeys('test', this.manifest(tick));
  }

  /** What a backend has sampled, compressed. */
  part(owner: number): Uint8Array {
    const writer = new PicturePartWriter(
      pictureFormat(this.world.spec),
      shadesOf(this.world.rules),
    );
    for (const [shard, block] of this.world.blocks.entries()) {
      if (TOPOLOGY.owners[shard] === owner) writer.add(block, block);
    }
    return gzipSync(writer.finish());
  }

  async putParts(tick: number, owners = [0, 1]): Promise<void> {
    for (const [owner, key] of this.keys(tick).entries()) {
      if (owners.includes(owner)) await this.snapshots.putIfAbsent(key, this.part(owner));
    }
  }

  /** Has a picture made, and waits until that has come to its end. */
  async take(tick: number): Promise<void> {
    const { length } = this.counted;
    this.taker.take(this.manifest(tick));
    // What is compressed takes time of this machine, and what is waited for virtual time.
    for (let turns = 0; this.counted.length === length; turns++) {
      await this.clock.advance(turns % 20 === 0 ? 500 : 0);
      await setTimeout(1);
    }
    await this.clock.advance(0);
  }
}
