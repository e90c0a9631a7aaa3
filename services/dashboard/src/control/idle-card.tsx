import { colony } from '../state/colony.ts';
import { canStart } from './run.ts';
import { chooseWorld, startAtOnce } from './start/start.ts';

/** Over the world while there is none: what is going on, and how to start. */
export function IdleCard() {
  const view = colony.value;
  if (view === undefined || view.status === 'TopographyInitialized') return null;
  const { phase, phaseDetail, lastFailure } = view;
  if (!canStart.value) {
    return (
      <div class="idle">
        <div class="card">
          <h2>{phase === 'Stopping' ? 'Stopping' : 'The land is being made'}</h2>
          <p>{phaseDetail ?? 'A moment.'}</p>
        </div>
      </div>
    );
  }
  return (
    <div class="idle">
      <div class="card">
        <h2>Nothing lives here yet</h2>
        <p>Start the colony: its land is made on every backend, and it begins to tick.</p>
        <p class="choices">
          <button type="button" class="primary" title="Start the colony (S)" onClick={startAtOnce}>
            Start the colony
          </button>
          <button type="button" title="Choose size, seed and rules (N)" onClick={chooseWorld}>
            Choose its world…
          </button>
        </p>
        {lastFailure !== null && <p class="failure">The last start failed: {lastFailure.reason}</p>}
      </div>
    </div>
  );
}
