import { z } from 'zod';
import { pace, url } from '../services/platform/config/config-values.ts';
import { COORDINATOR_OPTIONS } from '../services/platform/config/coordinator-config.ts';
import { colonySpecProblem } from '../services/protocol/colony/spec.ts';
import { COLONY_NAME } from '../services/protocol/common/names.ts';
import { DEFAULT_WORLD_SPEC } from '../services/world/spec/spec.ts';
import { customDomain, existingVpc, image, managedPolicy, wholeNumber } from './config-values.ts';

/** What coordinators are told as it is. */
export const COORDINATOR_SETTINGS = [
  'checkpointIntervalSeconds',
  'checkpointMinTicks',
  'checkpointBudgetBytes',
  'pictureIntervalSeconds',
  'rebalanceAfterSeconds',
] as const;

/** The retention times that CloudWatch Logs takes. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
] as const;

/** An option that coordinators have under the same name: what it may be, and its default, are theirs. */
function ofCoordinators(name: (typeof COORDINATOR_SETTINGS)[number]) {
  const { kind, default: byDefault } = COORDINATOR_OPTIONS[name];
  const error = `expected ${kind.expected}`;
  return z
    .number(error)
    .refine((value) => kind.schema.safeParse(value).success, { error })
    .default(byDefault.value);
}

/**
 * What the context key `colony` may hold: in cdk.json, or `-c colony='{"colonyName":"reef"}'`.
 * Nothing in lib reads the environment. docs/aws.md says what each option costs.
 */
export const configSchema = z.strictObject({
  /** Names the colony and everything that is deployed for it. */
  colonyName: z
    .string()
    .regex(COLONY_NAME, 'expected 1–31 of a–z, 0–9 and -, a letter first')
    .default('colony'),
  /** The world of a start that brings no spec of its own. */
  worldSpec: z
    .strictObject({
      width: z.number().default(DEFAULT_WORLD_SPEC.width),
      height: z.number().default(DEFAULT_WORLD_SPEC.height),
      shardSize: z.number().default(DEFAULT_WORLD_SPEC.shardSize),
      seed: z.number().default(DEFAULT_WORLD_SPEC.seed),
    })
    .superRefine((spec, context) => {
      const problem = colonySpecProblem({ ...DEFAULT_WORLD_SPEC, ...spec });
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    })
    .prefault({}),
  /** Ticks per second of a colony that is started. */
  pace: z
    .union([z.number(), z.literal('unlimited')])
    .refine((value) => pace.schema.safeParse(value).success, { error: `expected ${pace.expected}` })
    .default(60),
  /** How much time of ticking lies between two checkpoints, at least. */
  checkpointIntervalSeconds: ofCoordinators('checkpointIntervalSeconds'),
  /** How many ticks lie between two checkpoints, at least. */
  checkpointMinTicks: ofCoordinators('checkpointMinTicks'),
  /** What the checkpoints that are kept may take together. */
  checkpointBudgetBytes: ofCoordinators('checkpointBudgetBytes'),
  /** How much time lies between two stored pictures of the world, at least; 0: none are stored. */
  pictureIntervalSeconds: ofCoordinators('pictureIntervalSeconds'),
  /** New backends get shards after they have been there for so long. */
  rebalanceAfterSeconds: ofCoordinators('rebalanceAfterSeconds'),
  /** Backend tasks while a colony is started; none run while it is not. */
  backends: wholeNumber(1, 1000).default(4),
  /** CPU units of a backend task; 1024 are one vCPU. */
  cpu: z.number().default(1024),
  memoryMiB: z.number().default(2048),
  /**
   * Share of the backends on Spot capacity, from 0 to 1. None by default: AWS may take such a backend away at
   * two minutes' notice, and where there is no other the colony ticks on with fewer.
   */
  spotShare: z.number().min(0).max(1).multipleOf(0.01).default(0),
  /** Whether backends are kept in one availability zone or spread over both. */
  backendZones: z.enum(['one', 'all']).default('one'),
  /** Coordinator tasks, always on: one leads, the others stand by. */
  coordinators: wholeNumber(1, 3).default(1),
  coordinatorCpu: z.number().default(256),
  coordinatorMemoryMiB: z.number().default(512),
  /** Public subnets that let nothing in, or isolated ones with endpoints. */
  network: z.enum(['public', 'isolated']).default('public'),
  /** A VPC that is there. @default one is made */
  vpc: existingVpc.optional(),
  /** A name for the API. @default only the one that API Gateway makes */
  customDomain: customDomain.optional(),
  /** Of every role that is made. @default none */
  permissionsBoundary: managedPolicy.optional(),
  /** Of the tasks, and of the image that is built for them. */
  architecture: z.enum(['arm64', 'x86_64']).default('arm64'),
  /** An image to run. @default one is built from this repository */
  image: image.optional(),
  /** What the image is built on and built with. @default the digests in the Dockerfile */
  baseImage: image.optional(),
  buildBaseImage: image.optional(),
  /** An OpenTelemetry collector, which is told of starts and recoveries. @default nobody is */
  otlpEndpoint: z
    .string(`expected ${url.expected}`)
    .refine((value) => url.schema.safeParse(value).success, { error: `expected ${url.expected}` })
    .optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  logRetentionDays: z
    .literal([...LOG_RETENTION_DAYS], {
      error: `expected one of ${LOG_RETENTION_DAYS.join(', ')}`,
    })
    .default(30),
  /** Whether refused connections are logged. */
  flowLogs: z.boolean().default(true),
  containerInsights: z.boolean().default(false),
  /** Who is told of alarms. @default they only show */
  alarmEmail: z.email('expected an e-mail address').optional(),
  /** Dollars a month; `alarmEmail` is told when the colony comes near. @default there is no budget */
  monthlyBudgetUsd: wholeNumber(1, 1_000_000).optional(),
  /** After how many days statistics are deleted. */
  statisticsRetentionDays: wholeNumber(31, 3650).default(365),
  /** What all callers of the API together may ask for. */
  throttling: z
    .strictObject({
      requestsPerSecond: wholeNumber(1, 10_000).default(50),
      burst: wholeNumber(1, 5000).default(100),
    })
    .prefault({}),
  /** Whether the table and the objects stay when the stack goes. */
  deletionProtection: z.boolean().default(true),
  /** For an AWS emulator: leaves out what lib/emulator.ts lists. */
  emulator: z.boolean().default(false),
  /** With `emulator`: where the API finds the coordinator. @default it makes no call */
  coordinatorUrl: z.url({ protocol: /^http$/, error: 'expected an http address' }).optional(),
});

export type ColonyConfig = z.infer<typeof configSchema>;

/** The names of all options; docs/aws.md has each of them. */
export const CONFIG_OPTIONS = Object.keys(configSchema.shape) as (keyof ColonyConfig)[];
