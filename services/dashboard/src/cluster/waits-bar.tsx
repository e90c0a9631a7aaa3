import type { WaitingView } from '../../../protocol/api/cluster-api.ts';
import { percent } from './cluster-text.ts';

/** What shards wait for, in words, in the order of the bar. */
export const WAITS: readonly (readonly [wait: keyof WaitingView, text: string])[] = [
  ['halos', 'for neighbours'],
  ['horizon', 'for the leader, or paused'],
  ['pace', 'for the pace'],
  ['samples', 'for samples to be stored'],
];

const WIDTH = 84;
const HEIGHT = 10;

/** How the time of a backend is shared: what is not filled it ticks. */
export function WaitsBar({ waiting }: { waiting: WaitingView }) {
  let x = 0;
  const parts = WAITS.map(([wait]) => {
    const width = Math.min(WIDTH - x, waiting[wait] * WIDTH);
    const part = { wait, x, width };
    x += width;
    return part;
  });
  const text = WAITS.filter(([wait]) => waiting[wait] >= 0.005)
    .map(([wait, what]) => `${percent(waiting[wait])} ${what}`)
    .join(', ');
  const label = text === '' ? 'It does not wait' : `It waits ${text}`;
  return (
    <svg
      class="waits"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
    >
      <title>{label}</title>
      {parts.map((part) => (
        <rect
          key={part.wait}
          data-wait={part.wait}
          x={part.x}
          y={0}
          width={part.width}
          height={HEIGHT}
        />
      ))}
    </svg>
  );
}
