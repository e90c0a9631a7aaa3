import { expect, test } from 'vitest';
import { sumText } from '../../../../services/local/store/entry.ts';
import {
  type Mark,
  type MarkFile,
  makeMark,
  raiseMark,
  readMark,
} from '../../../../services/local/store/mark.ts';

const markOf = (commit: number): Mark => ({
  storeId: '00000000-0000-4000-8000-000000000001',
  commit,
  sum: sumText(BigInt(commit)),
  record: { colonyName: 'reef', status: 'Initializing', generation: 1, epoch: 2, revision: commit },
});

/** A mark's file in this process; `cutAfter` bytes of the next write are written. */
class Memory implements MarkFile {
  content: Uint8Array | undefined;
  cutAfter = Number.POSITIVE_INFINITY;

  async read() {
    return this.content;
  }
  async replace(content: Uint8Array) {
    this.content = Uint8Array.from(content);
  }
  async overwrite(offsetBytes: number, bytes: Uint8Array) {
    this.content?.set(bytes.subarray(0, this.cutAfter), offsetBytes);
  }
}

async function raised(...commits: number[]): Promise<Memory> {
  const file = new Memory();
  await makeMark(file, markOf(commits[0] ?? 0));
  for (const commit of commits.slice(1)) await raiseMark(file, markOf(commit));
  return file;
}

test('a mark is the highest that was raised', async () => {
  const file = await raised(0, 1, 2, 3);
  expect(readMark(file.content)).toEqual({ type: 'known', mark: markOf(3) });
});

test('one that is cut off anywhere leaves the one before', async () => {
  for (let cutAfter = 0; cutAfter < 300; cutAfter += 7) {
    const file = await raised(0, 1, 2);
    file.cutAfter = cutAfter;
    await raiseMark(file, markOf(3));
    const { mark } = readMark(file.content) as { mark: Mark };
    expect([2, 3]).toContain(mark.commit);
    expect(mark).toEqual(markOf(mark.commit));
  }
});

test('a flipped bit anywhere gives this mark, the one before, or none', async () => {
  const { content } = await raised(0, 1, 2, 3);
  for (let at = 0; at < (content?.length ?? 0); at += 61) {
    const flipped = Uint8Array.from(content ?? []);
    flipped[at] = (flipped[at] ?? 0) ^ 16;
    const read = readMark(flipped);
    expect(read.type).toBe('known');
    if (read.type === 'known') expect([markOf(2), markOf(3)]).toContainEqual(read.mark);
  }
});

test('no file is absent, and one without a whole slot is damaged', () => {
  expect(readMark(undefined)).toEqual({ type: 'absent' });
  expect(readMark(new Uint8Array(0))).toEqual({ type: 'damaged' });
  expect(readMark(new Uint8Array(8_192).fill(7))).toEqual({ type: 'damaged' });
});
