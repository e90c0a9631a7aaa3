import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ApiClient } from '../../../services/cli/client/api-client.ts';
import { clientSpec } from '../../../services/cli/colony/colony.commands.ts';
import {
  cancelCommand,
  eventsCommand,
  injectCommand,
} from '../../../services/cli/events/event.commands.ts';
import { digestCommand } from '../../../services/cli/replay/digest.command.ts';
import {
  type ColonyEvent,
  colonyEventOf,
  injectedEventsOf,
} from '../../../services/protocol/colony/colony-event.ts';
import type { WorldEvent } from '../../../services/world/events/events.ts';
import { replayHost } from '../../support/kernel/replay-host.ts';
import { colonyView } from '../../unit/cli/colony-view.fixture.ts';
import { FakeColony, type Routes, recordingOutput } from './fake-colony.ts';

let colony: FakeColony | undefined;
let folder: string | undefined;
afterEach(async () => {
  await colony?.close();
  colony = undefined;
  if (folder !== undefined) rmSync(folder, { recursive: true });
  folder = undefined;
});

async function clientOf(routes: Routes): Promise<ApiClient> {
  colony = await new FakeColony(routes).listen();
  return new ApiClient(colony.url);
}

const CREATURE: WorldEvent = {
  kind: 'createCreature',
  ...{ x: 7, y: 9, radiusX: 20, radiusY: 15, size: 12, canKill: true, canMove: false },
  colour: 0xff88,
};
const EVENTS: ColonyEvent[] = [
  colonyEventOf({ sequence: null, tick: 441, event: { kind: 'extraFood', amount: -3 } }),
  colonyEventOf({ sequence: 1, tick: 600, event: CREATURE }),
  colonyEventOf({
    sequence: 2,
    tick: 601,
    event: { kind: 'ruleChange', rule: 'killChance', percent: 20 },
  }),
];

/** What is printed of them in a world of this tick. */
async function linesAt(tick: number | null): Promise<string[]> {
  const client = await clientOf({
    'GET /colony-events': [{ body: EVENTS }],
    'GET /colony': [{ body: colonyView({ tick }) }],
  });
  const output = recordingOutput();
  expect(await eventsCommand(client, { limit: 3 }, output)).toBe(0);
  return output.lines;
}

describe('events', () => {
  test('are a line each', async () => {
    expect(await linesAt(700)).toEqual([
      'tick 441, random: food that grows: −3 everywhere',
      'tick 600, injected 1: new species #00ff88 (size 12, kills) at 7, 9, 20 x 15 cells round it',
      'tick 601, injected 2: rule killChance +20 %',
    ]);
    expect(colony?.requests.map((r) => r.path)).toEqual(['/colony-events?limit=3', '/colony']);
  });

  test('that are still to come say so, those of the tick of the world among them', async () => {
    expect(await linesAt(600)).toEqual([
      expect.stringMatching(/^tick 441, random: /),
      expect.stringMatching(/^tick 600, upcoming now, injected 1: /),
      expect.stringMatching(/^tick 601, upcoming in 1 tick, injected 2: /),
    ]);
    expect((await linesAt(500)).at(-1)).toMatch(/^tick 601, upcoming in 101 ticks, injected 2: /);
  });

  test('that were cancelled are not upcoming', async () => {
    const cancelled = colonyEventOf({ sequence: 3, tick: 900, event: CREATURE }, true);
    const client = await clientOf({
      'GET /colony-events': [{ body: [cancelled] }],
      'GET /colony': [{ body: colonyView({ tick: 600 }) }],
    });
    const output = recordingOutput();
    await eventsCommand(client, { limit: 3 }, output);
    expect(output.lines).toEqual([expect.stringMatching(/^tick 900, injected 3: .*cancelled/)]);
  });

  test('are not dated while the tick of the world is not known', async () => {
    expect((await linesAt(null)).join()).not.toContain('upcoming');
  });

  test('are cancelled by their sequence, and shown as such', async () => {
    const cancelled = colonyEventOf({ sequence: 1, tick: 600, event: CREATURE }, true);
    const client = await clientOf({ 'DELETE /colony-events/1': [{ body: cancelled }] });
    const output = recordingOutput();
    expect(await cancelCommand(client, 1, {}, output)).toBe(0);
    expect(output.lines[0]).toMatch(/^tick 600, injected 1: new species .* \(cancelled\)$/);
    expect(colony?.requests).toMatchObject([{ method: 'DELETE', path: '/colony-events/1' }]);
  });

  test('that were cancelled are no part of a replay', () => {
    const listed = [...EVENTS, colonyEventOf({ sequence: 3, tick: 9, event: CREATURE }, true)];
    expect(injectedEventsOf(listed).map(({ sequence }) => sequence)).toEqual([1, 2]);
  });

  test('from a tick on are asked for page by page, and are one document with --json', async () => {
    const client = await clientOf({
      'GET /colony-events': [{ body: EVENTS.slice(0, 2) }, { body: EVENTS.slice(2) }, { body: [] }],
    });
    const output = recordingOutput();
    await eventsCommand(client, { from: 5, limit: 30, json: true }, output);
    expect(output.documents).toEqual([EVENTS]);
    const froms = colony?.requests.map((r) => /from=(\d+)/.exec(r.path)?.[1]);
    expect(froms).toEqual(['5', '601', '602']);
  });

  test('from a server that answers the same page again end with an error', async () => {
    const client = await clientOf({ 'GET /colony-events': [{ body: EVENTS.slice(0, 1) }] });
    await expect(eventsCommand(client, { from: 0, limit: 30 }, recordingOutput())).rejects.toThrow(
      'the same page of events twice',
    );
  });
});

describe('inject', () => {
  test('sends what was said under its key, and prints what became of it', async () => {
    const client = await clientOf({ 'POST /colony-events': [{ body: EVENTS[1] }] });
    const output = recordingOutput();
    const options = { key: 'k 1', x: 7, canKill: true, tick: 600 };
    expect(await injectCommand(client, 'createCreature', options, output)).toBe(0);
    expect(colony?.requests).toEqual([
      {
        method: 'POST',
        path: '/colony-events?idempotency_key=k+1',
        body: JSON.stringify({ kind: 'createCreature', tick: 600, x: 7, canKill: true }),
      },
    ]);
    expect(output.lines).toHaveLength(1);
  });

  test('sends food for a spot', async () => {
    const drop = { kind: 'foodDrop', x: 3, y: 4, radiusX: 5, radiusY: 6, amount: 500 } as const;
    const listed = colonyEventOf({ sequence: 1, tick: 600, event: drop });
    const client = await clientOf({ 'POST /colony-events': [{ body: listed }] });
    const output = recordingOutput();
    const { kind, ...options } = drop;
    expect(await injectCommand(client, kind, { key: 'k', ...options }, output)).toBe(0);
    expect(JSON.parse(colony?.requests[0]?.body ?? '')).toEqual(drop);
    expect(output.lines).toEqual([
      'tick 600, injected 1: food on a spot: +500 in each cell at 3, 4, 5 x 6 cells round it',
    ]);
  });

  test.each([
    ['extraFood', { amount: 500 }, '--amount'],
    ['foodDrop', { amount: -1 }, '--amount'],
    ['createCreature', { radiusX: 14 }, '--radius-x'],
  ])('refuses what another kind would take: %s %j', async (kind, options, flag) => {
    const client = await clientOf({});
    const injected = injectCommand(client, kind, options, recordingOutput());
    await expect(injected).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(`The event ${kind} is not valid: ${flag}: `),
    });
    expect(colony?.requests).toEqual([]);
  });

  test('prints the key that it made to standard output, before it is used', async () => {
    const client = await clientOf({});
    const output = recordingOutput();
    await expect(injectCommand(client, 'extraFood', {}, output)).rejects.toThrow();
    expect(output.lines).toEqual([
      expect.stringMatching(/^Injecting with the idempotency key event-/),
    ]);
  });

  test('with --json tells the key that it made beside the document', async () => {
    const client = await clientOf({ 'POST /colony-events': [{ body: EVENTS[0] }] });
    const output = recordingOutput();
    await injectCommand(client, 'extraFood', { json: true }, output);
    expect(output.notes).toEqual([
      expect.stringMatching(/^Injecting with the idempotency key event-/),
    ]);
    expect(output.documents).toEqual([
      { ...EVENTS[0], idempotencyKey: expect.stringMatching(/^event-/) },
    ]);
  });

  test('refuses a detail of another kind, before anything is sent', async () => {
    const client = await clientOf({});
    const injected = injectCommand(client, 'extinction', { amount: 3 }, recordingOutput());
    await expect(injected).rejects.toMatchObject({
      exitCode: 2,
      message: 'The event extinction is not valid: --amount does not belong to it.',
    });
    expect(colony?.requests).toEqual([]);
  });
});

test('--no-random-events goes into the spec of a start, and nothing does without it', () => {
  expect(clientSpec({ randomEvents: false })).toEqual({ randomEvents: false });
  expect(clientSpec({ randomEvents: true })).toBeUndefined();
});

describe('digest', () => {
  const world = { seed: 3, width: 32, height: 32, ticks: 100 };
  const digestOf = async (options: object) => {
    const output = recordingOutput();
    await digestCommand({ ...world, ...options }, output, replayHost());
    return output.lines.at(-1);
  };
  const fileOf = (text: string) => {
    folder ??= mkdtempSync(path.join(tmpdir(), 'events-'));
    const file = path.join(folder, 'events.json');
    writeFileSync(file, text);
    return file;
  };

  test('replays the injected events of a file, and leaves out the random ones', async () => {
    const [random, creature] = EVENTS as [ColonyEvent, ColonyEvent];
    const without = await digestOf({});
    const events = fileOf(
      JSON.stringify([
        { ...random, tick: 20 },
        { ...creature, sequence: 1, tick: 50 },
      ]),
    );
    expect(await digestOf({ events })).not.toBe(without);
    writeFileSync(events, JSON.stringify([{ ...random, tick: 20 }]));
    expect(await digestOf({ events })).toBe(without);
  });

  const CANCELLED = [
    { sequence: 1, cancelled: true },
    // 2 cancels 1.
    { sequence: 3 },
  ];
  const fileOfEvents = (events: object[]) => {
    const [, creature] = EVENTS as [ColonyEvent, ColonyEvent];
    return fileOf(JSON.stringify(events.map((event) => ({ ...creature, tick: 50, ...event }))));
  };

  test('replays what is left after a cancellation', async () => {
    const once = await digestOf({ events: fileOfEvents([{ sequence: 1 }]) });
    expect(await digestOf({ events: fileOfEvents(CANCELLED) })).toBe(once);
    const both = fileOfEvents([{ sequence: 1 }, { sequence: 2, tick: 51 }]);
    expect(await digestOf({ events: both })).not.toBe(once);
  });

  test.each([
    ['than were cancelled', [...CANCELLED, { sequence: 5 }]],
    ['before the one that was cancelled', [{ sequence: 2, cancelled: true }, { sequence: 3 }]],
  ])('refuses a file that lacks more events %s', async (_what, events) => {
    await expect(digestOf({ events: fileOfEvents(events) })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/all injected events once: number . stands where . is due/),
    });
  });

  test.each([
    ['has an injected event twice', [1, 1]],
    ['lacks an injected event', [1, 3]],
  ])('refuses a file that %s', async (_what, sequences) => {
    const [, creature] = EVENTS as [ColonyEvent, ColonyEvent];
    const events = sequences.map((sequence) => ({ ...creature, sequence, tick: 50 }));
    await expect(digestOf({ events: fileOf(JSON.stringify(events)) })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('does not hold all injected events once'),
    });
  });

  test('throws the random events of its seed unless it is told not to', async () => {
    const ticks = 500;
    const quiet = await digestOf({ ticks, randomEvents: false });
    expect(await digestOf({ ticks })).not.toBe(quiet);
    expect(await digestOf({ ticks, randomEvents: true })).not.toBe(quiet);
  });

  test.each([
    ['is no JSON', 'events'],
    ['holds something else', '[{"kind": "flood"}]'],
  ])('refuses a file that %s', async (_what, text) => {
    await expect(digestOf({ events: fileOf(text) })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('does not hold events'),
    });
  });

  test('refuses a file that is not there', async () => {
    await expect(digestOf({ events: '/nowhere/events.json' })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('cannot be read'),
    });
  });
});
