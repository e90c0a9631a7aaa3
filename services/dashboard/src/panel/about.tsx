import { Fragment } from 'preact';
import { askToStop } from '../control/stop.ts';
import { colony, isStarted } from '../state/colony.ts';
import * as format from '../text/format.ts';
import { Hint } from '../ui/hint.tsx';

/** Which colony this is. */
export function About() {
  const rows = colony.value === undefined ? [] : format.about(colony.value);
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby="about-title">
      <header class="section-head">
        <h2 id="about-title">Instance</h2>
        {isStarted.value && (
          <button
            type="button"
            class="small"
            title="End this world, to make another"
            onClick={askToStop}
          >
            Stop…
          </button>
        )}
      </header>
      <dl id="about" class="about">
        {rows.map(({ name, value, hint }) => (
          <Fragment key={name}>
            <dt>
              {name}
              {hint !== undefined && <Hint about={name} text={hint} />}
            </dt>
            <dd title={value}>{value}</dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}
