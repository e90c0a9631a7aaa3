import type { ReadonlySignal, Signal } from '@preact/signals';
import { percent, whole } from '../../../../protocol/common/figures.ts';
import type { Mark } from '../../state/selection.ts';
import { leadText, ranked } from '../data/leaders.ts';
import { nearestIndex } from '../data/nearest.ts';
import type { Kinds, Survey } from '../data/tables.ts';
import { MarkButton, Swatch } from './legend.tsx';

const MOST = 6;

const KINDS: readonly { kind: Mark['kind']; title: string; of: (survey: Survey) => Kinds }[] = [
  { kind: 'species', title: 'Species', of: ({ species }) => species },
  { kind: 'lineage', title: 'Lineages', of: ({ lineages }) => lineages },
];

interface MostCommonProps {
  surveys: readonly Survey[];
  tick: ReadonlySignal<number | undefined>;
  marked: Signal<Mark | undefined>;
}

/** The most common species and lineages of the survey nearest to the cursor, and since when the first of them leads. */
export function MostCommon({ surveys, tick, marked }: MostCommonProps) {
  const index = nearestIndex(
    surveys.map((survey) => survey.tick),
    tick.value ?? 0,
  );
  const survey = index === undefined ? undefined : surveys[index];
  if (index === undefined || survey === undefined) return null;
  return (
    <section class="chart most-common" aria-labelledby="most-common-title">
      <h2 id="most-common-title">
        The most common <small>survey of tick {whole(survey.tick)}</small>
      </h2>
      <dl>
        {KINDS.map(({ kind, title, of }) => (
          <div key={kind}>
            <dt>{title}</dt>
            <dd>
              <ol>
                {ranked(survey, of, MOST).map(({ colour, name, share }) => (
                  <li key={colour}>
                    <Swatch colour={name as `#${string}`} isArea />
                    <MarkButton label={name} marks={{ kind, colour }} marked={marked} />
                    <span class="value">{percent(share)}</span>
                  </li>
                ))}
              </ol>
              <span class="leads">{leadText(surveys, index, of)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
