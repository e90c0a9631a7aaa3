import { LAYERS, type Layer } from '../../../../world/measuring/layers.ts';
import { layer } from '../../state/url-state.ts';
import { LAYER_WORDS } from '../colours/layer-names.ts';
import { Legend } from './legend.tsx';

/** Which layer is shown, and its legend. */
export function LayerBox() {
  return (
    <div class="layer-box">
      <label for="layer">Layer</label>
      <select
        id="layer"
        title={`${LAYER_WORDS[layer.value].shows} (L: the next layer)`}
        value={layer.value}
        onChange={({ currentTarget }) => {
          layer.value = currentTarget.value as Layer;
        }}
      >
        {LAYERS.map((name) => (
          <option key={name} value={name} title={LAYER_WORDS[name].shows}>
            {LAYER_WORDS[name].name}
          </option>
        ))}
      </select>
      <Legend />
    </div>
  );
}
