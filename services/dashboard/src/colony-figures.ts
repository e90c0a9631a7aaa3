import type { ColonyView } from '../../protocol/api/public-api.ts';
import { byId, make, setText } from './dom.ts';
import * as format from './format.ts';
import type { Shown } from './last-known.ts';

const LAST_KNOWN = 'last known';

/** A colony that was started has some: only nobody has told of them. */
const noneText = (status: ColonyView['status']): string =>
  status === 'TopographyInitialized'
    ? 'Not known yet: a coordinator is taking up the colony.'
    : 'None has been found yet.';

/** Header, figures, table of backends and the card of an idle colony. */
export class ColonyFigures {
  readonly #name = byId('name', HTMLElement);
  readonly #phase = byId('phase', HTMLElement);
  readonly #phaseDetail = byId('phase-detail', HTMLElement);
  readonly #tick = byId('tick', HTMLElement);
  readonly #tickAge = byId('tick-age', HTMLElement);
  readonly #rate = byId('rate', HTMLElement);
  readonly #rateAsked = byId('rate-asked', HTMLElement);
  readonly #population = byId('population', HTMLElement);
  readonly #density = byId('density', HTMLElement);
  readonly #backends = byId('backends', HTMLElement);
  readonly #backendsCount = byId('backends-count', HTMLElement);
  readonly #about = byId('about', HTMLElement);
  readonly #idle = byId('idle', HTMLElement);
  readonly #idleTitle = byId('idle-title', HTMLElement);
  readonly #idleText = byId('idle-text', HTMLElement);
  readonly #idleFailure = byId('idle-failure', HTMLElement);
  readonly #start = byId('start', HTMLElement);
  #aboutShown = '';

  show({ view, isOld }: Shown): void {
    setText(this.#name, view.name);
    setText(this.#phase, view.phase);
    this.#phase.dataset['tone'] = format.phaseTone(view.phase);
    setText(this.#phaseDetail, view.phaseDetail ?? '');
    this.#phaseDetail.title = view.phaseDetail ?? '';
    document.title = `${view.phase} – ${view.name} – Distributed Colony`;

    const isStarted = view.status === 'TopographyInitialized';
    const { achieved, asked } = view.ticksPerSecond;
    setText(this.#rate, isStarted ? format.rate(achieved) : '–');
    setText(this.#rateAsked, isStarted ? format.askedRate(asked) : '');
    const { count, share } = format.population(view.statistics);
    setText(this.#population, count);
    setText(this.#density, share);
    this.#showBackends(view, isOld);
    for (const part of [this.#tick, this.#population, this.#backends]) {
      part.toggleAttribute('data-old', isOld);
    }
    setText(this.#tickAge, isOld ? LAST_KNOWN : '');
    this.#showAbout(view);
    this.#showIdle(view);
  }

  showTick(tick: number | null): void {
    setText(this.#tick, format.integer(tick));
  }

  #showBackends({ backends, status }: ColonyView, isOld: boolean): void {
    const count = backends.length === 0 ? [] : [String(backends.length)];
    setText(this.#backendsCount, [...count, ...(isOld ? [LAST_KNOWN] : [])].join(', '));
    const rows = backends.map((backend) => {
      const row = document.createElement('tr');
      const id = make('td', backend.id);
      id.title = `${backend.id} at ${backend.address}, process ${backend.pid ?? 'unknown'}`;
      const stateCell = document.createElement('td');
      const state = make('span', format.stateName(backend.state), 'state');
      state.dataset['tone'] = format.stateTone(backend.state);
      if (backend.waitingFor.length > 0) {
        stateCell.title = `waits for ${backend.waitingFor.join(', ')}`;
      }
      stateCell.append(state);
      const numbers = [backend.tick, backend.lag, backend.shards].map((value) =>
        make('td', format.integer(value), 'number'),
      );
      row.append(id, stateCell, ...numbers);
      return row;
    });
    if (rows.length === 0) {
      const row = document.createElement('tr');
      const cell = make('td', noneText(status), 'empty') as HTMLTableCellElement;
      cell.colSpan = 5;
      row.append(cell);
      rows.push(row);
    }
    this.#backends.replaceChildren(...rows);
  }

  #showAbout(view: ColonyView): void {
    const rows = format.about(view);
    const shown = JSON.stringify(rows);
    if (shown === this.#aboutShown) return;
    this.#aboutShown = shown;
    this.#about.replaceChildren(
      ...rows.flatMap(([name, value]) => {
        const cell = make('dd', value);
        cell.title = value;
        return [make('dt', name), cell];
      }),
    );
  }

  #showIdle({ status, phase, phaseDetail, lastFailure }: ColonyView): void {
    this.#idle.hidden = status === 'TopographyInitialized';
    const isIdle = status === 'NotInitialized' && phase !== 'Stopping';
    this.#start.hidden = !isIdle;
    setText(
      this.#idleTitle,
      isIdle
        ? 'Nothing lives here yet'
        : phase === 'Stopping'
          ? 'Stopping'
          : 'The land is being made',
    );
    const waiting = phaseDetail ?? 'A moment.';
    setText(
      this.#idleText,
      isIdle
        ? 'Start the colony: its land is made on every backend, and it begins to tick.'
        : waiting,
    );
    this.#idleFailure.hidden = !isIdle || lastFailure === null;
    setText(this.#idleFailure, `The last start failed: ${lastFailure?.reason ?? ''}`);
  }
}
