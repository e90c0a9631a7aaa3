import { batch, computed, signal } from '@preact/signals';
import type { ColonyView } from '../../../protocol/api/public-api.ts';
import { fetchColony } from '../api/client.ts';
import {
  circumstancesChanged,
  connected,
  connectionLost,
  failed,
  understood,
} from './connection.ts';
import { freshnessText } from './freshness.ts';
import { type Shown, withLastKnown } from './last-known.ts';
import { Poller } from './poller.ts';

/** How often the colony is looked at. */
const VIEW_EVERY_MS = 500;
const RETRY_MS = 1000;

/** What is known of the colony; undefined before the first answer. */
const shown = signal<Shown | undefined>(undefined);
/** The colony as the last answer told of it, completed by what was known before. */
export const colony = computed<ColonyView | undefined>(() => shown.value?.view);
/** Its tick, its backends and what is counted are of an earlier time. */
export const isOld = computed(
  () => shown.value?.isOld === true || connectionLost.value !== undefined,
);
/** The newest tick that anything told of, in whole: often that of a picture. */
export const worldTick = signal<number | null>(null);
/** A colony was started and its spec is known: there is a world. */
export const isStarted = computed(() => colony.value?.status === 'TopographyInitialized');
/** The spec of the world, the same object as long as it is the same world. */
export const worldSpec = computed(() => {
  const spec = isStarted.value ? (colony.value?.spec ?? undefined) : undefined;
  return spec === undefined ? undefined : sameSpec(colony.value?.colonyInstanceId ?? null, spec);
});

type Spec = NonNullable<ColonyView['spec']>;
let lastSpec: { instance: string | null; spec: Spec } | undefined;

/** Every answer brings an equal copy; whoever depends on it is not to begin anew. */
function sameSpec(instance: string | null, spec: Spec): Spec {
  if (lastSpec?.instance !== instance) lastSpec = { instance, spec };
  return lastSpec.spec;
}

const now = signal(0);
const answeredAtMs = signal(0);
let pictureAtMs = Number.NEGATIVE_INFINITY;
let fails = false;

/** How long ago the server answered last, in milliseconds, as of the last try. */
export const answerAgeMs = computed(() => Math.max(0, now.value - answeredAtMs.value));

/** How old what is shown is, in words; '' while it is live. */
export const freshness = computed(() =>
  shown.value === undefined
    ? ''
    : freshnessText({ view: shown.value.view, isOld: isOld.value }, answerAgeMs.value),
);

/** A picture shows this tick: newer than that of the last view. */
export function tickSeen(tick: number | undefined): void {
  pictureAtMs = performance.now();
  if (tick !== undefined) worldTick.value = tick;
}

async function pollColony(): Promise<void> {
  try {
    const before = colony.peek();
    const known = before && { ...before, tick: worldTick.peek() ?? before.tick };
    const next = withLastKnown(await fetchColony(), known);
    fails = false;
    const isPictureFresh = performance.now() - pictureAtMs < 2 * VIEW_EVERY_MS;
    batch(() => {
      shown.value = next;
      answeredAtMs.value = performance.now();
      now.value = answeredAtMs.value;
      const hasWorld = next.view.status === 'TopographyInitialized';
      if (!isPictureFresh || !hasWorld || isOtherWorld(before, next.view)) {
        worldTick.value = next.view.tick;
      }
      connected();
      understood('run');
      if (before !== undefined && mood(before) !== mood(next.view)) circumstancesChanged();
    });
  } catch (error) {
    fails = true;
    now.value = performance.now();
    failed(error, 'run');
  }
}

const mood = ({ status, phase, paused }: ColonyView) => `${status} ${phase} ${paused}`;
const isOtherWorld = (before: ColonyView | undefined, view: ColonyView) =>
  before?.colonyInstanceId !== view.colonyInstanceId;

const poller = new Poller(pollColony, () => (fails ? RETRY_MS : VIEW_EVERY_MS));

/** Looks at the colony again at once: something was asked of it. */
export const refreshColony = (): void => poller.wake();

/** Begins to follow the colony, for as long as the page is there. */
export const followColony = (): void => void poller.run();
