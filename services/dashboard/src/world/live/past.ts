import { computed, effect, signal } from '@preact/signals';
import { fetchPictureNear, picturePath, type StoredPicture } from '../../api/client.ts';
import { colony, isStarted, worldTick } from '../../state/colony.ts';
import { shownTick } from '../../state/selection.ts';

/** What is known of the picture of a tick, and of the stored ones before and after it. */
export type Look = { tick: number } & (
  | { is: 'asked' }
  | { is: 'none' }
  | { is: 'refused'; why: string }
  | {
      is: 'found';
      picture: StoredPicture;
      /** Ticks of its neighbours; undefined: there is none. */
      earlier: number | undefined;
      later: number | undefined;
    }
);

/** What is shown in place of the living world; undefined: the living world is. */
export const past = signal<Look | undefined>(undefined);

const instance = computed(() =>
  isStarted.value ? (colony.value?.colonyInstanceId ?? undefined) : undefined,
);
let lastInstance: string | undefined;

/** Finds the stored picture of the tick that is looked at, until the function it returns is called. */
export const followPast = (): (() => void) =>
  effect(() => {
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
    if (past.peek()?.is !== 'found') past.value = { tick, is: 'asked' };
    let isWanted = true;
    void lookFor(tick)
      .catch((error: unknown): Look => {
        return { tick, is: 'refused', why: error instanceof Error ? error.message : String(error) };
      })
      .then((look) => {
        if (isWanted) past.value = look;
      });
    return () => {
      isWanted = false;
    };
  });

async function lookFor(tick: number): Promise<Look> {
  const picture = await fetchPictureNear(tick);
  if (picture === undefined) return { tick, is: 'none' };
  const at = picture.tick;
  const [earlier, later] = await Promise.all([
    at === 0 ? undefined : fetchPictureNear(at, { to: at - 1 }),
    fetchPictureNear(at, { from: at + 1 }),
    loaded(picture),
  ]);
  return { tick, is: 'found', picture, earlier: earlier?.tick, later: later?.tick };
}

/** What is said of a picture must not stand over the one before. */
async function loaded({ tick, colonyInstanceId }: StoredPicture): Promise<void> {
  const image = new Image();
  image.src = picturePath(tick, colonyInstanceId);
  await image.decode().catch((cause: unknown) => {
    throw new Error(`the picture of tick ${tick} does not come`, { cause });
  });
}

/** The stored picture before the one that is shown; from now on the newest one. */
export function earlierPicture(): void {
  const look = past.peek();
  if (look === undefined) shownTick.value ??= worldTick.peek() ?? undefined;
  else if (look.is === 'found' && look.earlier !== undefined) shownTick.value = look.earlier;
}

/** The stored picture after the one that is shown. */
export function laterPicture(): void {
  const look = past.peek();
  if (look?.is === 'found' && look.later !== undefined) shownTick.value = look.later;
}

export function showNow(): void {
  shownTick.value = undefined;
}
