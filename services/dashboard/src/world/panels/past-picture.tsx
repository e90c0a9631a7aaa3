import { useSignal, useSignalEffect } from '@preact/signals';
import { fetchPictureNear, picturePath } from '../../api/client.ts';
import { shownTick } from '../../state/selection.ts';

type Found = Awaited<ReturnType<typeof fetchPictureNear>>;
/** What is known of the picture of a tick. */
type Look = { tick: number } & (
  | { is: 'asked' }
  | { is: 'found'; found: Found }
  | { is: 'refused'; why: string }
);

const numbers = new Intl.NumberFormat('en');

/** In place of the living world, while a tick of the past is looked at: the stored picture nearest to it. */
export function PastPicture() {
  const look = useSignal<Look | undefined>(undefined);
  useSignalEffect(() => {
    const tick = shownTick.value;
    if (tick === undefined) {
      look.value = undefined;
      return;
    }
    // The picture before stays until this one is known.
    if (look.peek()?.is !== 'found') look.value = { tick, is: 'asked' };
    let isWanted = true;
    const tell = (next: Look) => {
      if (isWanted) look.value = next;
    };
    fetchPictureNear(tick).then(
      (found) => tell({ tick, is: 'found', found }),
      (error: unknown) =>
        tell({ tick, is: 'refused', why: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      isWanted = false;
    };
  });
  if (look.value === undefined) return null;
  return (
    <section class="past" aria-label="The world at an earlier tick">
      <p role="status">
        <Words look={look.value} />
        <button
          type="button"
          onClick={() => {
            shownTick.value = undefined;
          }}
        >
          Show the world as it is now
        </button>
      </p>
      <Picture look={look.value} />
    </section>
  );
}

function Words({ look }: { look: Look }) {
  const tick = numbers.format(look.tick);
  if (look.is === 'asked') return <span>Asking for the picture of tick {tick} …</span>;
  if (look.is === 'refused') return <span>The past cannot be shown: {look.why}</span>;
  if (look.found === undefined) return <span>No picture of the world is stored yet.</span>;
  const isOfIt = look.found.tick === look.tick;
  return (
    <span>
      <strong>The world at tick {numbers.format(look.found.tick)}</strong>
      {isOfIt ? '' : `, the stored picture nearest to tick ${tick}`}
    </span>
  );
}

function Picture({ look }: { look: Look }) {
  if (look.is !== 'found' || look.found === undefined) return null;
  const { tick, width, height, colonyInstanceId } = look.found;
  return (
    <img
      src={picturePath(tick, colonyInstanceId)}
      {...{ width, height }}
      alt={`All of the world at tick ${numbers.format(tick)}`}
    />
  );
}
