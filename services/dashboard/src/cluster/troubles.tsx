import type { TroubleView } from '../../../protocol/api/cluster-api.ts';
import { clockTime, troubleText, troubleTime } from './cluster-text.ts';
import { clusterHistory } from './history.ts';
import { TableBox } from './table-box.tsx';

/** What is wrong with a backend now, and what to do about it. */
export function TroubleLine({ trouble }: { trouble: TroubleView }) {
  const { title, detail, remedy } = troubleText(trouble);
  return (
    <p class="trouble" role="alert">
      <strong>{title}</strong>: {detail} <small>{troubleTime(trouble)}</small>
      {remedy !== '' && <small class="remedy">{remedy}</small>}
    </p>
  );
}

/** How many of the past are listed. */
const LISTED = 20;

/** What went wrong and has gone; newest first. */
export function PastTroubles() {
  const history = clusterHistory.value;
  if (history === undefined) return null;
  const ended = history.troubles.filter(({ endedAt }) => endedAt !== null).slice(-LISTED);
  return (
    <section aria-labelledby="past-troubles">
      <h2 id="past-troubles">
        What went wrong, and has gone <small>since {clockTime(history.begins)}</small>
      </h2>
      {ended.length === 0 ? (
        <p class="hint">Nothing since this leader leads; what was before it does not know.</p>
      ) : (
        <TableBox label="Table of what went wrong">
          <table id="past-trouble-table">
            <caption class="unseen">What went wrong with backends, newest first</caption>
            <thead>
              <tr>
                <th scope="col">Backend</th>
                <th scope="col">What</th>
                <th scope="col">When</th>
              </tr>
            </thead>
            <tbody>
              {ended.toReversed().map((trouble) => (
                <PastRow
                  key={`${trouble.backend} ${trouble.at} ${trouble.code}`}
                  trouble={trouble}
                />
              ))}
            </tbody>
          </table>
        </TableBox>
      )}
    </section>
  );
}

function PastRow({ trouble }: { trouble: TroubleView }) {
  const { title, detail } = troubleText(trouble);
  return (
    <tr>
      <th scope="row">{trouble.backend}</th>
      <td class="what">
        {title}: {detail}
      </td>
      <td>{troubleTime(trouble)}</td>
    </tr>
  );
}
