import { expect, test } from 'vitest';
import { below, lackOf } from '../../../../services/dashboard/src/api/answer-shape.ts';

const answer = {
  tick: 0,
  leader: { id: 'coordinator-1' },
  spec: null,
  backends: [{ id: 'backend-1', waiting: null }, { id: 'backend-2' }],
};

test.each([
  ['tick', 'leader.id', 'backends[].id'],
  // Null is an answer: it is not known, nor is what it would have.
  ['spec', 'spec.width', 'spec.rules.maxFood'],
])('an answer that has %s, %s and %s lacks none of them', (...needs) => {
  expect(lackOf(answer, needs)).toBe(undefined);
});

test.each(['phase', 'leader.epoch', 'tick.age', 'leader[]', 'backends[].waiting', 'backends.id'])(
  'an answer without %s lacks it',
  (need) => {
    expect(lackOf(answer, ['tick', need])).toBe(need);
  },
);

test.each([undefined, null, 'text', 7, []])('an answer that is %j has nothing', (other) => {
  expect(lackOf(other, below('columns', ['tick']))).toBe('columns.tick');
});
