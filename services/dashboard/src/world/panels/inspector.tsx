import { marked, selectedCell } from '../../state/selection.ts';
import { follow } from '../../state/url-state.ts';
import { cellFields, cellWords } from '../cells/cell-words.ts';
import type { Cell } from '../cells/cells.ts';
import { clearSelection, followNews, inspected, inspectionTrouble } from '../live/inspection.ts';
import { backendNames, rules } from '../live/present.ts';
import { lookCloselyAt } from '../live/seen.ts';

const numbers = new Intl.NumberFormat('en');

/** The cell that is selected: all that is known of it, and what the rules do to it. */
export function Inspector() {
  const selected = selectedCell.value;
  if (selected === undefined) return null;
  const known = inspected.value;
  const isKnown = known?.cell.x === selected.x && known.cell.y === selected.y;
  return (
    <section class="inspector" aria-label="The cell that is selected">
      <header>
        <h2>
          {isKnown && known.cell.size > 0 ? 'Creature' : 'Cell'} at {selected.x}, {selected.y}
        </h2>
        <button
          type="button"
          class="plain"
          aria-label="Close the inspector"
          title="Close (Escape)"
          onClick={clearSelection}
        >
          ✕
        </button>
      </header>
      {isKnown ? <Known cell={known.cell} /> : <p class="muted">Asking…</p>}
      {followNews.value !== '' && (
        <p class="news" role="status">
          {followNews.value}
        </p>
      )}
      {inspectionTrouble.value !== undefined && (
        <p class="news bad">Nothing newer: {inspectionTrouble.value}</p>
      )}
      {isKnown && (
        <p class="muted number">
          State of tick {numbers.format(known.tick)}
          {known.maxTick > known.tick && `–${numbers.format(known.maxTick)}`}
        </p>
      )}
    </section>
  );
}

function Known({ cell }: { cell: Cell }) {
  return (
    <>
      <Actions cell={cell} />
      <dl class="fields">
        {cellFields(cell, backendNames.value).map(({ name, value, colour }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {colour !== undefined && <span class="swatch" style={{ background: colour }} />}
              {value}
            </dd>
          </div>
        ))}
      </dl>
      <ul class="rules-in-words">
        {cellWords(cell, rules.value).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </>
  );
}

function Actions({ cell }: { cell: Cell }) {
  const { size, colour, lineage } = cell;
  const toggle = (kind: 'species' | 'lineage', of: number) => {
    const isMarked = marked.value?.kind === kind && marked.value.colour === of;
    return (
      <button
        type="button"
        aria-pressed={isMarked}
        title={`Dim everything but this ${kind}`}
        onClick={() => {
          marked.value = isMarked ? undefined : { kind, colour: of };
        }}
      >
        Mark {kind}
      </button>
    );
  };
  return (
    <fieldset class="actions" aria-label="What to do with it">
      <button type="button" title="Look at it from near" onClick={() => lookCloselyAt(cell)}>
        Look closely
      </button>
      {size > 0 && (
        <>
          <button
            type="button"
            aria-pressed={follow.value}
            title="Keep this creature in the middle, wherever it goes, until it dies"
            onClick={() => {
              follow.value = !follow.value;
            }}
          >
            Follow
          </button>
          {toggle('species', colour)}
          {toggle('lineage', lineage)}
        </>
      )}
    </fieldset>
  );
}
