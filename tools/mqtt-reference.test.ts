import { describe, expect, test } from "bun:test";
import { formatComplaints, readRepository, repositoryRoot, type SourceFile } from "./files.ts";
import { drawPage, pagePath } from "./mqtt-reference/page.ts";
import { allRows, checkTags, shortName, survey } from "./mqtt-reference/survey.ts";
import { countOpen, openMax } from "./mqtt-reference.ts";

const server = "packages/millrace/src/broker/";
const statement = (id: string, who: string) => ({ id, who, demand: "Something | is done." });

const statements: SourceFile = {
  path: "conformance/mqtt/statements/3.1.1.json",
  text: JSON.stringify({
    address: "https://standard.example",
    sections: [
      {
        section: "3.1.0",
        title: "CONNECT",
        statements: [statement("MQTT-3.1.0-1", "both"), statement("MQTT-3.1.0-2", "server")],
      },
      { section: "7.1.2", title: "Client", statements: [statement("MQTT-7.1.2-1", "client")] },
    ],
  }),
};

const cases: SourceFile = {
  path: "conformance/mqtt/data/connect.json",
  text: JSON.stringify({
    cases: [
      { name: "one", level: 4, clauses: ["MQTT-3.1.0-1", "MQTT-3.1.2.1"] },
      { name: "two", level: 4, clauses: ["MQTT-3.1.0-1"] },
    ],
  }),
};

function source(path: string, text: string): SourceFile {
  return { path, text };
}

/** The marks of the three statements above, in their order. */
function statesOf(...files: readonly SourceFile[]): string[] {
  return survey([statements, ...files])
    .flatMap(allRows)
    .map(({ state }) => state);
}

describe("a statement is", () => {
  const tag = source(`${server}connection.ts`, 'fail("again", "MQTT-3.1.0-2"); // [MQTT-3.1.0-1]');

  test.each([
    ["open without a tag and a case", [], ["open", "open", "client"]],
    ["not tested without a case", [tag], ["met, not tested", "met, not tested", "client"]],
    ["not tagged with a case alone", [cases], ["tested, not tagged", "open", "client"]],
    ["met and tested with both", [tag, cases], ["met and tested", "met, not tested", "client"]],
    [
      "tested by a unit test that names it",
      [source(`${server}connection.test.ts`, 'test("closes [MQTT-3.1.0-2]")')],
      ["open", "tested, not tagged", "client"],
    ],
    [
      "not met by our own client",
      [source("packages/mqtt/src/client/client.ts", "// [MQTT-3.1.0-1]"), cases],
      ["tested, not tagged", "open", "client"],
    ],
  ])("%s", (_name, files, states) => {
    expect(statesOf(...files)).toEqual(states);
  });
});

describe("a tag is refused", () => {
  test.each([
    ["that names no statement", "// [MQTT-3.1.0-3]", 'statement "MQTT-3.1.0-3"'],
    ["that names no statement in a string", '"MQTT5-3.1.0-1"', 'statement "MQTT5-3.1.0-1"'],
    ["with a dot too many", "// [MQTT-3.1.0.1]", 'statement "MQTT-3.1.0.1"'],
  ])("%s", (_name, text, message) => {
    const complaints = checkTags([statements, source(`${server}connection.ts`, text)]);
    expect(formatComplaints(complaints)).toContain(`${server}connection.ts:1  no standard`);
    expect(formatComplaints(complaints)).toContain(message);
  });
});

describe("the page", () => {
  const files = [statements, cases, source(`${server}handle/connect.ts`, "// [MQTT-3.1.0-1]")];
  const page = drawPage(files);

  test("says where a statement is met and what tests it", () => {
    expect(page).toContain(
      "| ✓ | MQTT-3.1.0-1 | both | Something \\| is done. | " +
        "[broker/handle/connect](../../packages/millrace/src/broker/handle/connect.ts) | " +
        "2 [connect](../../conformance/mqtt/data/connect.json) |  |",
    );
  });

  test("counts, and lists what is demanded without a number", () => {
    expect(page).toContain("| statements | 3 |");
    expect(page).toContain("| of the server | 2 |");
    expect(page).toContain("| 3.1.2.1 | 1 [connect]");
  });

  test("calls a file by its part", () => {
    expect(shortName("packages/mqtt/src/mqtt5/errors.ts")).toBe("mqtt/mqtt5/errors");
    expect(shortName("packages/millrace/src/listeners/tcp.test.ts")).toBe("listeners/tcp.test");
  });
});

describe("this house", () => {
  const files = readRepository(repositoryRoot);
  const surveys = survey(files);

  test("has no tag that names nothing", () => {
    expect(formatComplaints(checkTags(files))).toBe("");
  });

  test("has its page as it is (else: bun tools/mqtt-reference.ts --write)", () => {
    const page = files.find(({ path }) => path === pagePath)?.text;
    expect(page === drawPage(files)).toBe(true);
  });

  test.each(surveys.map((one) => [one.version, one] as const))(
    "leaves no more of MQTT %s open than it did",
    (version, one) => {
      const { untagged, untested } = countOpen(one);
      expect(untagged).toBeLessThanOrEqual(openMax[version]!.untagged);
      expect(untested).toBeLessThanOrEqual(openMax[version]!.untested);
    },
  );
});
