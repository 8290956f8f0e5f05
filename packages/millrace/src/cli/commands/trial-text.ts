/**
 * A rule that was tried, for people: whether it fires and why, what it selects, what would follow.
 *
 * Of a WHERE every condition that AND joins has a line of its own; the one that is not true is
 * taken apart down to its names.
 */

import { shortened, textOrUndefined } from "../../base/mod.ts";
import type { TriedAction, TriedRule, Verdict } from "../../rules/mod.ts";
import type { ExplainedStep, ExplainedValue, Explanation } from "../../sql/mod.ts";
import { type Style, visible } from "../terminal.ts";

const labelWidth = 8;
const sourceLengthMax = 60;
const valueLengthMax = 60;
const lineLengthMax = 88;

/** Ends with a line feed. */
export function trialText(rule: TriedRule, style: Style): string {
  const head = `${style.strong(rule.ruleName)}  ${verdictText(rule, style)}`;
  return [head, ...bodyLines(rule, style)].map((line) => `${line}\n`).join("");
}

function verdictText({ verdict, enabled, filter }: TriedRule, style: Style): string {
  const disabled = enabled ? "" : style.bad(" (but it is disabled)");
  switch (verdict) {
    case "fires":
      return `${style.good("✓ fires")}${disabled}`;
    case "not-matched":
      return style.dim(`· does not match: ${visible(filter.mismatch ?? "")}`);
    case "where-false":
      return style.dim("· does not fire: WHERE is not true");
    case "fails":
      return style.bad("✗ fails");
    case "asks-a-service":
      return style.bad("? asks another service, so nobody can say");
  }
}

function bodyLines(rule: TriedRule, style: Style): string[] {
  const { filter, verdict, explanation, actions, errorAction } = rule;
  const from = filter.isNamed ? "the topic names this rule" : visible(filter.text ?? "none");
  const lines = labelled("from", [from], style);
  if (!explanation) return filter.text === undefined ? [] : lines;
  if (rule.isPayloadJson === false) {
    lines.push(...labelled("payload", [style.bad("is no JSON: no name is found in it")], style));
  }
  for (const { name, step } of explanation.variables) {
    lines.push(...labelled("set", [`${visible(name)} = ${valueText(step.value)}`], style));
  }
  if (explanation.where)
    lines.push(...labelled("where", whereLines(explanation.where, style), style));
  lines.push(...outcomeLines(explanation, verdict, style));
  for (const action of actions)
    lines.push(...labelled("action", actionLines(action, style), style));
  if (explanation.fired && actions.length === 0) {
    lines.push(...labelled("action", [style.dim("none")], style));
  }
  if (errorAction) lines.push(...labelled("error", actionLines(errorAction, style), style));
  return lines;
}

function outcomeLines(explanation: Explanation, verdict: Verdict, style: Style): string[] {
  const { failure, output, select, omittedSteps } = explanation;
  const lines: string[] = [];
  if (failure && verdict === "asks-a-service") {
    const asked = `${shownSource(failure.source ?? failure.message)}, which is not asked here`;
    lines.push(...labelled("asks", [asked], style));
  } else if (failure) {
    const place =
      failure.line === undefined ? "" : ` (line ${failure.line}, column ${failure.column})`;
    lines.push(...labelled("failed", [style.bad(visible(failure.message + place))], style));
  }
  if (output) lines.push(...labelled("output", outputLines(output.bytes, style), style));
  const missing = select.filter(({ value }) => value?.type === "Undefined");
  for (const { source } of output ? missing : []) {
    const told = `${shownSource(source)} is undefined, so it is left out`;
    lines.push(...labelled("", [style.dim(told)], style));
  }
  if (omittedSteps > 0) {
    lines.push(...labelled("", [style.dim(`${omittedSteps} more steps are not shown`)], style));
  }
  return lines;
}

/** The label stands before the first line, the others stand below that. */
function labelled(label: string, lines: readonly string[], style: Style): string[] {
  return lines.map((line, at) => {
    const shown = (at === 0 ? label : "").padEnd(labelWidth);
    return `  ${style.dim(shown)}${line}`.trimEnd();
  });
}

function whereLines(where: ExplainedStep, style: Style): string[] {
  const conditions = conditionsOf(where);
  const sources = conditions.map(({ source }) => shownSource(source));
  const width = Math.max(...sources.map(({ length }) => length));
  return conditions.flatMap((step, at) => {
    const isTrue = step.value?.json === "true";
    const mark = isTrue ? style.good("✓") : style.bad("✗");
    const reasons = distinct(step.steps).map(
      (inner) => `${shownSource(inner.source)} is ${valueText(inner.value)}`,
    );
    const head = `${mark} ${(sources[at] ?? "").padEnd(width)}`;
    if (isTrue) return [`${head}  ${style.dim(shortened(reasons.join(", "), lineLengthMax))}`];
    return [
      `${head}  ${style.bad(`is ${valueText(step.value)}`)}`,
      ...stepLines(step.steps, 1, style),
    ];
  });
}

/** What AND joins at the top, in the order in which it was looked at. */
function conditionsOf(step: ExplainedStep): ExplainedStep[] {
  const [left, right, ...more] = step.steps;
  if (!left || more.length > 0 || !step.source.startsWith(left.source)) return [step];
  const between = right
    ? step.source.slice(left.source.length, step.source.lastIndexOf(right.source))
    : step.source.slice(left.source.length);
  const isAnd = right ? /^[\s)]*\sAND\s[\s(]*$/i.test(between) : /^[\s)]*\sAND\s/i.test(between);
  if (!isAnd) return [step];
  return [...conditionsOf(left), ...(right ? [right] : [])];
}

/** Every expression in the order of the evaluation, those that it was made of set in. */
function stepLines(steps: readonly ExplainedStep[], depth: number, style: Style): string[] {
  return distinct(steps).flatMap((step) => {
    const told = `${shownSource(step.source)} is ${valueText(step.value)}`;
    return [
      `${"  ".repeat(depth)}${style.dim("└")} ${told}`,
      ...stepLines(step.steps, depth + 1, style),
    ];
  });
}

function distinct(steps: readonly ExplainedStep[]): ExplainedStep[] {
  return [...new Map(steps.map((step) => [step.source, step])).values()];
}

function outputLines(bytes: Uint8Array, style: Style): string[] {
  const size = style.dim(`${bytes.length} bytes`);
  const text = textOrUndefined(bytes);
  if (text === undefined) return [`no text  ${size}`];
  if (text.length <= lineLengthMax) return [`${visible(text)}  ${size}`.trimStart()];
  return [...prettyLines(text), size];
}

function prettyLines(text: string): string[] {
  try {
    return JSON.stringify(JSON.parse(text), null, 2).split("\n").map(visible);
  } catch {
    return text.split("\n").map(visible); // it is no JSON, and shown as it is
  }
}

function actionLines({ kind, parameters, problem }: TriedAction, style: Style): string[] {
  const width = Math.max(0, ...parameters.map(({ name }) => name.length));
  const lines = parameters.map(({ name, written, rendered, problem: wrong }) => {
    const label = style.dim(name.padEnd(width));
    if (wrong !== undefined) return `  ${label}  ${visible(written)}  ${style.bad(visible(wrong))}`;
    if (rendered === undefined) return `  ${label}  ${visible(written)}`;
    return `  ${label}  ${style.name(visible(rendered))}  ${style.dim(`from ${visible(written)}`)}`;
  });
  // A template that failed has told already.
  const isTold = parameters.some(({ problem: wrong }) => wrong !== undefined);
  const failing =
    problem === undefined || isTold ? [] : [`  ${style.bad(`would fail: ${visible(problem)}`)}`];
  return [kind, ...lines, ...failing];
}

function shownSource(source: string): string {
  return shortened(visible(source.replace(/\s+/g, " ")), sourceLengthMax);
}

function valueText(value: ExplainedValue | undefined): string {
  if (!value) return "not known: the evaluation ended there";
  return value.type === "Undefined" ? "undefined" : shortened(visible(value.json), valueLengthMax);
}
