import { arch } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { ApiClient } from '../../../services/cli/client/api-client.ts';
import { createSignedFetch } from '../../../services/cli/client/signed-fetch.ts';
import { createSsmClient, SsmRegistry } from '../../../services/platform/registry/ssm-registry.ts';
import { createSnapshotStore } from '../../../services/platform/snapshots/create-snapshot-store.ts';
import type { SnapshotStore } from '../../../services/platform/snapshots/snapshot-store.ts';
import type { ColonyView } from '../../../services/protocol/api/public-api.ts';
import { originOf } from '../../../services/protocol/wire/registry-entry.ts';
import { colonyOn } from '../../cluster/local-mode.fixture.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import type { Cdk, StackOutputs } from './cdk.ts';
import { lastLines, type TaskContainer, taskContainers } from './containers.ts';
import type { Emulator } from './emulator.ts';

/** For a busy machine; what is waited for takes seconds. */
const PATIENCE_MS = 240_000;

/** A colony deployed into an emulator by this repository's CDK app. */
export class Deployment {
  readonly registry: SsmRegistry;
  readonly #emulator: Emulator;
  readonly #cdk: Cdk;
  readonly #ecs: ECSClient;
  #config: Record<string, unknown>;
  #outputs: StackOutputs = {};

  constructor(emulator: Emulator, cdk: Cdk, config: { colonyName: string }) {
    this.#emulator = emulator;
    this.#cdk = cdk;
    const address = { region: emulator.region, endpoint: emulator.endpoint };
    this.#ecs = new ECSClient(address);
    this.registry = new SsmRegistry(createSsmClient(address), config.colonyName, new MemoryLog());
    this.#config = {
      emulator: true,
      image: process.env['AWS_EMULATOR_IMAGE'] ?? 'none',
      architecture: arch() === 'arm64' ? 'arm64' : 'x86_64',
      deletionProtection: false,
      ...config,
    };
  }

  /** Deploys all stacks, or some, with changes of the configuration that stay. */
  async deploy(change: object = {}, ...which: ('services' | 'api')[]): Promise<void> {
    this.#config = { ...this.#config, ...change };
    const stacks = which.map((stack) => `${this.#config['colonyName']}-${stack}`);
    const outputs = await this.#cdk.deploy(this.#config, ...stacks);
    this.#outputs = { ...this.#outputs, ...outputs };
  }

  async destroy(): Promise<void> {
    await this.#cdk.destroy();
  }

  /**
   * Tells the API where the leading coordinator is, which Cloud Map does in AWS. A stack is
   * deployed again only for another address.
   */
  async pointApi(): Promise<void> {
    const coordinatorUrl = await this.#leaderUrl();
    if (coordinatorUrl !== this.#config['coordinatorUrl']) {
      await this.deploy({ coordinatorUrl }, 'api');
    }
  }

  output(stack: string, name: string): string {
    const value = this.#outputs[`${this.#config['colonyName']}-${stack}`]?.[name];
    if (value === undefined) throw new Error(`the stack ${stack} has no output ${name}`);
    return value;
  }

  /** The bucket of the checkpoints. */
  get snapshots(): SnapshotStore {
    const { region, endpoint } = this.#emulator;
    const bucket = this.output('state', 'BucketName');
    return createSnapshotStore({ kind: 's3', bucket, region, endpoint });
  }

  /** As one does before a bucket can be destroyed. */
  async emptyBucket(): Promise<void> {
    const { snapshots } = this;
    for (const { key } of await snapshots.list('')) await snapshots.delete(key);
  }

  get cluster(): string {
    return this.output('services', 'ClusterName');
  }

  /** The deployed HTTP API's address, as this emulator serves it. */
  get apiUrl(): string {
    const [apiId = ''] = new URL(this.output('api', 'ApiUrl')).hostname.split('.');
    return this.#emulator.httpApiUrl(apiId);
  }

  /** Through the deployed HTTP API, signed. */
  get api(): ApiClient {
    return new ApiClient(this.apiUrl, createSignedFetch({ region: this.#emulator.region }));
  }

  /** The leading coordinator itself, past the API. */
  async leader(): Promise<ApiClient> {
    return new ApiClient(await this.#leaderUrl());
  }

  /**
   * Waits until the leader's view is as wanted, and returns that view. While tasks are replaced,
   * the one that is registered may be gone already.
   */
  async view(
    what: string,
    isSo: (view: ColonyView) => boolean | Promise<boolean>,
  ): Promise<ColonyView> {
    let found: ColonyView | undefined;
    await this.until(what, async () => {
      const view = await (await this.leader()).colony();
      if (await isSo(view)) found = view;
      return found !== undefined;
    });
    if (found === undefined) throw new Error(`not so: ${what}`);
    return found;
  }

  /**
   * Waits until the shards are with so many backends, all of which are registered and run, and the
   * colony ticks beyond a tick: with none of those that were replaced. The view then.
   */
  async ticksOn(backends: number, tick: number): Promise<ColonyView> {
    return this.view(`${backends} backends that run tick beyond ${tick}`, async (view) => {
      if (view.phase !== 'Ticking' || (view.tick ?? -1) <= tick) return false;
      const entries = await this.registry.list('backends');
      const running = new Set((await this.containers()).map(({ taskArn }) => taskArn));
      const owners = view.backends.filter(({ bootId }) =>
        entries.some((entry) => entry.bootId === bootId && running.has(entry.taskArn ?? '')),
      );
      return view.backends.length === backends && owners.length === backends;
    });
  }

  containers(): Promise<TaskContainer[]> {
    return taskContainers(this.cluster);
  }

  async container(name: TaskContainer['name']): Promise<TaskContainer> {
    const found = (await this.containers()).find((container) => container.name === name);
    if (found === undefined) throw new Error(`no container of a ${name} runs`);
    return found;
  }

  /** How many tasks the service of the backends wants and has. */
  async backendCounts(): Promise<{ desired: number; running: number }> {
    const { services } = await this.#ecs.send(
      new DescribeServicesCommand({
        cluster: this.cluster,
        services: [this.output('services', 'BackendServiceName')],
      }),
    );
    const { desiredCount = -1, runningCount = -1 } = services?.[0] ?? {};
    return { desired: desiredCount, running: runningCount };
  }

  /** Removes the entries of tasks that ended without doing it themselves. */
  async clearRegistry(): Promise<void> {
    for (const role of ['backends', 'coordinators'] as const) {
      for (const { bootId } of await this.registry.list(role)) {
        await this.registry.remove(role, bootId);
      }
    }
    const leader = await this.registry.leader();
    if (leader !== undefined) await this.registry.removeLeader(leader.bootId);
  }

  /**
   * `colony verify`, the command, through the API: what it said. Fails when the replay differs.
   *
   * @param flags more of them
   */
  async verify(...flags: string[]): Promise<string> {
    const { region } = this.#emulator;
    // Checkpoints are compressed by the Node of the tasks: an older one may be unable to read them.
    const node = process.env['AWS_EMULATOR_NODE'] ?? process.execPath;
    const api = ['--url', this.apiUrl, '--sign', region];
    const { code, said } = await colonyOn(node, 'verify', ...api, ...flags);
    if (code !== 0) throw new Error(`colony verify ended with ${code}: ${said}`);
    return said;
  }

  /** The same from the newest checkpoint, read from the bucket at the endpoint that the environment names. */
  verifyFromCheckpoint(): Promise<string> {
    return this.verify('--from', 'checkpoint', '--bucket', this.output('state', 'BucketName'));
  }

  /** Stores an object that belongs to no checkpoint, beside those of the colony; answers its key. */
  async putOrphan(): Promise<string> {
    const [object] = await this.snapshots.list('');
    const folder = /^(.*\/)\d{10}\//.exec(object?.key ?? '')?.[1];
    if (folder === undefined) throw new Error('there are no checkpoints');
    const key = `${folder}0000000000/0-0/orphan`;
    await this.snapshots.putIfAbsent(key, new Uint8Array([1]));
    return key;
  }

  /** Waits until something holds; if it does not, shows what the tasks said. */
  async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    let last: unknown;
    for (;;) {
      try {
        if (await isSo()) return;
        last = undefined;
      } catch (error) {
        last = error;
      }
      if (performance.now() > deadline) {
        const reason = last === undefined ? '' : ` (${last})`;
        throw new Error(`Not so: ${what}${reason}\n${await lastLines(this.cluster)}`);
      }
      await sleep(200);
    }
  }

  close(): void {
    this.#ecs.destroy();
  }

  async #leaderUrl(): Promise<string> {
    const leader = await this.registry.leader();
    if (leader === undefined) throw new Error('no coordinator leads');
    return originOf(leader.address, leader.httpPort);
  }
}
