import { answerAgeMs, colony } from '../state/colony.ts';
import { FRESH_MS } from '../state/freshness.ts';
import { clockTime } from './cluster-text.ts';
import { TableBox } from './table-box.tsx';

/** The coordinators, and who leads. */
export function CoordinatorTable() {
  const { coordinators = [], leader } = colony.value ?? {};
  // The record names who led last: while nobody answers that is not known now.
  const isKnown = answerAgeMs.value <= FRESH_MS;
  return (
    <section aria-labelledby="cluster-coordinators">
      <h2 id="cluster-coordinators">
        Coordinators <small>{coordinators.length}</small>
      </h2>
      <TableBox label="Table of the coordinators">
        <table id="coordinator-table">
          <caption class="unseen">The coordinators, and who leads</caption>
          <thead>
            <tr>
              <th scope="col">Coordinator</th>
              <th scope="col">Role</th>
              <th scope="col">Address</th>
              <th scope="col">Up since</th>
              <th scope="col">Version</th>
            </tr>
          </thead>
          <tbody>
            {coordinators.map(({ id, bootId, address, leads, startedAt, version }) => (
              <tr key={bootId} data-old={!isKnown || undefined}>
                <th scope="row">{id}</th>
                <td>
                  <span class="state" data-tone={leads && isKnown ? 'good' : 'quiet'}>
                    {leads ? `leads, epoch ${leader?.epoch ?? '–'}` : 'stands by'}
                  </span>
                </td>
                <td>{address}</td>
                <td>{clockTime(startedAt)}</td>
                <td>{version}</td>
              </tr>
            ))}
            {coordinators.length === 0 && (
              <tr>
                <td class="empty" colSpan={5}>
                  None could be listed.
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </TableBox>
    </section>
  );
}
