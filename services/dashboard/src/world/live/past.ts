import { computed, effect, signal } from '@preact/signals';
import { fetchPictureNear, picturePath, type StoredPicture } from '../../api/client.ts';
import { colony, isStarted, worldTick } from '../../state/colony.ts';
import { NewestOnly } from '../../state/newest-only.ts';
import { shownTick } from '../../state/selection.ts';

/** A key that is held changes the tick dozens of times a second. */
const SETTLE_MS = 150;
/** A picture that did not come is asked for again. */
const RETRY_MS = 5_000;

/** What is known of the picture of a tick. */
export type Look = {
  tick: number;
  /** Ticks that lead to the stored pictures before and after it; undefined: there is none. */
  earlier: number | undefined;
  later: number | undefined;
} & (
  | { is: 'asked' }
  | { is: 'none' }
  | { is: 'refused'; why: string }
  | { is: 'found'; picture: StoredPicture }
);

/** What is shown in place of the living world; undefined: the living world is. */
export const past = signal<Look | undefined>(undefined);

const instance = computed(() =>
  isStarted.value ? (colony.value?.colonyInstanceId ?? undefined) : undefined,
);
let lastInstance: string | undefined;

/** Finds the stored picture of the tick that is looked at, until the function it returns is called. */
export function followPast(): () => void {
  const looks = new NewestOnly(SETTLE_MS);
  let retry: ReturnType<typeof setTimeout> | undefined;
  const lookAt = (tick: number) =>
    looks.wish(async (signal) => {
      const look = await lookFor(tick, signal);
      if (signal.aborted) return;
      past.value = look;
      if (look.is === 'refused') retry = setTimeout(() => lookAt(tick), RETRY_MS);
    });
  const stop = () => {
    clearTimeout(retry);
    looks.cancel();
  };
  return effect(() => {
    const [tick, of] = [shownTick.value, instance.value];
    // The past of one colony is not that of the next.
    const isOther = lastInstance !== undefined && of !== lastInstance;
    lastInstance = of;
    if (isOther) shownTick.value = undefined;
    if (isOther || tick === undefined || of === undefined) {
      past.value = undefined;
      return;
    }
    // The picture before stays until this one is there.
    if (past.peek()?.is !== 'found') past.value = { tick, is: 'asked', ...beside(tick) };
    lookAt(tick);
    return stop;
  });
}

/** Where the pictures before and after a tick are not known, the way to them is the tick before and after it. */
const beside = (tick: number) => ({ earlier: tick === 0 ? undefined : tick - 1, later: tick + 1 });

/** It does not throw: a refusal is told. */
async function lookFor(tick: number, signal: AbortSignal): Promise<Look> {
  let known: Pick<Look, 'earlier' | 'later'> = beside(tick);
  try {
    const picture = await fetchPictureNear(tick, signal);
    if (picture === undefined) return { tick, is: 'none', earlier: undefined, later: undefined };
    const at = picture.tick;
    const image = loaded(picture, signal);
    const neighbours = Promise.all([
      at === 0 ? undefined : fetchPictureNear(at, signal, { to: at - 1 }),
      fetchPictureNear(at, signal, { from: at + 1 }),
    ]).then(([earlier, later]) => {
      known = { earlier: earlier?.tick, later: later?.tick };
    });
    // Past a picture that does not come one can go on.
    for (const part of await Promise.allSettled([neighbours, image])) {
      if (part.status === 'rejected') throw part.reason;
    }
    return { tick, is: 'found', picture, ...known };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { tick, is: 'refused', why, ...known };
  }
}

/** What is said of a picture must not stand over the one before. */
async function loaded(
  { tick, colonyInstanceId }: StoredPicture,
  signal: AbortSignal,
): Promise<void> {
  const image = new Image();
  image.src = picturePath(tick, colonyInstanceId);
  signal.addEventListener('abort', () => image.removeAttribute('src'));
  await image.decode().catch((cause: unknown) => {
    throw new Error(`the picture of tick ${tick} does not come`, { cause });
  });
}

/** The stored picture before the one that is shown; from now on the newest one. */
export function earlierPicture(): void {
  const look = past.peek();
  if (look === undefined) shownTick.value ??= worldTick.peek() ?? undefined;
  else if (look.earlier !== undefined) shownTick.value = look.earlier;
}

/** The stored picture after the one that is shown. */
export function laterPicture(): void {
  const later = past.peek()?.later;
  if (later !== undefined) shownTick.value = later;
}

export function showNow(): void {
  shownTick.value = undefined;
}
