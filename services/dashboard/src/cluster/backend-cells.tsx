import type { BackendColumn } from '../../../protocol/api/backend-columns.ts';
import { cssColour, ownerColour } from '../../../protocol/pictures/scales.ts';
import { layer, tab } from '../state/url-state.ts';
import * as format from '../text/format.ts';
import type { BackendRow } from './backend-rows.ts';
import * as text from './cluster-text.ts';
import { clusterHistory } from './history.ts';
import { columnOf } from './history-merge.ts';

import { Sparkline } from './sparkline.tsx';
import { TroubleLine } from './troubles.tsx';
import { WaitsBar } from './waits-bar.tsx';

/** The row of a backend, and one below it that says what is wrong. */
export function BackendCells({ row, columns }: { row: BackendRow; columns: number }) {
  const { backend, isKnown, holdsUp } = row;
  const { id, address, pid, tick, lag, shards, waiting, processors, trouble } = backend;
  const past = { id, isKnown };
  return (
    <>
      <tr data-old={!isKnown || undefined} data-slowest={holdsUp || undefined} data-backend={id}>
        <th scope="row" title={`${id} at ${address}, process ${pid ?? 'unknown'}`}>
          <Swatch id={id} owner={backend.owner} />
          {id}
          {holdsUp && <span class="badge">slowest</span>}
        </th>
        <td>
          <State row={row} />
        </td>
        <td class="number">{format.integer(tick)}</td>
        <td class="number">{format.integer(lag)}</td>
        <td>
          <Past {...past} column="ticksPerSecond" label="Ticks per second" show={format.rate}>
            {format.rate(isKnown ? backend.ticksPerSecond : null)}
          </Past>
        </td>
        <td>
          <span class="with-past">
            <span class="figure">{text.percent(isKnown ? (waiting?.halos ?? null) : null)}</span>
            {isKnown && waiting !== null && <WaitsBar waiting={waiting} />}
          </span>
          <Past
            {...past}
            column="halos"
            label="Share of time it waits for neighbours"
            most={1}
            show={text.percent}
          >
            {''}
          </Past>
        </td>
        <td>
          <Past {...past} column="memoryBytes" label="Memory" show={text.bytes}>
            {text.bytes(backend.memoryBytes)}
          </Past>
        </td>
        <td class="number">{isKnown && processors !== null ? processors.toFixed(1) : '–'}</td>
        <td class="number">{format.integer(shards)}</td>
        <td class="number">
          {backend.uptimeSeconds === null ? '–' : text.duration(backend.uptimeSeconds)}
        </td>
        <td class="number">{format.integer(backend.restarts)}</td>
      </tr>
      {trouble !== null && (
        <tr class="trouble-row">
          <td colSpan={columns}>
            <TroubleLine trouble={trouble} />
          </td>
        </tr>
      )}
    </>
  );
}

/** Its colour in the pictures of owners, which it leads to. */
function Swatch({ id, owner }: { id: string; owner: number | null }) {
  if (owner === null) return <span class="swatch" />;
  const title = `Show the shards of ${id} in the world`;
  return (
    <button
      type="button"
      class="plain swatch"
      title={title}
      aria-label={title}
      onClick={() => {
        layer.value = 'owner';
        tab.value = 'world';
      }}
    >
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        <rect width="12" height="12" rx="3" fill={cssColour(ownerColour(owner))} />
      </svg>
    </button>
  );
}

/** Nothing is green that is not known now. */
function State({ row }: { row: BackendRow }) {
  const { state, waitingFor } = row.backend;
  const waits = waitingFor.length > 0 ? `waits for ${waitingFor.join(', ')}` : undefined;
  const tone = row.isKnown ? format.stateTone(state) : 'quiet';
  return (
    <>
      <span class="state" data-tone={tone} title={waits}>
        {format.stateName(state)}
      </span>
      <small class="age">{text.ageText(row)}</small>
    </>
  );
}

interface PastProps {
  id: string;
  column: BackendColumn;
  label: string;
  most?: number;
  show: (value: number) => string;
  children?: preact.ComponentChildren;
}

/** A figure, and what it was in the last minutes. */
function Past({ id, column, label, most, show, children }: PastProps) {
  const history = clusterHistory.value;
  return (
    <span class="with-past">
      {children !== undefined && <span class="figure">{children}</span>}
      {history !== undefined && (
        <Sparkline
          label={label}
          values={columnOf(history, id, column)}
          atMs={history.points.elapsedMs}
          text={show}
          {...(most !== undefined && { most })}
        />
      )}
    </span>
  );
}
