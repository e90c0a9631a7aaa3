import { useEffect } from 'preact/hooks';
import { picturePath } from '../../api/client.ts';
import { integer } from '../../text/format.ts';
import {
  earlierPicture,
  followPast,
  type Look,
  laterPicture,
  past,
  showNow,
} from '../live/past.ts';

/** In place of the living world, while a tick of the past is looked at: the stored picture nearest to it. */
export function PastPicture() {
  useEffect(followPast, []);
  const look = past.value;
  if (look === undefined) return null;
  const { earlier, later } = look;
  return (
    <section class="past" aria-label="The world at an earlier tick">
      <div class="past-bar">
        <span class="joined">
          <Step sign="←" what="Earlier picture" shortcut="[" to={earlier} go={earlierPicture} />
          <Step sign="→" what="Later picture" shortcut="]" to={later} go={laterPicture} />
        </span>
        <p role="status">
          <Words look={look} />
        </p>
        <button type="button" onClick={showNow}>
          Show the world as it is now
        </button>
      </div>
      <Picture look={look} />
    </section>
  );
}

interface StepProps {
  sign: string;
  what: string;
  shortcut: string;
  /** The tick that it leads to; undefined: there is no further picture. */
  to: number | undefined;
  go(): void;
}

/** It keeps the focus where there is no further picture: `disabled` would lose it. */
function Step({ sign, what, shortcut, to, go }: StepProps) {
  return (
    <button
      type="button"
      aria-label={what}
      aria-disabled={to === undefined}
      title={
        to === undefined ? `${what}: there is none` : `${what}: tick ${integer(to)} (${shortcut})`
      }
      onClick={go}
    >
      {sign}
    </button>
  );
}

function Words({ look }: { look: Look }) {
  const tick = integer(look.tick);
  if (look.is === 'asked') return <span>Asking for the picture of tick {tick} …</span>;
  if (look.is === 'refused') return <span>The past cannot be shown: {look.why}</span>;
  if (look.is === 'none') return <span>No picture of the world is stored yet.</span>;
  const isOfIt = look.picture.tick === look.tick;
  return (
    <span>
      <strong>The world at tick {integer(look.picture.tick)}</strong>
      {isOfIt ? '' : `, the stored picture nearest to tick ${tick}`}
    </span>
  );
}

function Picture({ look }: { look: Look }) {
  if (look.is !== 'found') return null;
  const { tick, width, height, colonyInstanceId } = look.picture;
  return (
    <img
      src={picturePath(tick, colonyInstanceId)}
      {...{ width, height }}
      alt={`All of the world at tick ${integer(tick)}`}
    />
  );
}
