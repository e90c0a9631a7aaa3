import type { ColonyView } from '../../protocol/api/public-api.ts';
import * as api from './api.ts';
import { byId } from './dom.ts';
import type { Notices } from './notices.ts';

const PACES = [1, 5, 15, 30, 60, 120, 240];
const UNLIMITED = 'unlimited';

/** A key for one intent; kept until it is answered, so that trying again does nothing twice. */
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');

/** Start, pause, resume, step and pace. */
export class Controls {
  readonly #start = byId('start', HTMLButtonElement);
  readonly #pause = byId('pause', HTMLButtonElement);
  readonly #resume = byId('resume', HTMLButtonElement);
  readonly #step = byId('step', HTMLButtonElement);
  readonly #stepTicks = byId('step-ticks', HTMLSelectElement);
  readonly #pace = byId('pace', HTMLSelectElement);
  readonly #notices: Notices;
  readonly #refresh: () => void;
  #startKey = newKey();
  #stepKey: { ticks: number; key: string } | undefined;
  #busy = false;

  /** @param refresh called after the colony was told something. */
  constructor(notices: Notices, refresh: () => void) {
    this.#notices = notices;
    this.#refresh = refresh;
    this.#start.addEventListener('click', () => this.start());
    this.#pause.addEventListener('click', () => this.#request(api.pause));
    this.#resume.addEventListener('click', () => this.#request(api.resume));
    this.#step.addEventListener('click', () => this.step());
    this.#pace.addEventListener('change', () => {
      const { value } = this.#pace;
      this.#request(() => api.setPace(value === UNLIMITED ? null : Number(value)));
    });
    for (const pace of [...PACES.map(String), UNLIMITED]) this.#addPace(pace);
  }

  start(): void {
    if (this.#start.disabled || this.#start.closest('[hidden]')) return;
    this.#request(async () => {
      await api.start(this.#startKey);
      this.#startKey = newKey();
    });
  }

  pauseOrResume(): void {
    const button = this.#resume.hidden ? this.#pause : this.#resume;
    button.click();
  }

  step(): void {
    if (this.#step.disabled) return;
    const ticks = Number(this.#stepTicks.value);
    const key = this.#stepKey?.ticks === ticks ? this.#stepKey.key : newKey();
    this.#stepKey = { ticks, key };
    this.#request(async () => {
      await api.step(key, ticks);
      this.#stepKey = undefined;
    });
  }

  show(view: ColonyView): void {
    const runs = view.status === 'TopographyInitialized' && view.phase !== 'Failed';
    // A step goes on until its end, or until it is paused.
    const stands = view.paused && view.phase !== 'Ticking';
    this.#pause.hidden = stands;
    this.#resume.hidden = !stands;
    this.#pause.disabled = !runs;
    this.#resume.disabled = !runs;
    this.#step.disabled = !runs || !view.paused;
    this.#step.title = view.paused ? 'Do some ticks (.)' : 'Do some ticks while paused (.)';
    this.#pace.disabled = !runs;
    this.#start.disabled = view.status !== 'NotInitialized';
    if (document.activeElement !== this.#pace) this.#showPace(view.ticksPerSecond.asked);
  }

  #showPace(asked: number | null): void {
    const value = asked === null ? UNLIMITED : String(asked);
    if (![...this.#pace.options].some((option) => option.value === value)) this.#addPace(value);
    this.#pace.value = value;
  }

  #addPace(value: string): void {
    this.#pace.append(new Option(value === UNLIMITED ? 'unlimited' : `${value} ticks/s`, value));
  }

  /** One at a time; a second click while the first is under way is not a second wish. */
  async #request(action: () => Promise<unknown>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await action();
      this.#notices.connected();
      this.#notices.clearError();
    } catch (error) {
      if (error instanceof api.Refusal) this.#forgetKeys();
      this.#notices.failed(error);
    } finally {
      this.#busy = false;
      this.#refresh();
    }
  }

  /** The answer was a refusal: the next try is another intent. */
  #forgetKeys(): void {
    this.#startKey = newKey();
    this.#stepKey = undefined;
  }
}
