import { z } from 'zod';
import { pace } from '../services/platform/config/config-values.ts';
import { colonySpecProblem } from '../services/protocol/colony/spec.ts';
import { COLONY_NAME } from '../services/protocol/common/names.ts';
import { DEFAULT_WORLD_SPEC } from '../services/world/spec/spec.ts';
import { fargateSizeProblem } from './fargate-sizes.ts';

/** The retention times that CloudWatch Logs takes. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
] as const;

const image = z
  .string()
  .regex(/^[a-z0-9][A-Za-z0-9._/:@-]{0,511}$/, 'expected the name of an image');

const wholeNumber = (min: number, max: number) =>
  z
    .number(`expected an integer from ${min} to ${max}`)
    .refine((value) => Number.isInteger(value) && value >= min && value <= max, {
      error: `expected an integer from ${min} to ${max}`,
    });

/**
 * What the context key `colony` may hold: in cdk.json, or `-c colony='{"colonyName":"reef"}'`.
 * Nothing in lib reads the environment. docs/aws.md says what each option costs.
 */
const configSchema = z.strictObject({
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
  /** Backend tasks while a colony is started; none run while it is not. */
  backends: wholeNumber(1, 1000).default(4),
  /** CPU units of a backend task; 1024 are one vCPU. */
  cpu: z.number().default(1024),
  memoryMiB: z.number().default(2048),
  /** Share of the backends on Spot capacity, from 0 to 1. */
  spotShare: z.number().min(0).max(1).multipleOf(0.01).default(1),
  /** Whether backends are kept in one availability zone or spread over both. */
  backendZones: z.enum(['one', 'all']).default('one'),
  /** Coordinator tasks, always on: one leads, the others stand by. */
  coordinators: wholeNumber(1, 3).default(1),
  coordinatorCpu: z.number().default(256),
  coordinatorMemoryMiB: z.number().default(512),
  /** Public subnets that let nothing in, or isolated ones with endpoints. */
  network: z.enum(['public', 'isolated']).default('public'),
  /** Of the tasks, and of the image that is built for them. */
  architecture: z.enum(['arm64', 'x86_64']).default('arm64'),
  /** An image to run instead of building one from this repository. */
  image: image.optional(),
  /** What the image is built on and built with, instead of the digests in the Dockerfile. */
  baseImage: image.optional(),
  buildBaseImage: image.optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  logRetentionDays: z
    .literal([...LOG_RETENTION_DAYS], {
      error: `expected one of ${LOG_RETENTION_DAYS.join(', ')}`,
    })
    .default(30),
  /** Whether refused connections are logged. */
  flowLogs: z.boolean().default(true),
  containerInsights: z.boolean().default(false),
  /** Who is told of alarms. */
  alarmEmail: z.email('expected an e-mail address').optional(),
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
  /** With `emulator`: where the API finds the coordinator. */
  coordinatorUrl: z.url({ protocol: /^http$/, error: 'expected an http address' }).optional(),
});

export type ColonyConfig = z.infer<typeof configSchema>;

/** The names of all options; docs/aws.md has each of them. */
export const CONFIG_OPTIONS = Object.keys(configSchema.shape) as (keyof ColonyConfig)[];

/**
 * Reads the context value `colony`, an object or its JSON text; absent is all defaults.
 * @throws Error of one line that names every fault.
 */
export function parseConfig(context: unknown): ColonyConfig {
  const result = configSchema.safeParse(fromText(context ?? {}));
  const faults = result.success
    ? togetherProblems(result.data)
    : result.error.issues.map(({ code, path, message }) =>
        code === 'unrecognized_keys' && path.length === 0
          ? message
          : `${path.join('.') || 'value'}: ${message}`,
      );
  if (result.success && faults.length === 0) return result.data;
  throw new Error(`Context colony: ${faults.join('; ')}`);
}

/** What each is good by itself and does not fit together. */
function togetherProblems(config: ColonyConfig): string[] {
  const { cpu, memoryMiB, coordinatorCpu, coordinatorMemoryMiB } = config;
  return [
    ['cpu, memoryMiB', fargateSizeProblem(cpu, memoryMiB)],
    [
      'coordinatorCpu, coordinatorMemoryMiB',
      fargateSizeProblem(coordinatorCpu, coordinatorMemoryMiB),
    ],
    [
      'image',
      config.emulator && config.image === undefined && 'expected one, for an emulator builds none',
    ],
    [
      'coordinatorUrl',
      !config.emulator && config.coordinatorUrl !== undefined && 'only with emulator',
    ],
  ].flatMap(([name, problem]) => (problem ? [`${name}: ${problem}`] : []));
}

function fromText(context: unknown): unknown {
  if (typeof context !== 'string') return context;
  try {
    return JSON.parse(context);
  } catch {
    throw new Error(`Context colony: expected a JSON object, got ${context}`);
  }
}
