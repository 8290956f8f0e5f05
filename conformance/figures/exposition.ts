/**
 * Reads Prometheus' text format, version 0.0.4, and takes nothing that is not exactly it.
 *
 * Stricter than Prometheus where a writer has no reason to be loose: HELP and TYPE come first, each
 * once; a group is in one piece; no blank lines, comments or time stamps. Throws with the line.
 */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Figure {
  readonly name: string;
  readonly help: string;
  readonly kind: string;
  readonly samples: readonly Sample[];
}

export type Exposition = ReadonlyMap<string, Figure>;

const metricName = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const labelPair = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"';
const float = "[+-]?(?:Inf|\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)|NaN";
const samplePattern = new RegExp(
  `^(${metricName})(?:\\{(${labelPair}(?:,${labelPair})*)\\})? (${float})$`,
);
const helpPattern = new RegExp(`^# HELP (${metricName}) ((?:[^\\\\]|\\\\[\\\\n])+)$`);
const typePattern = new RegExp(`^# TYPE (${metricName}) (counter|gauge|histogram)$`);

/** The figures by name. */
export function parseExposition(text: string): Exposition {
  if (!text.endsWith("\n")) throw new Error("the last line does not end with a line feed");
  const lines = text.slice(0, -1).split("\n");
  const figures = new Map<string, Figure>();
  for (let at = 0; at < lines.length; ) {
    const help = helpPattern.exec(lines[at]!);
    const type = typePattern.exec(lines[at + 1] ?? "");
    if (!help) throw new Error(`no HELP, and no sample of the figure before: ${lines[at]}`);
    if (type?.[1] !== help[1]) throw new Error(`no TYPE after ${lines[at]}`);
    const [, name, kind] = type as unknown as [string, string, string];
    if (figures.has(name)) throw new Error(`"${name}" is there twice`);
    at += 2;
    const samples: Sample[] = [];
    for (let sample = parseSample(lines[at]); sample; sample = parseSample(lines[at])) {
      if (!belongs(sample.name, name, kind)) break;
      samples.push(sample);
      at += 1;
    }
    const figure = { name, help: unescapeText(help[2]!), kind, samples };
    checkFigure(figure);
    figures.set(name, figure);
  }
  return figures;
}

function parseSample(line = ""): Sample | undefined {
  if (line.startsWith("#")) return undefined;
  const found = samplePattern.exec(line);
  if (!found) return undefined;
  const [, name = "", pairs = "", value = ""] = found;
  const labels: Record<string, string> = {};
  for (const [pair] of pairs.matchAll(new RegExp(labelPair, "g"))) {
    const end = pair.indexOf("=");
    const label = pair.slice(0, end);
    if (label in labels) throw new Error(`the label "${label}" is there twice: ${line}`);
    labels[label] = unescapeText(pair.slice(end + 2, -1));
  }
  return { name, labels, value: Number(value.replace("Inf", "Infinity")) };
}

function belongs(sampleName: string, name: string, kind: string): boolean {
  if (kind !== "histogram") return sampleName === name;
  return [`${name}_bucket`, `${name}_sum`, `${name}_count`].includes(sampleName);
}

function checkFigure({ name, kind, samples }: Figure): void {
  const identities = samples.map((sample) => JSON.stringify([sample.name, sample.labels]));
  if (new Set(identities).size < identities.length) throw new Error(`"${name}" repeats a sample`);
  if (kind === "counter") {
    if (!name.endsWith("_total")) throw new Error(`the counter "${name}" is no "_total"`);
    if (samples.some(({ value }) => !(value >= 0))) throw new Error(`"${name}" is negative`);
  } else if (name.endsWith("_total")) throw new Error(`"${name}" is no counter`);
  if (kind === "histogram") checkHistogram(name, samples);
}

function checkHistogram(name: string, samples: readonly Sample[]): void {
  const ending = (suffix: string) => samples.filter((one) => one.name === `${name}_${suffix}`);
  const buckets = ending("bucket");
  const bounds = buckets.map(({ labels }) => Number(labels.le?.replace("Inf", "Infinity")));
  const counts = buckets.map(({ value }) => value);
  const rising = (numbers: number[]) =>
    numbers.every((one, at) => at === 0 || one >= numbers[at - 1]!);
  if (!rising(bounds) || !rising(counts)) throw new Error(`the buckets of "${name}" do not rise`);
  if (bounds.at(-1) !== Number.POSITIVE_INFINITY) throw new Error(`"${name}" has no bucket +Inf`);
  const [count, sum] = [ending("count"), ending("sum")];
  if (sum.length !== 1 || count.length !== 1 || count[0]!.value !== counts.at(-1)) {
    throw new Error(`sum and count of "${name}" do not fit its buckets`);
  }
}

function unescapeText(text: string): string {
  return text.replace(/\\([\\"n])/g, (_, character) => (character === "n" ? "\n" : character));
}

/** The value of one sample; 0 is not taken for one that is missing. */
export function sampleValue(
  exposition: Exposition,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const base = name.replace(/_(bucket|sum|count)$/, "");
  const figure = exposition.get(name) ?? exposition.get(base);
  const wanted = Object.entries(labels);
  const found = figure?.samples.filter(
    (sample) =>
      sample.name === name && wanted.every(([key, value]) => sample.labels[key] === value),
  );
  if (found?.length !== 1) {
    throw new Error(`${found?.length ?? 0} samples "${name}" with ${JSON.stringify(labels)}`);
  }
  return found[0]!.value;
}
