import { fetchEvents } from '../api/client.ts';
import { readJson } from '../api/request.ts';
import { colony } from '../state/colony.ts';
import { marked, shownTick } from '../state/selection.ts';
import { isDark } from '../state/theme.ts';
import { range } from '../state/url-state.ts';
import { ChartsView } from './charts-view.tsx';
import type { StatisticsTable, SurveyTable } from './data/tables.ts';
import type { Asked, ChartsApi, StoredPicture } from './state/charts-api.ts';
import { rates } from './state/rate-history.ts';

const asked = ({ from, to, points }: Asked): string => {
  const query = new URLSearchParams({ from: String(from), points: String(points) });
  if (to !== undefined) query.set('to', String(to));
  return String(query);
};

const api: ChartsApi = {
  statistics: (what) => readJson<StatisticsTable>(`statistics?${asked(what)}`),
  surveys: (what) => readJson<SurveyTable>(`surveys?${asked(what)}`),
  events: (from, limit) => fetchEvents(limit, from),
  pictures: async () => (await readJson<{ pictures: StoredPicture[] }>('pictures')).pictures,
};

/** The charts of the colony that the page shows. */
export const ChartsTab = () => (
  <ChartsView {...{ api, colony, shownTick, marked, rates, isDark }} choice={range} />
);
