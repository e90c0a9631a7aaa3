import { ENGINE_VERSION } from '../../world/spec/spec.ts';
import type { MetricTable, Series } from './metric-table.ts';

const ONE = 'one for each process';

/** The metric of every process by which its build is known. */
export const BUILD_INFO = {
  colony_build_info: {
    kind: 'gauge',
    help: 'Always 1: the labels name the versions of this process, of its engine and of its protocol.',
    labels: { version: ONE, engine: ONE, protocol: ONE },
  },
} as const satisfies MetricTable;

export const buildInfo = (
  version: string,
  protocolVersion: number,
): Series<Record<'version' | 'engine' | 'protocol', string>>[] => [
  {
    labels: { version, engine: String(ENGINE_VERSION), protocol: String(protocolVersion) },
    value: 1,
  },
];
