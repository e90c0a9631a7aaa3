import { clearError, connectionLost, errorNotice } from '../state/connection.ts';

/** The lines below the header: a lost connection, and what the API refused. */
export function Notices() {
  return (
    <>
      {connectionLost.value !== undefined && (
        <p id="connection" class="notice warn" role="alert">
          {connectionLost.value}
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
