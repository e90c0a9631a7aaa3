import { colony } from '../state/colony.ts';
import { canStart, start } from './run.ts';

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
        <button type="button" class="primary" title="Start the colony (S)" onClick={start}>
          Start the colony
        </button>
        {lastFailure !== null && <p class="failure">The last start failed: {lastFailure.reason}</p>}
      </div>
    </div>
  );
}
