import type { LocalSettings } from '../../local/local-settings.ts';

/** The flags of `colony local`. */
export interface LocalOptions extends LocalSettings {
  /** false: wait for a colony-start request instead of sending one. */
  colonyStart: boolean;
  /** One document once the colony can be asked; all else goes to standard error. */
  json?: boolean;
  /** Those that were typed; all others have their defaults. */
  given: readonly (keyof LocalSettings)[];
}
