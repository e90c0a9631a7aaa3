import { StackingConfigBuilder, StackingMode } from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { type PanelPlan, ROWS } from './grafana-panels.ts';

/** Whoever imports it chooses where the figures are. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: how Grafana names a variable.
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
const JOB = 'job=~"$job"';
const WIDTH = 12;
const HEIGHT = 8;

function panelOf({ title, unit, as, queries }: PanelPlan) {
  const panel =
    as === 'states'
      ? new StateTimelineBuilder()
      : new TimeSeriesBuilder().min(0).fillOpacity(as === 'stack' ? 20 : 0);
  if (panel instanceof TimeSeriesBuilder && as === 'stack') {
    panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  }
  if (unit !== undefined) panel.unit(unit);
  panel.title(title).datasource(DATASOURCE).span(WIDTH).height(HEIGHT);
  queries.forEach(({ expr, legend }, index) => {
    panel.withTarget(
      new DataqueryBuilder()
        .refId(String.fromCharCode('A'.charCodeAt(0) + index))
        .datasource(DATASOURCE)
        .expr(expr.replaceAll('{}', `{${JOB}}`))
        .legendFormat(legend)
        .range(),
    );
  });
  return panel;
}

/** The dashboard by Grafana's own builders, as it is imported. */
export function grafanaDashboard() {
  const dashboard = new DashboardBuilder('Distributed Colony')
    .uid('distributed-colony')
    .description('A colony by its /metrics: the world, its coordinators, its backends.')
    .tags(['distributed-colony'])
    .editable()
    .timezone('browser')
    .time({ from: 'now-1h', to: 'now' })
    .refresh('10s')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(
      new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
    )
    .withVariable(
      new QueryVariableBuilder('job')
        .label('Job')
        .datasource(DATASOURCE)
        .query('label_values(colony_build_info, job)')
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .multi(true)
        .includeAll(true)
        .current({ text: 'All', value: '$__all' }),
    );
  for (const [title, plans] of Object.entries(ROWS)) {
    dashboard.withRow(new RowBuilder(title));
    for (const plan of plans) dashboard.withPanel(panelOf(plan));
  }
  const built = dashboard.build();
  // The address of a single panel has its number.
  built.panels?.forEach((panel, index) => {
    panel.id = index + 1;
  });
  return built;
}
