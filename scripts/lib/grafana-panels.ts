/** What the Grafana dashboard shows, as data: rows of panels, each with its queries. */

interface Query {
  /** PromQL, with METRIC{} where only the chosen jobs are meant. */
  expr: string;
  /** Grafana's pattern of the name of a series: {{label}} is the value of one. */
  legend: string;
}

export interface PanelPlan {
  title: string;
  /** Of Grafana's names of units. @default a plain number */
  unit?: string;
  /** How a state that is 1 is drawn in time. @default lines */
  as?: 'states' | 'stack';
  queries: readonly Query[];
}

/** What has happened since the sample before: counters start anew with their process. */
const happened = (metric: string, label?: string): string =>
  `sum ${label === undefined ? '' : `by (${label}) `}(increase(${metric}{}[$__rate_interval]))`;
const perSecond = (metric: string, ...labels: string[]): string =>
  `sum by (${labels.join(', ')}) (rate(${metric}{}[$__rate_interval]))`;
/** Only the leader has it; nobody has, for a moment, when the lead changes. */
const ofLeader = (metric: string): string => `max(${metric}{})`;

const REQUESTS = 'colony_http_request_duration_seconds';
const slowest = (quantile: number): string =>
  `histogram_quantile(${quantile}, ${perSecond(`${REQUESTS}_bucket`, 'le', 'route')})`;

export const ROWS: Readonly<Record<string, readonly PanelPlan[]>> = {
  Colony: [
    {
      title: 'Phase',
      as: 'states',
      queries: [{ expr: 'max by (phase) (colony_phase{}) == 1', legend: '{{phase}}' }],
    },
    {
      title: 'Leader',
      queries: [
        { expr: 'sum(colony_leader{})', legend: 'coordinators that lead' },
        { expr: ofLeader('colony_leader_epoch'), legend: 'epoch' },
      ],
    },
    {
      title: 'Tick',
      queries: [
        { expr: ofLeader('colony_tick'), legend: 'tick' },
        { expr: ofLeader('colony_horizon_tick'), legend: 'horizon' },
        { expr: ofLeader('colony_checkpoint_tick'), legend: 'newest checkpoint' },
      ],
    },
    {
      title: 'Pace in ticks a second',
      queries: [
        { expr: ofLeader('colony_ticks_per_second'), legend: 'achieved' },
        { expr: ofLeader('colony_asked_ticks_per_second'), legend: 'asked' },
      ],
    },
    {
      title: 'Backends',
      queries: [
        { expr: ofLeader('colony_backends_wanted'), legend: 'wanted' },
        { expr: ofLeader('colony_backends_missing'), legend: 'missing' },
      ],
    },
    {
      title: 'Ticks to be computed again',
      queries: [{ expr: ofLeader('colony_replay_remaining_ticks'), legend: 'ticks' }],
    },
    {
      title: 'Ticking since the newest checkpoint',
      unit: 's',
      queries: [
        { expr: ofLeader('colony_checkpoint_ticked_seconds'), legend: 'a loss costs' },
        { expr: ofLeader('colony_checkpoint_overdue_seconds'), legend: 'overdue' },
      ],
    },
    {
      title: 'Checkpoints',
      queries: [
        { expr: happened('colony_checkpoints_total', 'outcome'), legend: '{{outcome}}' },
        { expr: happened('colony_pictures_total', 'outcome'), legend: 'picture {{outcome}}' },
      ],
    },
    {
      title: 'Losses and recoveries',
      queries: [
        { expr: happened('colony_backend_losses_total', 'proof'), legend: 'lost: {{proof}}' },
        { expr: happened('colony_recoveries_total', 'reason'), legend: 'recovery: {{reason}}' },
        { expr: happened('colony_topologies_published_total'), legend: 'topologies' },
      ],
    },
    {
      title: 'Starts and events',
      queries: [
        { expr: happened('colony_starts_total', 'outcome'), legend: 'start: {{outcome}}' },
        { expr: happened('colony_events_injected_total', 'kind'), legend: 'event: {{kind}}' },
      ],
    },
  ],
  Coordinators: [
    {
      title: 'Heartbeats a second',
      queries: [{ expr: perSecond('colony_heartbeats_total', 'outcome'), legend: '{{outcome}}' }],
    },
    {
      title: 'Writes of the record a second',
      queries: [
        { expr: perSecond('colony_record_writes_total', 'outcome'), legend: '{{outcome}}' },
      ],
    },
    {
      title: 'Requests a second',
      queries: [
        {
          expr: perSecond(`${REQUESTS}_count`, 'route', 'method', 'status'),
          legend: '{{method}} {{route}} {{status}}',
        },
      ],
    },
    {
      title: 'Time of an answer',
      unit: 's',
      queries: [
        { expr: slowest(0.5), legend: 'half of {{route}}' },
        { expr: slowest(0.99), legend: '99 % of {{route}}' },
      ],
    },
  ],
  Backends: [
    {
      title: 'State',
      as: 'states',
      queries: [{ expr: 'colony_backend_state{} == 1', legend: '{{instance}}: {{state}}' }],
    },
    {
      title: 'Lag in ticks',
      queries: [
        {
          expr: 'scalar(max(colony_backend_tick{})) - colony_backend_tick{}',
          legend: '{{instance}}',
        },
      ],
    },
    {
      title: 'Ticks a second',
      queries: [
        { expr: perSecond('colony_backend_ticks_total', 'instance'), legend: '{{instance}}' },
      ],
    },
    {
      title: 'Shards',
      as: 'stack',
      queries: [{ expr: 'colony_backend_shards{}', legend: '{{instance}}' }],
    },
    {
      title: 'Draining, and halos that are overdue',
      queries: [
        { expr: 'colony_backend_draining{}', legend: '{{instance}} drains' },
        { expr: 'colony_backend_halos_missing{}', legend: '{{instance}} waits for neighbours' },
      ],
    },
    {
      title: 'Share of time that shards wait: who waits least for halos holds the others up',
      unit: 'percentunit',
      queries: [
        {
          expr: 'rate(colony_backend_waited_seconds_total{}[$__rate_interval])',
          legend: '{{instance}} for {{for}}',
        },
      ],
    },
    {
      title: 'Samples that are not stored yet',
      queries: [{ expr: 'colony_backend_samples_kept{}', legend: '{{instance}}' }],
    },
    {
      title: 'Parts of checkpoints',
      queries: [
        {
          expr: happened('colony_backend_checkpoint_parts_total', 'outcome'),
          legend: '{{outcome}}',
        },
      ],
    },
    {
      title: 'Checkpoints written',
      unit: 'Bps',
      queries: [
        {
          expr: perSecond('colony_backend_checkpoint_bytes_total', 'instance'),
          legend: '{{instance}}',
        },
      ],
    },
    {
      title: 'Share of time that shards stand for checkpoints',
      unit: 'percentunit',
      queries: [
        {
          expr: perSecond('colony_backend_checkpoint_standing_seconds_total', 'instance'),
          legend: '{{instance}}',
        },
      ],
    },
    {
      title: 'Calls a second',
      queries: [
        {
          expr: perSecond('colony_backend_rpc_calls_total', 'method', 'outcome'),
          legend: '{{method}} {{outcome}}',
        },
      ],
    },
  ],
  Processes: [
    {
      title: 'Processors in use',
      queries: [
        { expr: perSecond('process_cpu_seconds_total', 'instance'), legend: '{{instance}}' },
      ],
    },
    {
      title: 'Memory',
      unit: 'bytes',
      queries: [
        { expr: 'process_resident_memory_bytes{}', legend: '{{instance}}' },
        {
          expr: 'colony_backend_memory_limit_bytes{}',
          legend: '{{instance}}: limit of its shards',
        },
      ],
    },
    {
      title: 'Lag of the event loop, 99 %',
      unit: 's',
      queries: [{ expr: 'nodejs_eventloop_lag_p99_seconds{}', legend: '{{instance}}' }],
    },
    {
      title: 'Share of time for garbage collection',
      unit: 'percentunit',
      queries: [
        { expr: perSecond('nodejs_gc_duration_seconds_sum', 'instance'), legend: '{{instance}}' },
      ],
    },
    {
      title: 'Versions: processes of each',
      as: 'stack',
      queries: [
        {
          expr: 'count by (version, engine, protocol) (colony_build_info{})',
          legend: '{{version}}, engine {{engine}}, protocol {{protocol}}',
        },
      ],
    },
  ],
};
