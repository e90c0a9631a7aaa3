import { expect, test } from 'vitest';
import { fanOutSignal } from '../../../../services/platform/runtime/fan-out-signal.ts';

test('it ends with the first of the signals', () => {
  const [first, second] = [new AbortController(), new AbortController()];
  const signal = fanOutSignal([first.signal, second.signal]);
  expect(signal.aborted).toBe(false);
  second.abort(new Error('over'));
  expect(signal.reason).toMatchObject({ message: 'over' });
});

test('a thousand may listen without a warning', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => void warnings.push(warning);
  process.on('warning', note);
  const signal = fanOutSignal([new AbortController().signal]);
  for (let i = 0; i < 1_000; i++) signal.addEventListener('abort', () => {});
  // Warnings are told in the next turn.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
