import type { ReadonlySignal } from '@preact/signals';
import { percent, whole } from '../../../../protocol/common/figures.ts';
import { binFrom, binText, usedBins } from '../data/bins.ts';
import { nearestIndex } from '../data/nearest.ts';
import { MEASURED, type Measured, type Survey } from '../data/tables.ts';

const WIDTH = 240;
const HEIGHT = 90;

const TITLES: Readonly<Record<Measured, { title: string; of: string }>> = {
  size: { title: 'Size', of: 'the living' },
  health: { title: 'Health', of: 'the living' },
  ageTicks: { title: 'Age in ticks', of: 'the living' },
  food: { title: 'Food', of: 'the cells' },
};

interface HistogramsProps {
  surveys: readonly Survey[];
  tick: ReadonlySignal<number | undefined>;
}

/** How size, health, age and food are spread, in the survey nearest to the cursor. */
export function Histograms({ surveys, tick }: HistogramsProps) {
  const index = nearestIndex(
    surveys.map((survey) => survey.tick),
    tick.value ?? 0,
  );
  const survey = index === undefined ? undefined : surveys[index];
  return (
    <section class="chart histograms" data-chart="histograms" aria-labelledby="histograms-title">
      <h2 id="histograms-title">
        How they are spread{' '}
        <small>
          {survey === undefined ? 'no survey is known' : `survey of tick ${whole(survey.tick)}`}
        </small>
      </h2>
      {survey && (
        <div class="histogram-row">
          {MEASURED.map((measured) => (
            <Histogram key={measured} measured={measured} counts={survey.histograms[measured]} />
          ))}
        </div>
      )}
    </section>
  );
}

function Histogram({ measured, counts }: { measured: Measured; counts: readonly number[] }) {
  const { title, of } = TITLES[measured];
  const [from, to] = usedBins(counts);
  const used = counts.slice(from, to);
  const total = used.reduce((sum, count) => sum + count, 0);
  const most = Math.max(1, ...used);
  const width = WIDTH / Math.max(1, used.length);
  const largest = from + used.indexOf(most);
  const inWords =
    total === 0
      ? `${title}: there is nothing to count`
      : `${title} from ${binText(from)} to ${binText(to - 1)}, most often ${binText(largest)}: ${percent(most / total)} of ${of}`;
  return (
    <figure class="histogram" data-measured={measured}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={inWords}>
        {used.map((count, i) => {
          const height = (count / most) * HEIGHT;
          const text = `${binText(from + i)}: ${whole(count)}, ${percent(count / total)} of ${of}`;
          return (
            <rect
              key={binText(from + i)}
              x={i * width + 0.5}
              y={HEIGHT - height}
              width={Math.max(1, width - 1)}
              height={height}
            >
              <title>{text}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption>
        <span>{total === 0 ? '' : whole(binFrom(from))}</span>
        <strong>{title}</strong>
        <span>{total === 0 ? '' : whole(binFrom(to) - 1)}</span>
      </figcaption>
    </figure>
  );
}
