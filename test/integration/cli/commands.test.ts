import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ApiClient } from '../../../services/cli/client/api-client.ts';
import {
  checkpointsCommand,
  clientSpec,
  rulesCommand,
  runCommand,
  scaleCommand,
  startCommand,
  statusCommand,
  stopCommand,
} from '../../../services/cli/colony/colony.commands.ts';
import { digestCommand } from '../../../services/cli/replay/digest.command.ts';
import { statsCommand } from '../../../services/cli/stats/stats.command.ts';
import { ColonyError, problemOf } from '../../../services/protocol/common/errors.ts';
import { STATISTICS_TABLE } from '../../../services/protocol/series/tables.ts';
import { DEFAULT_RULES } from '../../../services/world/spec/rules.ts';
import { replayHost } from '../../support/kernel/replay-host.ts';
import { colonyView, idleView } from '../../unit/cli/colony-view.fixture.ts';
import { FakeColony, type Routes, recordingOutput } from './fake-colony.ts';

let colony: FakeColony | undefined;
afterEach(async () => {
  await colony?.close();
  colony = undefined;
});

async function clientOf(routes: Routes): Promise<ApiClient> {
  colony = await new FakeColony(routes).listen();
  return new ApiClient(colony.url);
}

const requested = (route: string) =>
  colony?.requests.filter(({ method, path }) => `${method} ${path}`.startsWith(route)) ?? [];

const problem = (code: 'NO_LEADER' | 'COLONY_ALREADY_STARTED' | 'COLONY_START_FAILED') => {
  const error = new ColonyError(code, 'because');
  return { status: error.status, body: problemOf(error) };
};
const startAnswer = (status: string) => ({
  body: { status, message: `Colony ${status}`, colonyInstanceId: 'i1', generation: 1 },
});

describe('checkpoints', () => {
  const at = '2026-11-30T00:00:00.000Z';
  const manifest = { key: 'manifest.json', sha256: '0'.repeat(64) };
  const kept = [
    { tick: 300, at, sizeBytes: 1_500_000, digest: 'a'.repeat(16), manifest },
    { tick: 200, at, sizeBytes: 1_400_000, digest: 'b'.repeat(16), manifest },
  ];

  test('are a line each, newest first', async () => {
    const client = await clientOf({ 'GET /checkpoints': [{ body: kept }] });
    const output = recordingOutput();
    expect(await checkpointsCommand(client, {}, output)).toBe(0);
    expect(output.lines.map((line) => line.split(/ +/)[0])).toEqual(['tick', '300', '200']);
    expect(output.documents).toEqual([]);
  });

  test('are one document as JSON, as the API gives them', async () => {
    const client = await clientOf({ 'GET /checkpoints': [{ body: kept }] });
    const output = recordingOutput();
    expect(await checkpointsCommand(client, { json: true }, output)).toBe(0);
    expect([output.documents, output.lines]).toEqual([[kept], []]);
  });

  test('that are none are an empty document as JSON', async () => {
    const client = await clientOf({ 'GET /checkpoints': [{ body: [] }] });
    const output = recordingOutput();
    await checkpointsCommand(client, { json: true }, output);
    expect(output.documents).toEqual([[]]);
  });

  test('of which the API says something else are refused', async () => {
    const client = await clientOf({ 'GET /checkpoints': [{ body: [{ tick: -1 }] }] });
    await expect(checkpointsCommand(client, {}, recordingOutput())).rejects.toThrow();
  });

  test('of a coordinator that refuses are refused with its reason', async () => {
    const client = await clientOf({ 'GET /checkpoints': [problem('NO_LEADER')] });
    await expect(checkpointsCommand(client, {}, recordingOutput())).rejects.toThrow(/because/);
  });
});

describe('rules', () => {
  test('are a line each, with what has changed', async () => {
    const view = colonyView();
    const rules = { ...DEFAULT_RULES, killChance: 3 };
    const client = await clientOf({ 'GET /colony': [{ body: { ...view, rules } }] });
    const output = recordingOutput();
    expect(await rulesCommand(client, {}, output)).toBe(0);
    expect(output.lines).toHaveLength(Object.keys(rules).length);
    const line = output.lines.find((text) => text.startsWith('killChance'));
    expect(line).toMatch(/^killChance +3 +killing is tried 1 time in 3 \(at first 2\)$/);
  });

  test('of no colony are none', async () => {
    const client = await clientOf({ 'GET /colony': [{ body: idleView() }] });
    await expect(rulesCommand(client, {}, recordingOutput())).rejects.toThrow(/no colony/);
  });
});

describe('start', () => {
  test('repeats one key until the colony is started', async () => {
    const client = await clientOf({
      'GET /colony': [{ body: idleView() }],
      'POST /colony-start': [
        { status: 202, ...startAnswer('initiated') },
        problem('NO_LEADER'),
        startAnswer('started'),
      ],
    });
    const output = recordingOutput();
    expect(await startCommand(client, { key: 'k 1', timeout: 30 }, output)).toBe(0);
    const paths = requested('POST /colony-start').map(({ path }) => path);
    expect(paths).toHaveLength(3);
    for (const path of paths) expect(path).toContain('idempotency_key=k+1&');
    expect(output.lines).toEqual(['The colony is started: instance i1']);
  });

  test('makes a new key each time when none is given, and says which', async () => {
    const client = await clientOf({
      'GET /colony': [{ body: idleView() }],
      'POST /colony-start': [startAnswer('started')],
    });
    const output = recordingOutput();
    await startCommand(client, { timeout: 30 }, output);
    await startCommand(client, { timeout: 30 }, output);
    const keys = output.lines
      .filter((line) => line.startsWith('Starting with'))
      .map((line) => line.split(' ').at(-1));
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^cli-\d+-[0-9a-f]{16}$/);
  });

  test.each(['COLONY_ALREADY_STARTED', 'COLONY_START_FAILED'] as const)(
    'is not repeated after %s: one clear line and exit code 1',
    async (code) => {
      const client = await clientOf({
        'GET /colony': [{ body: idleView() }],
        'POST /colony-start': [problem(code)],
      });
      const run = startCommand(client, { key: 'k', timeout: 30 }, recordingOutput());
      const failure = await run.catch((error) => error);
      expect(failure.exitCode).toBe(1);
      expect(failure.message).toMatch(new RegExp(`^${code}: .*because\\. \\S.*\\.$`));
      expect(requested('POST /colony-start')).toHaveLength(1);
    },
  );

  test('gives up after its time, naming the key to go on with', async () => {
    const client = await clientOf({
      'GET /colony': [{ body: idleView() }],
      'POST /colony-start': [{ status: 202, ...startAnswer('in-progress') }],
    });
    const run = startCommand(client, { key: 'mine', timeout: 0 }, recordingOutput());
    expect(await run.catch((error) => error.message)).toContain('--key mine');
  });

  test('sends the world flags as the spec, over those of a file; without any it sends none', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'colony-spec-'));
    const specFile = path.join(folder, 'spec.json');
    writeFileSync(specFile, '{"seed":1,"rules":{"killGain":1}}');
    expect(clientSpec({ specFile, seed: 2 })).toEqual({ seed: 2, rules: { killGain: 1 } });
    expect(clientSpec({})).toBeUndefined();
    writeFileSync(specFile, '{"sead":1}');
    expect(() => clientSpec({ specFile })).toThrow(/^The colony spec is not valid: .*sead.*$/);
    writeFileSync(specFile, '[]');
    expect(() => clientSpec({ specFile })).toThrow('does not hold a colony spec');
    writeFileSync(specFile, 'no json');
    expect(() => clientSpec({ specFile })).toThrow('does not hold a colony spec');
    rmSync(folder, { recursive: true });
    expect(() => clientSpec({ specFile })).toThrow('cannot be read');
  });
});

describe('stop', () => {
  const stopped = { body: { status: 'stopped', message: 'Colony stopped', colonyInstanceId: 'x' } };

  test('names the running instance when none is given', async () => {
    const client = await clientOf({
      'GET /colony': [{ body: colonyView() }],
      'POST /colony-stop': [stopped],
    });
    expect(await stopCommand(client, undefined, {}, recordingOutput())).toBe(0);
    expect(requested('POST /colony-stop?colony_instance_id=instance-1')).toHaveLength(1);
  });

  test('refuses when there is no colony', async () => {
    const client = await clientOf({ 'GET /colony': [{ body: idleView() }] });
    const run = stopCommand(client, undefined, {}, recordingOutput());
    await expect(run).rejects.toMatchObject({ exitCode: 1 });
  });
});

describe('pause, resume, step, pace', () => {
  const answer = (paused: boolean) => ({
    body: { colonyInstanceId: 'i', paused, effectiveTick: 42, ticksPerSecond: null },
  });

  test('each asks its own address and tells from which tick on', async () => {
    const client = await clientOf({
      'POST /colony-pause': [answer(true)],
      'POST /colony-resume': [answer(false)],
      'POST /colony-step': [answer(true)],
      'PUT /colony-pace': [answer(false)],
    });
    const output = recordingOutput();
    await runCommand(() => client.pause(), {}, output);
    await runCommand(() => client.resume(), {}, output);
    await runCommand(() => client.step(5, 'k'), {}, output);
    await runCommand(() => client.pace(null), {}, output);
    expect(output.lines).toEqual([
      'paused: it stands at tick 42 once it is there',
      'running from tick 42, pace unlimited',
      'paused: it stands at tick 42 once it is there',
      'running from tick 42, pace unlimited',
    ]);
    expect(requested('POST /colony-step?ticks=5&idempotency_key=k')).toHaveLength(1);
    expect(requested('PUT /colony-pace')[0]?.body).toBe('{"ticksPerSecond":null}');
  });
});

describe('stats', () => {
  const client = () =>
    clientOf({
      'GET /statistics': (url) => {
        if (url.searchParams.get('format') === 'csv') return { body: 'tick,population\n20,5\n' };
        const columns = Object.fromEntries(
          STATISTICS_TABLE.columns.map(({ name }) => [name, [5, null]]),
        );
        const range = { from: 0, to: 40, everyTicks: 20 };
        return {
          body: { colonyInstanceId: 'i1', ...range, columns: { tick: [20, 40], ...columns } },
        };
      },
    });

  test('asks for the rows of a range', async () => {
    const output = recordingOutput();
    const range = { from: 20, to: 40, points: 9 };
    expect(await statsCommand(await client(), range, output, undefined)).toBe(0);
    expect(requested('GET /statistics?from=20&to=40&points=9')).toHaveLength(1);
    expect(output.lines[0]).toBe('ticks 20 to 40, a row each 20 ticks');
  });

  test('prints them as CSV', async () => {
    const output = recordingOutput();
    await statsCommand(await client(), { csv: true }, output, undefined);
    expect(requested('GET /statistics?format=csv')).toHaveLength(1);
    expect(output.lines).toEqual(['tick,population\n20,5']);
  });
});

describe('scale', () => {
  const scaled = async (backends: number, before: number, options = {}) => {
    const client = await clientOf({ 'PUT /colony-scale': [{ body: { backends, before } }] });
    const output = recordingOutput();
    expect(await scaleCommand(client, backends, options, output)).toBe(0);
    return output;
  };

  test('asks for a number of backends and tells the one before', async () => {
    const { lines } = await scaled(8, 4);
    expect(lines).toEqual(['8 backends wanted now, 4 before: colony status shows how far it is']);
    expect(requested('PUT /colony-scale')[0]?.body).toBe('{"backends":8}');
  });

  test('says that nothing changes', async () => {
    expect((await scaled(1, 1)).lines).toEqual(['1 backend wanted, as before']);
  });

  test('prints the answer in JSON', async () => {
    const { documents, lines } = await scaled(8, 4, { json: true });
    expect({ documents, lines }).toEqual({ documents: [{ backends: 8, before: 4 }], lines: [] });
  });

  test('that is refused is a refusal like any other', async () => {
    const body = { title: 'No colony is started', status: 409, code: 'COLONY_NOT_STARTED' };
    const client = await clientOf({ 'PUT /colony-scale': [{ status: 409, body }] });
    await expect(scaleCommand(client, 8, {}, recordingOutput())).rejects.toMatchObject({
      exitCode: 1,
    });
  });
});

describe('an answer that is none', () => {
  test('nothing listens: one clear line, exit code 2', async () => {
    const client = await clientOf({});
    await colony?.close();
    const failure = await statusCommand(client, {}, recordingOutput()).catch((error) => error);
    expect(failure.exitCode).toBe(2);
    expect(failure.message).toMatch(/cannot be reached: nothing listens there/);
  });

  test('a form that is not known: one clear line that names the field, exit code 2', async () => {
    const client = await clientOf({ 'GET /colony': [{ body: { ...colonyView(), tick: 'x' } }] });
    const failure = await statusCommand(client, {}, recordingOutput()).catch((error) => error);
    expect(failure.exitCode).toBe(2);
    expect(failure.message).toContain('without tick as');
  });
});

describe('digest', () => {
  const world = { seed: 3, width: 48, height: 32 };

  test('prints tick 0, every 100th and the last, whatever the shards', async () => {
    const whole = recordingOutput();
    const cut = recordingOutput();
    expect(await digestCommand({ ...world, ticks: 150 }, whole, replayHost())).toBe(0);
    expect(await digestCommand({ ...world, ticks: 150, shardSize: 16 }, cut, replayHost())).toBe(0);
    expect(whole.lines.map((line) => line.split(' ')[0])).toEqual(['0', '100', '150']);
    for (const line of whole.lines) expect(line).toMatch(/^\d+ [0-9a-f]{16}$/);
    expect(cut.lines).toEqual(whole.lines);
  });

  test('a last tick that is a 100th is printed once, tick 0 alone too', async () => {
    const hundred = recordingOutput();
    const zero = recordingOutput();
    await digestCommand({ ...world, ticks: 100 }, hundred, replayHost());
    await digestCommand({ ...world, ticks: 0 }, zero, replayHost());
    expect(hundred.lines).toHaveLength(2);
    expect(zero.lines).toEqual([hundred.lines[0]]);
  });

  test('shards that do not divide the world are refused with exit code 2', async () => {
    const run = digestCommand(
      { ...world, ticks: 1, shardSize: 20 },
      recordingOutput(),
      replayHost(),
    );
    await expect(run).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('--shard-size is 20'),
    });
  });

  test('a world that no memory holds is refused with exit code 2', async () => {
    const run = digestCommand(
      { seed: 1, width: 65_536, height: 65_536, ticks: 1 },
      recordingOutput(),
      replayHost({ memoryBytes: 8e9 }),
    );
    await expect(run).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        /^A world of 65536 x 65536 does not fit into this process: it needs about \d\d GB, this machine has 8\.0 GB\.$/,
      ),
    });
  });
});
