import { setTimeout as sleep } from 'node:timers/promises';
import { ZERO_FENCE } from '../../services/protocol/wire/fence.ts';
import { rpcPath } from '../../services/protocol/wire/rpc.ts';
import { signCall } from '../../services/protocol/wire/rpc-auth.ts';
import { storePath } from '../../services/protocol/wire/store-calls.ts';
import { mutations } from './mutations.ts';
import { Attacker, type Outcome, requestText, send, type Target } from './raw-http.ts';

/** What is tried against a colony. Each resolves with how often it went how. */
export interface Attack {
  name: string;
  run(targets: readonly Target[]): Promise<Tally>;
  /** Whether an attacker was kept out who was answered like this. @default isRefused */
  isRefusal?(how: string): boolean;
}

/** How often connections went how, by role and outcome. */
export type Tally = Map<string, number>;

/** Heads and bodies that do not come are cut off within 10 s; the rest is for a machine under load. */
const CUT_OFF_WITHIN_MS = 14_000;
const IDLE_CONNECTIONS = 2_000;
const UNFINISHED_BODIES = 800;
const TOPOLOGY_BYTES = 1_040_000;
const SLOW_CONNECTIONS = 100;
const MUTATED_REQUESTS = 600;
const MUTATED_AT_ONCE = 40;
const FLOOD_MS = 12_000;
const FLOOD_CONNECTIONS = 16;
/** Of each, a second. It is the refusals that are of interest, not how fast this machine is. */
const FLOOD_CALLS = 25;

/** 4xx, 503, or no answer at all, and nothing that another site may read. */
export const isRefused = (how: string): boolean =>
  /^(4\d\d|503|closed)/.test(how) && !how.endsWith('!');

export function tallyOf(outcomes: readonly Outcome[]): Tally {
  const tally: Tally = new Map();
  for (const { at, how } of outcomes) {
    const key = `${at}: ${how}`;
    tally.set(key, (tally.get(key) ?? 0) + 1);
  }
  return tally;
}

const START = '/colony-start?idempotency_key=siege';
const STOP = '/colony-stop?colony_instance_id=siege';
const JSON_TYPE = { 'content-type': 'application/json' };

/** What strangers would like to change, and nobody may but a peer; of a coordinator what changes nothing. */
function businessOf({ role }: Target): { path: string; body: string } {
  if (role === 'coordinator') return { path: STOP, body: '' };
  if (role === 'backend') {
    const body = '{"horizon":1000000000,"ticksPerSecond":null,"durableThroughTick":-1}';
    return { path: rpcPath('heartbeat'), body };
  }
  const body = '{"colonyName":"colony","seenRevision":1,"text":"{\\"revision\\":2}"}';
  return { path: storePath('replace'), body };
}

/** Where the largest bodies are taken, and how large they may be. */
const LARGEST: Record<Target['role'], { path: string; bytes: number }> = {
  coordinator: { path: START, bytes: 64 * 1024 },
  backend: { path: rpcPath('initializeTopology'), bytes: TOPOLOGY_BYTES },
  store: { path: storePath('put'), bytes: TOPOLOGY_BYTES },
};

const strangers: Record<string, Record<string, string>> = {
  'foreign host': { host: 'evil.example' },
  'foreign page': { origin: 'http://evil.example' },
  'sandboxed page': { origin: 'null', 'sec-fetch-site': 'cross-site' },
  'other user': {},
};

const foreigners: Attack = {
  name: 'foreign hosts, pages and users',
  async run(targets) {
    const sent = targets.flatMap((target) => {
      const { path, body } = businessOf(target);
      return Object.values(strangers).map((more) =>
        send(target, requestText('POST', path, { ...JSON_TYPE, ...more }, body)),
      );
    });
    return tallyOf(await Promise.all(sent));
  },
};

const readers: Attack = {
  name: 'reading and preflights of pages',
  async run(targets) {
    const origin = { origin: 'http://evil.example' };
    const preflight = { ...origin, 'access-control-request-method': 'POST' };
    const sent = targets.flatMap((target) => [
      ...['/healthz', '/', '/colony'].flatMap((path) => [
        send(target, requestText('GET', path, origin)),
        send(target, requestText('GET', path, { host: 'evil.example' })),
      ]),
      send(target, requestText('OPTIONS', businessOf(target).path, preflight)),
    ]);
    return tallyOf(await Promise.all(sent));
  },
  // A page may cause a request to be answered; what counts is that it is not shown the answer.
  isRefusal: (how) => !how.endsWith('!') && how !== 'silence',
};

/** Calls of the private RPC that are not signed, or signed with another secret. */
async function callUnauthenticated(target: Target, sequence: number): Promise<Outcome> {
  const { path, body } = businessOf(target);
  const call = { senderBootId: 'siege', targetBootId: 'b', sequence, fence: ZERO_FENCE };
  const signed = signCall('a guessed secret', call, 'POST', path, Buffer.from(body));
  return send(target, requestText('POST', path, sequence % 2 === 0 ? {} : signed, body));
}

const flood: Attack = {
  name: 'a flood of unauthenticated calls',
  async run(targets) {
    const outcomes: Outcome[] = [];
    const endMs = performance.now() + FLOOD_MS;
    const ports = targets.filter(({ role }) => role !== 'coordinator');
    const caller = async (number: number) => {
      for (let i = 0; performance.now() < endMs; i++) {
        const target = ports[(i + number) % ports.length] as Target;
        outcomes.push(await callUnauthenticated(target, i));
        await sleep(1000 / FLOOD_CALLS);
      }
    };
    await Promise.all(Array.from({ length: FLOOD_CONNECTIONS }, (_, number) => caller(number)));
    return tallyOf(outcomes);
  },
};

/** Opens connections one after the other, each to the next target, and says how all of them went. */
async function besiege(
  targets: readonly Target[],
  count: number,
  begin: (attacker: Attacker, target: Target, number: number) => void,
): Promise<Tally> {
  const attackers: Attacker[] = [];
  for (let i = 0; i < count; i++) {
    const target = targets[i % targets.length] as Target;
    const attacker = new Attacker(target);
    attackers.push(attacker);
    begin(attacker, target, i);
    // A queue of the operating system is not what is tried here.
    if (i % 50 === 49) await sleep(20);
  }
  return tallyOf(await Promise.all(attackers.map((a) => a.outcome(CUT_OFF_WITHIN_MS))));
}

const idle: Attack = {
  name: `${IDLE_CONNECTIONS} idle connections`,
  // One port of each kind, so that each has more of them than it takes.
  run(targets) {
    const roles = [...new Set(targets.map(({ role }) => role))];
    const one = roles.map((role) => targets.find((target) => target.role === role) as Target);
    return besiege(one, IDLE_CONNECTIONS, () => undefined);
  },
};

const unfinished: Attack = {
  name: `${UNFINISHED_BODIES} unfinished bodies`,
  run(targets) {
    const most = Buffer.alloc(TOPOLOGY_BYTES - 10_000, ' ');
    return besiege(targets, UNFINISHED_BODIES, ({ socket }, { role }) => {
      const { path, bytes } = LARGEST[role];
      const headers = { ...JSON_TYPE, 'content-length': String(bytes) };
      socket.write(requestText('POST', path, headers));
      socket.write(most.subarray(0, bytes - 1_000));
    });
  },
};

const slow: Attack = {
  name: `${SLOW_CONNECTIONS} slow heads and ${SLOW_CONNECTIONS} slow bodies`,
  run(targets) {
    return besiege(targets, 2 * SLOW_CONNECTIONS, (attacker, { role }, number) => {
      const { socket } = attacker;
      const { path } = LARGEST[role];
      const isBody = number < SLOW_CONNECTIONS;
      const headers = { ...JSON_TYPE, 'content-length': '1000' };
      socket.write(isBody ? requestText('POST', path, headers) : `POST ${path} HTTP/1.1\r\nx-`);
      const trickle = setInterval(() => {
        if (attacker.isOver) clearInterval(trickle);
        else socket.write('x');
      }, 500);
    });
  },
};

const leavers: Attack = {
  name: '400 clients that go away',
  async run(targets) {
    const headers = { ...JSON_TYPE, 'content-length': '60000' };
    for (let i = 0; i < 400; i++) {
      const target = targets[i % targets.length] as Target;
      const { socket } = new Attacker(target);
      socket.write(requestText('POST', LARGEST[target.role].path, headers));
      socket.write(' '.repeat(1_000));
      await sleep(5);
      socket.resetAndDestroy();
    }
    return new Map([['all: gone', 400]]);
  },
  isRefusal: () => true,
};

const mutated = (seed: number): Attack => ({
  name: `${MUTATED_REQUESTS} mutated requests`,
  async run(targets) {
    const outcomes: Outcome[] = [];
    const requests = mutations(seed, MUTATED_REQUESTS);
    let sent = 0;
    // They share what is still to be sent.
    const sender = async () => {
      for (const text of requests) {
        outcomes.push(await send(targets[sent++ % targets.length] as Target, text, 1_000));
      }
    };
    await Promise.all(Array.from({ length: MUTATED_AT_ONCE }, sender));
    return tallyOf(outcomes);
  },
  // Many are still requests that may be sent, and some are the beginning of one.
  isRefusal: (how) => !/^5/.test(how) && !how.endsWith('!'),
});

/** In the order in which they come. */
export const attacks = (seed: number): Attack[] => [
  foreigners,
  readers,
  idle,
  unfinished,
  slow,
  leavers,
  mutated(seed),
  flood,
];
