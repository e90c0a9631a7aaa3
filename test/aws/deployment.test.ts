import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cdk } from '../support/aws/cdk.ts';
import { docker } from '../support/aws/containers.ts';
import { coverageOf, describeCoverage, LOCALSTACK_LACKS } from '../support/aws/coverage.ts';
import { Deployment } from '../support/aws/deployment.ts';
import { Emulator, untested } from '../support/aws/emulator.ts';
import { type Inventory, inventory } from '../support/aws/inventory.ts';
import { nextEngineImage, nextImage } from '../support/aws/next-image.ts';
import { Stopwatch } from '../support/aws/stopwatch.ts';
import { comparedCalls, ROLES, type Role } from '../support/aws/task-calls.ts';

const COLONY = 'reef';
const BACKENDS = 2;
const MORE_BACKENDS = BACKENDS + 1;
const KEY = 'the-key-of-this-start';

const emulator = new Emulator();
const abilities = await emulator.abilities();
for (const what of untested(abilities)) console.warn(`NOT TESTED at ${emulator.endpoint}: ${what}`);
const runsTasks = abilities.tables && abilities.ecs && abilities.httpApis && abilities.containers;

const startedSeconds = Date.now() / 1000;
const stopwatch = new Stopwatch();
const isLocalStack = await emulator.isLocalStack();
const cdk = new Cdk(isLocalStack ? 'strong' : 'weak');
const deployment = new Deployment(emulator, cdk, {
  colonyName: COLONY,
  // 4 × 4 shards, initialised in an instant, and slow.
  worldSpec: { width: 64, height: 64, shardSize: 16, seed: 5 },
  pace: 20,
  backends: BACKENDS,
} as { colonyName: string });

let before: Inventory;
let instance: string | null;
/** The key of an object that no checkpoint has. */
let orphan: string;
let hasFailed = false;

/** Steps build on each other: once one has failed, those after it are not tried. */
const step = (name: string, run: () => Promise<void>) =>
  test.runIf(abilities.tables)(name, async (context) => {
    context.skip(hasFailed, 'a step before this one failed');
    hasFailed = true;
    await run();
    hasFailed = false;
  });

beforeAll(async () => {
  if (!abilities.tables) return;
  await stopwatch.time('cdk bootstrap', () => cdk.bootstrap('000000000000', emulator.region));
  before = await inventory(emulator);
});

afterAll(() => {
  console.log(`\n${stopwatch}\n`);
  deployment.close();
  cdk.close();
});

step('all stacks deploy, and what they report as created is there', async () => {
  await stopwatch.time('cdk deploy of all stacks', () => deployment.deploy());
  const after = await inventory(emulator);
  const added = (kind: string) => after[kind]?.filter((name) => !before[kind]?.includes(name));
  const parts = ['api', 'network', 'observability', 'services', 'state'];
  const stacks = parts.map((part) => `${COLONY}-${part}`);
  expect(added('stacks')).toEqual(stacks);
  const coverage = await coverageOf(emulator, stacks);
  console.log(`\nAt ${emulator.endpoint}\n${describeCoverage(coverage)}\n`);
  expect(coverage.made).not.toEqual({});
  expect(Object.keys(coverage.skipped).sort()).toEqual(isLocalStack ? LOCALSTACK_LACKS : []);
  for (const kind of ['tables', 'buckets', 'roles', 'alarms', 'secrets', 'vpcs', 'logGroups']) {
    expect(added(kind), kind).not.toEqual([]);
  }
  if (abilities.ecs) expect(added('clusters')).toHaveLength(1);
  if (abilities.httpApis) expect(added('httpApis')).toHaveLength(1);
});

describe.runIf(runsTasks)('with tasks', () => {
  step('the coordinator runs, leads and has registered the address of its container', async () => {
    await stopwatch.time('until a coordinator leads', () =>
      deployment.until(
        'a coordinator leads',
        async () => (await deployment.leader()) !== undefined,
      ),
    );
    const { address, taskArn } = await deployment.container('coordinator');
    expect(await deployment.registry.list('coordinators')).toMatchObject([{ address, taskArn }]);
    expect(await deployment.registry.leader()).toMatchObject({ address });
    expect((await fetch(`http://${address}:8083/healthz`)).status).toBe(200);
  });

  step('no backend runs while there is no colony', async () => {
    await deployment.until('no backend runs', async () => {
      const { desired, running } = await deployment.backendCounts();
      return desired === 0 && running === 0;
    });
  });

  step('the API lets signed requests in, and no other', async () => {
    await stopwatch.time('cdk deploy of the API alone', () => deployment.pointApi());
    expect((await fetch(`${deployment.apiUrl}/colony`)).status).toBe(403);
    expect(await deployment.api.colony()).toMatchObject({ name: COLONY, status: 'NotInitialized' });
  });

  step('a start through the API brings the backends up and the world to life', async () => {
    const view = await stopwatch.time(
      'colony-start until it ticks, backends from zero',
      async () => {
        await deployment.until('the colony is started', async () => {
          const { status } = await deployment.api.start(KEY, 20);
          return status === 'started';
        });
        return deployment.ticksOn(BACKENDS, 0);
      },
    );
    const containers = await deployment.containers();
    const backends = containers.filter(({ name }) => name === 'backend');
    const addresses = backends.map(({ address }) => expect.stringContaining(`//${address}:`));
    expect(addresses).toHaveLength(BACKENDS);
    for (const { address } of backends) {
      expect((await fetch(`http://${address}:9000/healthz`)).status).toBe(200);
    }
    expect(view.backends.map(({ address }) => address)).toEqual(expect.arrayContaining(addresses));
    instance = view.colonyInstanceId;
    expect((await deployment.api.colony()).colonyInstanceId).toBe(instance);
  });

  step('the key starts the same colony again and again, another key none', async () => {
    const again = await deployment.api.start(KEY, 0);
    expect(again).toMatchObject({ status: 'started', colonyInstanceId: instance });
    await expect(deployment.api.start('another', 0)).rejects.toThrow('already started');
  });

  step('what ticks there is bit-identical to a replay in one process', async () => {
    await deployment.ticksOn(BACKENDS, 200);
    expect(await deployment.verify()).toContain('bit-identical');
  });

  step('checkpoints come into the bucket, and are listed', async () => {
    await stopwatch.time('until the first checkpoint', () =>
      deployment.view('it has a checkpoint', ({ checkpoint }) => checkpoint?.tick != null),
    );
    const checkpoints = await deployment.api.checkpoints();
    const objects = await deployment.snapshots.list('');
    const manifests = objects.filter(({ key }) => key.endsWith('/manifest.json'));
    expect(manifests.length).toBeGreaterThanOrEqual(checkpoints.length);
    expect(objects.length - manifests.length).toBeGreaterThanOrEqual(BACKENDS);
  });

  step('pictures come into the bucket, and are answered', async () => {
    let newest: { tick: number; sizeBytes: number } | undefined;
    await deployment.until('a picture is listed', async () => {
      newest = (await deployment.api.pictures()).pictures.at(-1);
      return newest !== undefined;
    });
    const { tick = 0, sizeBytes = 0 } = newest ?? {};
    const png = await deployment.api.bytes(`/pictures/${tick}`, sizeBytes, 'image/png');
    expect(png.byteLength).toBe(sizeBytes);
    expect(Buffer.from(png.subarray(1, 4)).toString('latin1')).toBe('PNG');
  });

  step('it is bit-identical to a replay from a checkpoint in the bucket', async () => {
    expect(await deployment.verifyFromCheckpoint()).toMatch(
      /bit-identical from the checkpoint of tick \d+/,
    );
  });

  step('a killed backend is replaced, and the world goes on from a checkpoint', async () => {
    const { id } = await deployment.container('backend');
    const { tick = 0, checkpoint } = await deployment.api.colony();
    await stopwatch.time('recovery from the kill of a backend', async () => {
      await docker('kill', id);
      await deployment.view('it computes again from the checkpoint', ({ replay, phaseDetail }) =>
        [replay?.fromTick, Number(/checkpoint of tick (\d+)/.exec(phaseDetail ?? '')?.[1])].some(
          (from) => from !== undefined && from >= (checkpoint?.tick ?? 0),
        ),
      );
      await deployment.ticksOn(BACKENDS, tick ?? 0);
    });
    expect((await deployment.api.colony()).colonyInstanceId).toBe(instance);
    expect(await deployment.verify()).toContain('bit-identical');
  });

  step('a killed coordinator is replaced, and the world goes on', async () => {
    const old = await deployment.registry.leader();
    const { id } = await deployment.container('coordinator');
    const tick = (await deployment.api.colony()).tick ?? 0;
    orphan = await deployment.putOrphan();
    await stopwatch.time('recovery from the kill of the coordinator', async () => {
      await docker('kill', id);
      await deployment.until('another coordinator leads', async () => {
        const leader = await deployment.registry.leader();
        return leader !== undefined && leader.bootId !== old?.bootId;
      });
      await deployment.ticksOn(BACKENDS, tick + 1);
    });
    await deployment.pointApi();
    expect((await deployment.api.colony()).colonyInstanceId).toBe(instance);
    expect(await deployment.verify()).toContain('bit-identical');
  });

  step('what killed tasks left in the registry is swept', async () => {
    await deployment.until('only those that run are registered', async () => {
      const entries = await Promise.all(
        (['backends', 'coordinators'] as const).map((role) => deployment.registry.list(role)),
      );
      const registered = entries.flat().map(({ taskArn }) => taskArn);
      const running = (await deployment.containers()).map(({ taskArn }) => taskArn);
      return registered.sort().join() === running.sort().join();
    });
  });

  step('objects of checkpoints that nobody needs are removed', async () => {
    // It has been there since before this leader came, which sweeps a minute later.
    const { snapshots } = deployment;
    await stopwatch.time('until the leader has swept', () =>
      deployment.until('the orphan is gone', async () =>
        (await snapshots.list('')).every(({ key }) => key !== orphan),
      ),
    );
  });

  step('more backends run and register when they are configured', async () => {
    await stopwatch.time('scale-out by one backend', async () => {
      await deployment.deploy({ backends: MORE_BACKENDS }, 'services');
      await deployment.until(`${MORE_BACKENDS} backends are there`, async () => {
        const { running } = await deployment.backendCounts();
        const entries = await deployment.registry.list('backends');
        return running === MORE_BACKENDS && entries.length === MORE_BACKENDS;
      });
    });
    const view = await deployment.view('it ticks', ({ phase }) => phase === 'Ticking');
    expect(view.colonyInstanceId).toBe(instance);
  });

  step(
    'a backend that is told to end leaves the registry, and its shards are taken over',
    async () => {
      const [owner] = (await deployment.view('it ticks', ({ phase }) => phase === 'Ticking'))
        .backends;
      const entries = await deployment.registry.list('backends');
      const entry = entries.find(({ bootId }) => bootId === owner?.bootId);
      const containers = await deployment.containers();
      const container = containers.find(({ taskArn }) => taskArn === entry?.taskArn);
      const { tick } = await (await deployment.leader()).colony();
      await stopwatch.time('recovery from the end of a backend', async () => {
        await docker('kill', '--signal', 'TERM', container?.id ?? '');
        await deployment.ticksOn(MORE_BACKENDS, tick ?? 0);
      });
      const left = await deployment.registry.list('backends');
      expect(left.map(({ bootId }) => bootId)).not.toContain(entry?.bootId);
    },
  );

  step('tasks whose entry is lost register again', async () => {
    const { registry } = deployment;
    for (const role of ['backends', 'coordinators'] as const) {
      const [entry] = await registry.list(role);
      const bootId = entry?.bootId ?? '';
      await registry.remove(role, bootId);
      await deployment.until(`the one of the ${role} is registered again`, () =>
        registry.has(role, bootId),
      );
    }
  });

  step('a new version keeps the colony', async () => {
    const image = process.env['AWS_EMULATOR_IMAGE'] ?? '';
    const next = 'colony-next:local';
    await nextImage(image, next);
    const { tick } = await deployment.view('it ticks', ({ phase }) => phase === 'Ticking');
    const view = await stopwatch.time('cdk deploy of a new version until it ticks', async () => {
      await deployment.deploy({ image: next }, 'services');
      await rolledOutTo(next);
      return deployment.ticksOn(MORE_BACKENDS, tick ?? 0);
    });
    expect(view.colonyInstanceId).toBe(instance);
  });

  step('a version with another engine refuses to resume, the one before goes on', async () => {
    const image = process.env['AWS_EMULATOR_IMAGE'] ?? '';
    const other = 'colony-other-engine:local';
    await nextEngineImage(image, other);
    await stopwatch.time('cdk deploy of another engine until it refuses', async () => {
      await deployment.deploy({ image: other }, 'services');
      await rolledOutTo(other);
      await deployment.view(
        'it refuses',
        ({ phase, phaseDetail }) => phase === 'Failed' && /engine/i.test(phaseDetail ?? ''),
      );
    });
    await stopwatch.time('cdk deploy of the former engine until it ticks', async () => {
      await deployment.deploy({ image }, 'services');
      await rolledOutTo(image);
      await deployment.ticksOn(MORE_BACKENDS, 100);
    });
    await deployment.pointApi();
    expect((await deployment.api.colony()).colonyInstanceId).toBe(instance);
    expect(await deployment.verify()).toContain('bit-identical');
  });

  step('colony-stop scales the backends to zero', async () => {
    await deployment.api.stop(instance ?? '');
    await stopwatch.time('colony-stop until no backend runs', () =>
      deployment.until('only the coordinator runs, as ECS knows', async () => {
        const containers = await deployment.containers();
        const { desired, running } = await deployment.backendCounts();
        return containers.every(({ name }) => name === 'coordinator') && desired + running === 0;
      }),
    );
    await deployment.until('no backend is registered', async () => {
      const entries = await deployment.registry.list('backends');
      return entries.length === 0;
    });
  });

  // Sent to the process itself: an emulator that ends a task kills it five seconds later.
  step('a coordinator that is told to end gives up the lead and leaves the registry', async () => {
    const old = await deployment.registry.leader();
    const { id } = await deployment.container('coordinator');
    await docker('kill', '--signal', 'TERM', id);
    await deployment.until('another one leads, and it alone is registered', async () => {
      const entries = await deployment.registry.list('coordinators');
      const leader = await deployment.registry.leader();
      const bootIds = [...entries, leader].map((entry) => entry?.bootId);
      return bootIds.length === 2 && new Set(bootIds).size === 1 && bootIds[0] !== old?.bootId;
    });
  });
});

/**
 * What is done after more ticks than there are here: rows become segments, which leave much later, and pictures are
 * thinned.
 */
const AFTER_HOURS = /^dynamodb:BatchWriteItem|\/statistics\/|^s3:DeleteObject on .*\/pictures\//;

// Permissions are not enforced there: this is what tells whether those of the roles are the right ones.
describe.runIf(runsTasks && abilities.callRecord)('of all calls of the tasks up to here', () => {
  const comparison = (role: Role) =>
    comparedCalls(emulator, deployment, COLONY, role, startedSeconds);

  test.for(ROLES)('every one of a %s is granted to its role', async (role, { skip }) => {
    skip(hasFailed, 'a step before this one failed');
    expect((await comparison(role)).missing).toEqual([]);
  });

  test.for(ROLES)('the role of a %s is granted no other', async (role, { skip }) => {
    skip(hasFailed, 'a step before this one failed');
    const { unused } = await comparison(role);
    expect(unused.filter((line) => !AFTER_HOURS.test(line))).toEqual([]);
  });
});

step('cdk destroy leaves nothing', async () => {
  await deployment.emptyBucket();
  await stopwatch.time('cdk destroy', () => deployment.destroy());
  if (runsTasks) {
    await deployment.until(
      'no task runs',
      async () => (await deployment.containers()).length === 0,
    );
    // What is documented as left: this emulator answers no request while it ends tasks for that, and a
    // task that cannot reach the registry cannot leave it.
    await deployment.clearRegistry();
  }
  expect(await inventory(emulator)).toEqual(before);
});

/** Until every container of the tasks runs this image. */
async function rolledOutTo(image: string): Promise<void> {
  const wanted = await docker('image', 'inspect', '--format', '{{.Id}}', image);
  await deployment.until(`every task runs ${image}`, async () => {
    const ids = (await deployment.containers()).map(({ id }) => id);
    const images = await docker('inspect', '--format', '{{.Image}}', ...ids);
    return images.split('\n').every((id) => id === wanted);
  });
}
