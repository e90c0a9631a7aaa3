import type { TickRange } from '../../state/range.ts';
import { downloadPath } from '../state/charts-api.ts';

/** Files of the shown range. */
export const Downloads = ({ range }: { range: TickRange }) => (
  <p class="downloads">
    Files of this range: statistics as <Files what="statistics" range={range} />, surveys as{' '}
    <Files what="surveys" range={range} />
  </p>
);

function Files({ what, range }: { what: 'statistics' | 'surveys'; range: TickRange }) {
  return (
    <>
      <a href={downloadPath(what, 'csv', range)} download aria-label={`${what} as CSV`}>
        CSV
      </a>{' '}
      <a href={downloadPath(what, 'parquet', range)} download aria-label={`${what} as Parquet`}>
        Parquet
      </a>
    </>
  );
}
