import type { FolderLook } from '../../local/folder-look.ts';
import type { PortState } from '../../local/ports.ts';
import { isOnLoopback } from '../../protocol/common/loopback.ts';
import { originOf, type RegistryEntry } from '../../protocol/wire/registry-entry.ts';
import { DEFAULT_WORLD_SPEC } from '../../world/spec/spec.ts';
import { addressFinding } from './address-finding.ts';
import { type Build, buildOf, colonyFindings, versionsFinding } from './colony-findings.ts';
import type { ColonyLook } from './colony-look.ts';
import { type Finding, ok, problem } from './finding.ts';
import {
  type Disk,
  diskFinding,
  folderFinding,
  type StoreLook,
  storeFinding,
} from './folder-findings.ts';
import {
  type ClockSample,
  clockFinding,
  type Memory,
  memoryFinding,
  nodeFinding,
  skewFinding,
} from './machine-findings.ts';

/** What is looked at on this machine. */
export interface LocalLook {
  node(): { version: string; hasZstd: boolean };
  clock(): ClockSample;
  memory(): Memory;
  folder(dataDir: string): Promise<FolderLook>;
  /** Of a folder that nobody holds. */
  store(dataDir: string): Promise<StoreLook>;
  disk(dataDir: string): Promise<Disk>;
  port(port: number): Promise<PortState>;
  colony(url: string): Promise<ColonyLook>;
  /** Processes that say in the folder that they run, and where. */
  processes(dataDir: string): Promise<Process[]>;
  /** Why a process does not answer, or says that it is not well; undefined if neither. */
  illness(origin: string): Promise<string | undefined>;
}

export interface Process {
  role: 'coordinator' | 'backend';
  entry: RegistryEntry;
}

export interface LocalPlan {
  dataDir: string;
  /** Where a colony is, or will be. */
  url: string;
  /** Whether requests to it are signed. */
  isSigned: boolean;
  /** Of the world that is to fit. @default that of the colony that answers, else that of a launch */
  width?: number;
  height?: number;
  /** Of this command. */
  build: Build;
  oldestNode: string;
}

/** All checks of a colony on this machine, in the order in which they are told. */
export async function localFindings(plan: LocalPlan, look: LocalLook): Promise<Finding[]> {
  const { dataDir, url, isSigned, build } = plan;
  const before = look.clock();
  const folder = await look.folder(dataDir);
  const isFree = folder.is === 'ours' && folder.heldBy === undefined;
  const store = isFree && folder.unwritable === undefined ? await look.store(dataDir) : undefined;
  const colony = await look.colony(url);
  const view = colony.type === 'answers' ? colony.view : undefined;
  const spec = view?.spec ?? DEFAULT_WORLD_SPEC;
  const world = { width: plan.width ?? spec.width, height: plan.height ?? spec.height };
  // What a launch that was killed has left tells nothing.
  const processes = folder.heldBy === undefined ? [] : await look.processes(dataDir);
  const port = colony.type !== 'answers' && isOnLoopback(url) ? await portOf(url, look) : undefined;
  const isRunning = view !== undefined && view.spec !== null && view.backends.length > 0;
  return [
    nodeFinding(look.node(), plan.oldestNode),
    clockFinding(before, look.clock()),
    memoryFinding(look.memory(), world, isRunning),
    folderFinding(folder),
    diskFinding(await look.disk(folder.path), world),
    storeFinding(folder, store),
    addressFinding(url, colony, { port, isHeld: folder.heldBy !== undefined }),
    ...(processes.length === 0 ? [] : [await processesFinding(processes, look)]),
    ...(colony.type === 'answers'
      ? [
          skewFinding(url, colony.date, { signed: isSigned }),
          versionsFinding(build, [
            buildOf('the coordinator that answers', colony.version),
            ...processes.map(({ role, entry }) => ({ ...entry, who: `${role} ${entry.id}` })),
          ]),
          ...colonyFindings(colony.view),
        ]
      : []),
  ];
}

const portOf = (url: string, look: LocalLook): Promise<PortState> => {
  const { port, protocol } = new URL(url);
  return look.port(port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port));
};

async function processesFinding(processes: Process[], look: LocalLook): Promise<Finding> {
  const ill: string[] = [];
  for (const { role, entry } of processes) {
    const why = await look.illness(originOf(entry.address, entry.httpPort));
    if (why !== undefined) ill.push(`${role} ${entry.id}: ${why}`);
  }
  const well = `${processes.length - ill.length} of ${processes.length} answer and are well`;
  if (ill.length === 0) return ok('processes', well);
  return problem(
    'processes',
    `${well}; ${ill.join('; ')}`,
    'the launcher starts again what has ended; for others see their logs in the data folder',
  );
}
