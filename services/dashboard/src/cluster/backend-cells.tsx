import { signal } from '@preact/signals';
import type { BackendColumn } from '../../../protocol/api/backend-columns.ts';
import type { BackendView } from '../../../protocol/api/public-api.ts';
import { cssColour, ownerColour } from '../../../protocol/pictures/scales.ts';
import { colony } from '../state/colony.ts';
import { layer, tab } from '../state/url-state.ts';
import { type StateWords, stateWords } from '../text/backend-state.ts';
import * as format from '../text/format.ts';
import type { BackendRow } from './backend-rows.ts';
import * as text from './cluster-text.ts';
import { clusterHistory } from './history.ts';
import { columnOf } from './history-merge.ts';
import { Sparkline } from './sparkline.tsx';
import { TroubleLine } from './troubles.tsx';
import { WaitsBar } from './waits-bar.tsx';

/** Backends of which all is shown, by their ids. */
const opened = signal<ReadonlySet<string>>(new Set());

function toggle(id: string): void {
  const next = new Set(opened.value);
  if (!next.delete(id)) next.add(id);
  opened.value = next;
}

/** The row of a backend, and below it what is wrong, and all else that is known of it where one asks for it. */
export function BackendCells({ row, columns }: { row: BackendRow; columns: number }) {
  const { backend, isKnown, holdsUp } = row;
  const { id, tick, lag, waiting, processors, trouble, restarts } = backend;
  const past = { id, isKnown };
  const words = stateWords(backend, colony.value?.paused === true);
  const isOpen = opened.value.has(id);
  const detailsId = `details-of-${id}`;
  return (
    <>
      <tr data-old={!isKnown || undefined} data-slowest={holdsUp || undefined} data-backend={id}>
        <th scope="row">
          <button
            type="button"
            class="plain disclosure"
            aria-expanded={isOpen}
            aria-controls={isOpen ? detailsId : undefined}
            aria-label={`Details of ${id}`}
            title={`Details of ${id}`}
            onClick={() => toggle(id)}
          >
            <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span>
          </button>
          <Swatch id={id} owner={backend.owner} />
          {id}
          {holdsUp && <span class="badge">slowest</span>}
        </th>
        <td>
          <State row={row} words={words} />
        </td>
        <td class="number">
          {format.integer(tick)}
          {lag !== null && lag > 0 && <small class="age">{format.integer(lag)} behind</small>}
        </td>
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
        <td class="number">
          {isKnown && processors !== null ? processors.toFixed(1) : '–'}
          {restarts > 0 && <small class="age">{text.restartsText(restarts)}</small>}
        </td>
      </tr>
      {isOpen && <Details id={detailsId} backend={backend} words={words} columns={columns} />}
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

interface DetailsProps {
  id: string;
  backend: BackendView;
  words: StateWords;
  columns: number;
}

/** What is rarely looked for: it would make the table wider than most windows. */
function Details({ id, backend, words, columns }: DetailsProps) {
  return (
    <tr class="details-row" id={id}>
      <td colSpan={columns}>
        <p>{words.meaning}</p>
        <dl>
          {text.backendDetails(backend).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </td>
    </tr>
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
function State({ row, words }: { row: BackendRow; words: StateWords }) {
  return (
    <>
      <span class="state" data-tone={row.isKnown ? words.tone : 'quiet'} title={words.meaning}>
        {words.name}
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
