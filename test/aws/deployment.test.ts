import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cdk } from '../support/aws/cdk.ts';
import { docker } from '../support/aws/containers.ts';
import { Deployment } from '../support/aws/deployment.ts';
import { Emulator, untested } from '../support/aws/emulator.ts';
import { type Inventory, inventory } from '../support/aws/inventory.ts';
import { nextEngineImage, nextImage } from '../support/aws/next-image.ts';
import { Stopwatch } from '../support/aws/stopwatch.ts';

const COLONY = 'reef';
const BACKENDS = 2;
const KEY = 'the-key-of-this-start';

const emulator = new Emulator();
const abilities = await emulator.abilities();
for (const what of untested(abilities)) console.warn(`NOT TESTED at ${emulator.endpoint}: ${what}`);
const runsTasks = abilities.tables && abilities.ecs && abilities.httpApis && abilities.containers;

const stopwatch = new Stopwatch();
const cdk = new Cdk();
const deployment = new Deployment(emulator, cdk, {
  colonyName: COLONY,
  // 4 × 4 shards, laid and replayed in an instant.
  worldSpec: { width: 64, height: 64, shardSize: 16, seed: 5 },
  pace: 60,
  backends: BACKENDS,
} as { colonyName: string });

let before: Inventory;
let instance: string | null;
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
  expect(added('stacks')).toEqual(parts.map((part) => `${COLONY}-${part}`));
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
    await stopwatch.time('colony-start until it ticks, backends from zero', async () => {
      await deployment.until('the colony is started', async () => {
        const { status } = await deployment.api.start(KEY, 20);
        return status === 'started';
      });
      await deployment.ticksBeyond(0);
    });
    const containers = await deployment.containers();
    const backends = containers.filter(({ name }) => name === 'backend');
    expect(backends).toHaveLength(BACKENDS);
    const view = await deployment.api.colony();
    instance = view.colonyInstanceId;
    const addresses = backends.map(({ address }) => expect.stringContaining(`//${address}:`));
    expect(view.backends.map(({ address }) => address)).toEqual(expect.arrayContaining(addresses));
  });

  step('the key starts the same colony again and again, another key none', async () => {
    const again = await deployment.api.start(KEY, 0);
    expect(again).toMatchObject({ status: 'started', colonyInstanceId: instance });
    await expect(deployment.api.start('another', 0)).rejects.toThrow();
  });

  step('what ticks there is bit-identical to a replay in one process', async () => {
    await deployment.ticksBeyond(300);
    expect(await deployment.verify()).toContain('bit-identical');
  });

  step('a killed backend is replaced, and the world goes on', async () => {
    const { id, address } = await deployment.container('backend');
    const { tick, backends } = await deployment.api.colony();
    const killed = backends.find((backend) => backend.address.includes(`//${address}:`));
    await stopwatch.time('recovery from the kill of a backend', async () => {
      await docker('kill', id);
      await deployment.until(
        'the colony ticks on beyond its tick, without the killed one',
        async () => {
          const view = await (await deployment.leader()).colony();
          const owners = view.backends.map(({ bootId }) => bootId);
          const isReplaced = owners.length === BACKENDS && !owners.includes(killed?.bootId ?? '');
          return isReplaced && view.phase === 'Ticking' && (view.tick ?? -1) > (tick ?? 0);
        },
      );
    });
    expect((await deployment.api.colony()).colonyInstanceId).toBe(instance);
    expect(await deployment.verify()).toContain('bit-identical');
  });

  step('a killed coordinator is replaced, and the world goes on', async () => {
    const old = await deployment.registry.leader();
    const { id } = await deployment.container('coordinator');
    const tick = (await deployment.api.colony()).tick ?? 0;
    await stopwatch.time('recovery from the kill of the coordinator', async () => {
      await docker('kill', id);
      await deployment.until('another coordinator leads', async () => {
        const leader = await deployment.registry.leader();
        return leader !== undefined && leader.bootId !== old?.bootId;
      });
      await deployment.ticksBeyond(tick + 1);
    });
    await deployment.pointApi();
    expect((await deployment.api.colony()).colonyInstanceId).toBe(instance);
    expect(await deployment.verify()).toContain('bit-identical');
  });

  step('more backends run and register when they are configured', async () => {
    const wanted = BACKENDS + 1;
    await stopwatch.time('scale-out by one backend', async () => {
      await deployment.deploy({ backends: wanted }, 'services');
      await deployment.until(`${wanted} backends are there`, async () => {
        const { running } = await deployment.backendCounts();
        return running === wanted && (await deployment.registry.list('backends')).length === wanted;
      });
    });
    expect((await (await deployment.leader()).colony()).colonyInstanceId).toBe(instance);
  });

  step('a new version keeps the colony', async () => {
    const image = process.env['AWS_EMULATOR_IMAGE'] ?? '';
    const next = 'colony-next:local';
    await nextImage(image, next);
    const { tick } = await (await deployment.leader()).colony();
    await stopwatch.time('cdk deploy of a new version until it ticks', async () => {
      await deployment.deploy({ image: next }, 'services');
      await rolledOutTo(next);
      await deployment.ticksBeyond(tick ?? 0);
    });
    const view = await (await deployment.leader()).colony();
    expect(view.colonyInstanceId).toBe(instance);
    expect(view.backends).toHaveLength(BACKENDS + 1);
  });

  step('a version with another engine refuses to resume, the one before goes on', async () => {
    const image = process.env['AWS_EMULATOR_IMAGE'] ?? '';
    const other = 'colony-other-engine:local';
    await nextEngineImage(image, other);
    await stopwatch.time('cdk deploy of another engine until it refuses', async () => {
      await deployment.deploy({ image: other }, 'services');
      await rolledOutTo(other);
      await deployment.until('it refuses', async () => {
        const view = await (await deployment.leader()).colony();
        return view.phase === 'Failed' && /engine/i.test(view.phaseDetail ?? '');
      });
    });
    await stopwatch.time('cdk deploy of the former engine until it ticks', async () => {
      await deployment.deploy({ image }, 'services');
      await rolledOutTo(image);
      await deployment.ticksBeyond(100);
    });
    await deployment.pointApi();
    expect((await deployment.api.colony()).colonyInstanceId).toBe(instance);
    expect(await deployment.verify()).toContain('bit-identical');
  });

  step('colony-stop scales the backends to zero', async () => {
    await deployment.api.stop(instance ?? '');
    await stopwatch.time('colony-stop until no backend runs', () =>
      deployment.until('only the coordinator runs', async () => {
        const containers = await deployment.containers();
        return containers.every(({ name }) => name === 'coordinator');
      }),
    );
    expect(await deployment.backendCounts()).toEqual({ desired: 0, running: 0 });
    await deployment.until('no backend is registered', async () => {
      const entries = await deployment.registry.list('backends');
      return entries.length === 0;
    });
  });

  // Not left to the destruction of the stacks: this emulator answers nobody while it ends a task for
  // that, and a task that cannot reach the registry cannot leave it.
  step('tasks that are stopped leave the registry', async () => {
    await deployment.scaleCoordinators(0);
    await deployment.until(
      'no task runs',
      async () => (await deployment.containers()).length === 0,
    );
    expect(await deployment.registry.list('coordinators')).toEqual([]);
    expect(await deployment.registry.leader()).toBeUndefined();
  });
});

step('cdk destroy leaves nothing', async () => {
  await stopwatch.time('cdk destroy', () => deployment.destroy());
  expect(await inventory(emulator)).toEqual(before);
  if (runsTasks) expect(await deployment.containers()).toEqual([]);
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
