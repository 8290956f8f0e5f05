/** The survey as a page: a summary, then a table for each section of each version. */
import { levels } from "../../conformance/mqtt/held-to.ts";
import type { SourceFile } from "../files.ts";
import { notArising } from "./not-arising.ts";
import {
  allRows,
  countCases,
  linkFrom,
  type Places,
  type Row,
  type State,
  type Survey,
  type SurveyedSection,
  shortName,
  survey,
} from "./survey.ts";

export const pagePath = "docs/reference/mqtt.md";

const marks: Readonly<Record<State, string>> = {
  "met and tested": "✓",
  "met, not tested": "**no test**",
  "tested, not tagged": "**no tag**",
  open: "**open**",
  "does not arise": "–",
  client: "client",
};

const introduction = `# MQTT, statement by statement

Both standards number what they demand. This page lists every numbered statement, in our own words,
with where the source meets it and what tests it. It is made from the tags in the source
(\`// [MQTT-3.1.0-2]\`), from the tags in tests, and from the clauses of the
[conformance cases](../../conformance/mqtt/README.md):

\`\`\`sh
bun tools/mqtt-reference.ts --write
\`\`\`

\`MQTT-\` is MQTT 3.1.1, \`MQTT5-\` is MQTT 5.0; the links lead to the standards, whose own words
count. The marks:

| mark | meaning |
| --- | --- |
| ✓ | The source has it tagged where it is met, and a case or a unit test is about it. |
| **no test** | It is tagged; nothing tests it by name. |
| **no tag** | Something tests it; the source does not say where it is met. |
| **open** | Neither. |
| – | It concerns a server and cannot arise with this one; the reason stands beside it. |
| client | It concerns clients alone. |

What only our own client meets or tests is listed, and counts for the server nowhere.
`;

/** The whole page, with a line break at its end. */
export function drawPage(files: readonly SourceFile[]): string {
  const surveys = survey(files);
  const count = countCases(files, 3);
  const old = `The specification of MQTT 3.1 numbers nothing; ${count} cases are of it.`;
  const parts = [introduction, drawSummary(surveys), old, ...surveys.map(drawVersion)];
  return `${parts.map((part) => part.trim()).join("\n\n")}\n`;
}

function drawSummary(surveys: readonly Survey[]): string {
  const count = (survey: Survey, ...states: State[]) =>
    allRows(survey).filter(({ state }) => states.includes(state)).length;
  const ofServer = ["met and tested", "met, not tested", "tested, not tagged", "open"] as const;
  const lines: [string, (survey: Survey) => number][] = [
    ["statements", (survey) => allRows(survey).length],
    ["of clients alone", (survey) => count(survey, "client")],
    ["that do not arise", (survey) => count(survey, "does not arise")],
    ["of the server", (survey) => count(survey, ...ofServer)],
    ["met and tested ✓", (survey) => count(survey, "met and tested")],
    ["tagged, **no test**", (survey) => count(survey, "met, not tested")],
    ["tested, **no tag**", (survey) => count(survey, "tested, not tagged")],
    ["**open**", (survey) => count(survey, "open")],
    ["conformance cases", ({ caseCount }) => caseCount],
  ];
  const titles = surveys.map(({ version }) => `MQTT ${nameOf(version)}`);
  return [
    "## Summary",
    "",
    tableRow(["", ...titles]),
    tableRow(["---", ...titles.map(() => "--:")]),
    ...lines.map(([name, value]) => tableRow([name, ...surveys.map((one) => `${value(one)}`)])),
  ].join("\n");
}

function drawVersion({ version, address, sections, unnumbered }: Survey): string {
  const name = nameOf(version);
  const held = levels.includes(version === "5" ? 5 : 4);
  const about = `The standard: <${address}>.`;
  const caution = "The server is not yet held to the cases of this version.";
  return [
    `## MQTT ${name}`,
    held ? about : `${about} ${caution}`,
    ...sections.map((section) => drawSection(section, name)),
    ...(unnumbered.size > 0 ? [drawUnnumbered(unnumbered, name)] : []),
  ].join("\n\n");
}

function drawSection({ section, title, rows }: SurveyedSection, version: string): string {
  return [
    `### ${version}: ${section} ${title}`,
    "",
    tableRow(["", "statement", "who", "demand", "met in", "cases", "tests"]),
    tableRow(["---", "---", "---", "---", "---", "--:", "---"]),
    ...rows.map(drawRow),
  ].join("\n");
}

function drawRow(row: Row): string {
  const { id, who, demand, note, state, metIn, cases, tests } = row;
  const remarks = [note, state === "does not arise" ? notArising[id] : undefined];
  const remark = remarks.flatMap((one) => (one ? [` _${one}_`] : [])).join("");
  return tableRow([
    marks[state],
    id,
    who,
    inCell(demand) + remark,
    drawPaths(metIn),
    drawCases(cases),
    drawPaths(tests),
  ]);
}

function drawUnnumbered(unnumbered: ReadonlyMap<string, Places>, version: string): string {
  return [
    `### ${version}: demanded without a number`,
    "",
    tableRow(["section", "cases"]),
    tableRow(["---", "--:"]),
    ...[...unnumbered].map(([section, cases]) => tableRow([section, drawCases(cases)])),
  ].join("\n");
}

/** Without line numbers, which would be others after every edit. */
function drawPaths(places: Places): string {
  const paths = [...places.keys()].sort();
  return paths.map((path) => `[${shortName(path)}](${linkFrom(pagePath, path)})`).join(", ");
}

function drawCases(places: Places): string {
  const link = (area: string) =>
    `[${area}](${linkFrom(pagePath, `conformance/mqtt/data/${area}.json`)})`;
  return [...places].map(([area, count]) => `${count} ${link(area)}`).join(", ");
}

function nameOf(version: string): string {
  return version === "5" ? "5.0" : version;
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function inCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
