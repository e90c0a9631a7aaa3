import { DEFAULT_RULES } from '../../../world/spec/rules.ts';
import { worldSpec } from '../state/colony.ts';
import { layer } from '../state/url-state.ts';
import { legendOf } from './palette.ts';

/** What the colours of the layer mean. */
export function Legend() {
  const { low, high, stops } = legendOf(layer.value, worldSpec.value?.rules ?? DEFAULT_RULES);
  const background = `linear-gradient(to right, ${stops.join(', ')})`;
  return (
    <div class="legend">
      <span>{low}</span>
      {stops.length > 0 && <span class="ramp" style={{ background }} />}
      <span>{high}</span>
    </div>
  );
}
