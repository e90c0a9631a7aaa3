import { hexColour } from '../../../../protocol/pictures/scales.ts';
import { marked } from '../../state/selection.ts';
import { layer } from '../../state/url-state.ts';
import { type Legend as LegendOf, legendOf } from '../colours/legend.ts';
import { backendNames, rules } from '../live/present.ts';

/** What the colours of the layer mean, with their values and units. */
export function Legend() {
  const legend = legendOf(layer.value, rules.value, backendNames.value);
  return (
    <>
      <div class="legend">
        <Scale legend={legend} />
      </div>
      <Marked />
    </>
  );
}

function Scale({ legend }: { legend: LegendOf }) {
  if (legend.kind === 'words') return <span>{legend.text}</span>;
  if (legend.kind === 'swatches') {
    return (
      <ul class="swatches">
        {legend.swatches.map(({ colour, text }) => (
          <li key={text}>
            <span class="swatch" style={{ background: colour }} />
            {text}
          </li>
        ))}
      </ul>
    );
  }
  const background = `linear-gradient(to right, ${legend.stops.join(', ')})`;
  return (
    <div class="scale">
      <span class="ramp" style={{ background }} />
      <span class="scale-ticks">
        {legend.ticks.map(({ at, text }) => (
          <span key={text} style={{ left: `${100 * at}%` }}>
            {text}
          </span>
        ))}
      </span>
      <span class="unit">{legend.unit}</span>
    </div>
  );
}

/** What stands out, and a way to end it. */
function Marked() {
  const mark = marked.value;
  if (mark === undefined) return null;
  const colour = hexColour(mark.colour);
  return (
    <div class="marked">
      <span class="swatch" style={{ background: colour }} />
      {mark.kind === 'species' ? 'Only the species' : 'Only the lineage'} {colour}
      <button
        type="button"
        class="plain"
        aria-label="Show all alike again"
        title="Show all alike again (Escape)"
        onClick={() => {
          marked.value = undefined;
        }}
      >
        ✕
      </button>
    </div>
  );
}
