import type { LocalSettings } from '../../local/local-settings.ts';

/** The flags of `colony local`. */
export interface LocalOptions extends LocalSettings {
  /** false: leave the start to whoever asks for it. */
  colonyStart: boolean;
}
