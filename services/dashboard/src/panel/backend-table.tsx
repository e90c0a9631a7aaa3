import type { BackendView, ColonyView } from '../../../protocol/api/public-api.ts';
import { colony, isOld } from '../state/colony.ts';
import { stateWords } from '../text/backend-state.ts';
import * as format from '../text/format.ts';

/** A colony that was started has some: only nobody has told of them. */
const noneText = (status: ColonyView['status'] | undefined): string =>
  status === 'TopographyInitialized'
    ? 'Not known yet: a coordinator is taking up the colony.'
    : 'None has been found yet.';

/** The backends, their states and how far each has come. */
export function BackendTable() {
  const backends = colony.value?.backends ?? [];
  const count = [
    ...(backends.length === 0 ? [] : [String(backends.length)]),
    ...(isOld.value ? ['last known'] : []),
  ].join(', ');
  return (
    <section aria-labelledby="backends-title">
      <h2 id="backends-title">
        Backends <small>{count}</small>
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too */}
      <section class="table-box" tabIndex={0} aria-label="Table of backends">
        <table>
          <thead>
            <tr>
              <th scope="col">Backend</th>
              <th scope="col">State</th>
              <th scope="col" class="number">
                Tick
              </th>
              <th scope="col" class="number" title="Ticks behind the foremost backend">
                Lag
              </th>
              <th scope="col" class="number">
                Shards
              </th>
            </tr>
          </thead>
          <tbody id="backends" data-old={isOld.value || undefined}>
            {backends.map((backend) => (
              <Row key={backend.id} backend={backend} />
            ))}
            {backends.length === 0 && (
              <tr>
                <td class="empty" colSpan={5}>
                  {noneText(colony.value?.status)}
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function Row({ backend }: { backend: BackendView }) {
  const { id, address, pid, tick, lag, shards } = backend;
  const { name, meaning, tone } = stateWords(backend, colony.value?.paused === true);
  return (
    <tr>
      <td title={`${id} at ${address}, process ${pid ?? 'unknown'}`}>{id}</td>
      <td title={meaning}>
        <span class="state" data-tone={tone}>
          {name}
        </span>
      </td>
      <td class="number">{format.integer(tick)}</td>
      <td class="number">{format.integer(lag)}</td>
      <td class="number">{format.integer(shards)}</td>
    </tr>
  );
}
