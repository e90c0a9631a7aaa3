import { sparkPaths } from './spark-paths.ts';

const WIDTH = 84;
const HEIGHT = 20;

interface SparklineProps {
  /** What the figures are. */
  label: string;
  values: readonly (number | null)[];
  /** Milliseconds, one for each value, rising. */
  atMs: readonly number[];
  /** At the top of the line. @default the greatest value */
  most?: number;
  text: (value: number) => string;
}

/** The past of a figure in the height of a line; gaps where it was not known. */
export function Sparkline({ label, values, atMs, most, text }: SparklineProps) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return <span class="spark" />;
  const top = Math.max(most ?? 0, ...known) || 1;
  const paths = sparkPaths(values, atMs, { width: WIDTH, height: HEIGHT, top });
  const range = `${text(Math.min(...known))} to ${text(Math.max(...known))}`;
  return (
    <svg
      class="spark"
      role="img"
      aria-label={`${label}, in the last minutes: ${range}`}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
    >
      <title>{`${label}: ${range}`}</title>
      {paths.map((d) => (
        <path key={d} d={d} />
      ))}
    </svg>
  );
}
