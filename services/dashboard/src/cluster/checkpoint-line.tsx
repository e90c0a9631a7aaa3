import { colony } from '../state/colony.ts';
import { checkpointText } from './cluster-text.ts';

/** What a loss would cost: how old the newest checkpoint is, and why there is none newer. */
export function CheckpointLine() {
  const checkpoint = colony.value?.checkpoint ?? null;
  if (checkpoint === null) return null;
  const { failure } = checkpoint;
  return (
    <section aria-labelledby="cluster-checkpoint">
      <h2 id="cluster-checkpoint">Checkpoint</h2>
      <p id="checkpoint-age">Newest: {checkpointText(checkpoint)}.</p>
      {failure !== null && (
        <p class="trouble" role="alert">
          <strong>The one of tick {failure.tick} failed</strong>: {failure.reason}
        </p>
      )}
    </section>
  );
}
