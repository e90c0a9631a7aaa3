import { expect, test } from 'vitest';
import {
  checkpointLines,
  grouped,
  rangesOf,
  statusLines,
  topologyLines,
} from '../../../../services/cli/colony/status-text.ts';
import { colonyView, idleView } from '../colony-view.fixture.ts';

test('digits come in groups of three', () => {
  expect([0, 999, 1000, 1234567].map(grouped)).toEqual(['0', '999', '1 000', '1 234 567']);
});

test('neighbouring shards are shown as ranges', () => {
  expect(rangesOf([0, 1, 2, 7, 9, 10])).toBe('0-2 7 9-10');
  expect(rangesOf([])).toBe('');
});

test('the status of a running colony names instance, tick, pace, digest and every backend', () => {
  const text = statusLines(colonyView()).join('\n');
  for (const part of [
    'instance    instance-1',
    '1234 (horizon 1300)',
    '59.8 ticks/s, asked: 60 ticks/s',
    '2000 x 1250, shards of 250, seed 1, engine version 1',
    '1 234 567 at tick 1220',
    '00000000deadbeef at tick 1200',
    'backend-1  http://127.0.0.1:9001  42   Ticking  1234  0    40',
  ]) {
    expect(text).toContain(part);
  }
});

test('the status says how many backends are wanted', () => {
  expect(statusLines(colonyView({ wantedBackends: 4 }))).toContain('backends    1 of 4 wanted');
});

test('the status without a colony leaves out what there is not', () => {
  const text = statusLines(idleView()).join('\n');
  expect(text).toContain('NotInitialized');
  expect(text).toContain('no backends');
  expect(text).not.toMatch(/instance|tick|digest|wanted|null/);
});

test('the last failure is shown with its reason and key', () => {
  const lastFailure = { key: 'k', code: 'NO_BACKENDS', reason: 'none', at: 'then', generation: 3 };
  expect(statusLines(colonyView({ lastFailure })).join('\n')).toContain(
    'NO_BACKENDS: none (key k, then)',
  );
});

test('checkpoints are a line each, with tick, time, size and digest', () => {
  const at = '2026-11-30T00:00:00.000Z';
  const [first, second] = ['0'.repeat(16), 'f'.repeat(16)];
  const lines = checkpointLines([
    { tick: 12_000, at, sizeBytes: 4_250_000, digest: first, manifest: { key: 'k', sha256: 'a' } },
    { tick: 900, at, sizeBytes: 40_000, digest: second, manifest: { key: 'k', sha256: 'a' } },
  ]);
  expect(lines).toEqual([
    'tick   taken at                  MB   digest',
    `12000  ${at}  4.3  ${first}`,
    `900    ${at}  0.0  ${second}`,
  ]);
});

test('of no checkpoint it is said that there is none yet', () => {
  expect(checkpointLines([])).toEqual(['No checkpoint has been taken yet.']);
});

test('the topology shows which backend owns which shards', () => {
  const lines = topologyLines({
    status: 'initialized',
    colonyInstanceId: 'i',
    generation: 1,
    topologyVersion: 2,
    width: 256,
    height: 192,
    shardSize: 64,
    ticksPerExchange: 2,
    backends: [{ id: 'a', bootId: 'b', address: 'http://h:1', shards: [0, 1, 2, 3] }],
  });
  expect(lines.join('\n')).toContain('a        http://h:1  0-3');
});

test('a topology that is being initialised says so', () => {
  expect(topologyLines({ status: 'in-progress' })).toEqual(['The topology is being initialized.']);
});
