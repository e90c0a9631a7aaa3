/** One sample of Prometheus' text format. */
interface Sample {
  labels: Record<string, string>;
  value: number;
}

interface MetricFamily {
  help: string;
  type: string;
  samples: (Sample & { name: string })[];
}

// Prometheus reads numbers as Go does, which takes not-a-number in any case; prom-client writes Nan.
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (Nan|NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy;
const OF_HISTOGRAM = /_(bucket|sum|count)$/;

/** Reads the text format, version 0.0.4, strictly: every line, each metric once, with HELP and TYPE before. */
export function readMetrics(text: string): Map<string, MetricFamily> {
  const families = new Map<string, MetricFamily>();
  const helps = new Map<string, string>();
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, word, about = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (word === 'HELP') helps.set(about, rest);
    else if (word === 'TYPE') {
      const help = helps.get(about);
      if (help === undefined || families.has(about)) throw new Error(`out of place: ${line}`);
      families.set(about, { help, type: rest, samples: [] });
    } else {
      const sample = readSample(line);
      const family =
        families.get(sample.name) ?? families.get(sample.name.replace(OF_HISTOGRAM, ''));
      if (family === undefined) throw new Error(`a sample of nothing: ${line}`);
      family.samples.push(sample);
    }
  }
  return families;
}

function readSample(line: string): MetricFamily['samples'][number] {
  const [, name, labelText = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error(`not a sample: ${line}`);
  const labels: Record<string, string> = {};
  let read = 0;
  for (const [whole, label = '', content = ''] of labelText.matchAll(LABEL)) {
    labels[label] = content;
    read += whole.length;
  }
  if (read !== labelText.length) throw new Error(`not labels: ${line}`);
  return { name, labels, value: Number(value?.replace('Inf', 'Infinity')) };
}

/** The value of the one series with these labels; undefined if there is none. */
export function metricValue(
  text: string,
  metric: string,
  labels: Record<string, string> = {},
): number | undefined {
  const samples = [...readMetrics(text).values()].flatMap((family) => family.samples);
  const found = samples.filter(
    (sample) =>
      sample.name === metric &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  if (found.length > 1) throw new Error(`${found.length} series are ${metric}`);
  return found[0]?.value;
}
