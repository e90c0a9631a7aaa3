import { below } from '../api/answer-shape.ts';
import { fetchEvents } from '../api/client.ts';
import { readJson } from '../api/request.ts';
import { colony } from '../state/colony.ts';
import { marked, shownTick } from '../state/selection.ts';
import { isDark } from '../state/theme.ts';
import { range } from '../state/url-state.ts';
import { ChartsView } from './charts-view.tsx';
import { COUNTED } from './data/counted.ts';
import type { StatisticsTable, SurveyTable } from './data/tables.ts';
import type { Asked, ChartsApi, StoredPicture } from './state/charts-api.ts';
import { rates } from './state/rate-history.ts';

const asked = ({ from, to, points }: Asked): string => {
  const query = new URLSearchParams({ from: String(from), points: String(points) });
  if (to !== undefined) query.set('to', String(to));
  return String(query);
};

const STATISTICS_NEEDS = [
  ...['colonyInstanceId', 'everyTicks'],
  ...below('columns', ['tick', 'population', ...COUNTED]),
];
const SURVEYS_NEEDS = [
  ...['colonyInstanceId', 'everyTicks', 'surveys[].tick', 'surveys[].histograms'],
  ...['species', 'lineages'].flatMap((kind) =>
    below(`surveys[].${kind}`, ['distinct', 'shannon', 'largest']),
  ),
];

const api: ChartsApi = {
  statistics: (what) =>
    readJson<StatisticsTable>(`statistics?${asked(what)}`, {}, STATISTICS_NEEDS),
  surveys: (what) => readJson<SurveyTable>(`surveys?${asked(what)}`, {}, SURVEYS_NEEDS),
  events: (from, limit) => fetchEvents(limit, from),
  pictures: async () => (await readJson<{ pictures: StoredPicture[] }>('pictures')).pictures,
};

/** The charts of the colony that the page shows. */
export const ChartsTab = () => (
  <ChartsView {...{ api, colony, shownTick, marked, rates, isDark }} choice={range} />
);
