import { expect, test } from 'vitest';
import { KernelMemory } from '../../../services/kernel/kernel-memory.ts';

const cells = (memory: KernelMemory, bytes: number) => {
  const address = memory.allocate(bytes);
  return new Uint8Array(memory.buffer, address, bytes);
};

test('what was given back is handed out again, all zero', () => {
  const memory = new KernelMemory();
  let resident = 0;
  for (const sizes of [[500_000, 1, 300_000], [128, 700_000], [400_000, 400_001], [5]]) {
    memory.take();
    for (const bytes of sizes) {
      const taken = cells(memory, bytes);
      expect(taken.every((byte) => byte === 0)).toBe(true);
      taken.fill(7);
    }
    resident ||= memory.buffer.byteLength;
    memory.giveBack();
  }
  expect(memory.buffer.byteLength).toBe(resident);
});

test('what was used by an engine before the last one is zero too', () => {
  const memory = new KernelMemory();
  for (const bytes of [100_000, 10]) {
    memory.take();
    cells(memory, bytes).fill(7);
    memory.giveBack();
  }
  memory.take();
  expect(cells(memory, 200_000).every((byte) => byte === 0)).toBe(true);
});

test('what lies between the parts of a block is not touched', () => {
  const memory = new KernelMemory();
  memory.take();
  cells(memory, 100_000).fill(7);
  memory.giveBack();
  memory.take();
  const parts = [
    { offset: 3, bytes: 1001 },
    { offset: 50_000, bytes: 16 },
  ];
  const address = memory.allocateSparsely(90_000, parts);
  const span = new Uint8Array(memory.buffer, address, 90_000);
  for (const [offset, value] of span.entries()) {
    const isPart = parts.some((part) => offset >= part.offset && offset < part.offset + part.bytes);
    if (value !== (isPart ? 0 : 7)) throw new Error(`${value} at ${offset}`);
  }
  expect(memory.usedBytes).toBe(1017);
  expect(memory.allocate(1)).toBeGreaterThanOrEqual(address + 90_000);
});

test('two cannot have it at once', () => {
  const memory = new KernelMemory();
  memory.take();
  expect(() => memory.take()).toThrow('another engine has the memory');
  memory.giveBack();
  memory.take();
});

test('nothing is reserved before somebody takes it', () => {
  expect(() => new KernelMemory().buffer).toThrow('the memory of the kernel is not taken');
});
