import { Fragment } from 'preact';
import { colony } from '../state/colony.ts';
import * as format from '../text/format.ts';

/** Which colony this is. */
export function About() {
  const rows = colony.value === undefined ? [] : format.about(colony.value);
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby="about-title">
      <h2 id="about-title">Instance</h2>
      <dl id="about" class="about">
        {rows.map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd title={value}>{value}</dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}
