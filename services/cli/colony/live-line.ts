import type { ColonyView } from '../../protocol/api/public-api.ts';
import { grouped, rateText } from './status-text.ts';

/** The line that `colony local` keeps drawing: tick, ticks/s, population, phase. */
export function liveLine(view: ColonyView): string {
  const { tick, statistics, phase, phaseDetail, backends, wantedBackends } = view;
  const phaseText = phaseDetail === null ? phase : `${phase}: ${phaseDetail}`;
  if (view.status !== 'TopographyInitialized' || tick === null) return phaseText;
  // Nobody ticks: all that is known is what the record tells.
  if (backends.every((backend) => backend.tick === null)) {
    return `${phaseText} · it was at tick ${grouped(tick)}`;
  }
  const population = statistics?.values['population'];
  const parts = [
    `tick ${grouped(tick)}`,
    speedText(view),
    `population ${population === undefined ? '–' : grouped(population)}`,
    backendsText(backends.length, wantedBackends),
    phase === 'Ticking' ? phase : phaseText,
  ];
  return parts.join(' · ');
}

/** With the asked pace, which a replay does not keep. */
function speedText({ ticksPerSecond: { achieved, asked }, phase }: ColonyView): string {
  const of = asked === null || phase === 'Recovering' ? '' : ` of ${asked}`;
  return `${achieved === null ? '–' : rateText(achieved)}${of} ticks/s`;
}

function backendsText(backends: number, wanted: number): string {
  if (backends !== wanted) return `${backends} of ${wanted} backends`;
  return backends === 1 ? '1 backend' : `${backends} backends`;
}
