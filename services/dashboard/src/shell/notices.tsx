import { clearError, connectionLost, errorNotice, otherBuild } from '../state/connection.ts';

/** The lines below the header: a lost connection, a server of another build, and what the API refused. */
export function Notices() {
  return (
    <>
      {connectionLost.value !== undefined && (
        <p id="connection" class="notice warn" role="alert">
          {connectionLost.value}
        </p>
      )}
      {otherBuild.value !== undefined && (
        <p id="other-build" class="notice bad" role="alert">
          <span>{otherBuild.value}</span>
          <button type="button" class="small" onClick={() => location.reload()}>
            Reload the page
          </button>
        </p>
      )}
      {errorNotice.value !== undefined && (
        <p id="error" class="notice bad" role="alert">
          <span>{errorNotice.value.text}</span>
          <button type="button" class="plain" aria-label="Dismiss the message" onClick={clearError}>
            ✕
          </button>
        </p>
      )}
    </>
  );
}
