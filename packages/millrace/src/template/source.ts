/**
 * Reads YAML (or JSON, which is YAML) into the tree of `nodes.ts`.
 *
 * YAML 1.1, as CloudFormation reads it, without timestamps, binaries, sets and merge keys. What
 * CloudFormation does not take is a problem here: aliases, `null`, keys that are no texts, several
 * documents in one file. No alias is followed, so no file can unfold into more than it is.
 */

import {
  type CollectionTag,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  Scalar,
  type ScalarTag,
  type Tags,
  type YAMLMap,
} from "yaml";
import { limits } from "./limits.ts";
import {
  type Place,
  type TemplateNode,
  type TextOrigin,
  type TextRow,
  unknownAt,
} from "./nodes.ts";
import type { Problems } from "./problems.ts";

/** The root of the template; `undefined`, with problems reported, when there is no tree to read. */
export function readSource(text: string, problems: Problems): TemplateNode | undefined {
  const start: Place = { line: 1, column: 1, path: "" };
  if (Buffer.byteLength(text) > limits.templateBytesMax) {
    problems.report(start, `the template is larger than ${limits.templateBytesMax} bytes`);
    return undefined;
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    version: "1.1",
    schema: "yaml-1.1",
    customTags: supportedTags,
    uniqueKeys: false, // checked in #readMap, in linear time
    prettyErrors: false,
    logLevel: "error",
    lineCounter,
  });
  const reader = new Reader(text, lineCounter, problems);
  const first = document.errors[0];
  if (first) {
    problems.report(reader.placeOf(first.pos[0], ""), syntaxMessage(first.code, first.message));
    return undefined;
  }
  if (!document.contents) {
    problems.report(start, "the template is empty");
    return undefined;
  }
  return reader.read(document.contents, { path: "", depth: 0 });
}

/** As the YAML readers of AWS do it, which take `y` and `N` for texts. */
const booleanTag: ScalarTag = {
  tag: "tag:yaml.org,2002:bool",
  default: true,
  test: /^(true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/,
  resolve: (text) => /^(true|yes|on)$/i.test(text),
};

/** `CodeUri: .` is a folder; the library reads a point without digits as a number. */
const pointTag: ScalarTag = {
  tag: "tag:yaml.org,2002:str",
  default: true,
  test: /^[-+]?\._*$/,
  resolve: (text) => text,
};

function supportedTags(tags: Tags): Tags {
  const replaced = /(bool|timestamp|binary|omap|pairs|set|merge)$/;
  const kept = tags.filter((tag: string | ScalarTag | CollectionTag) => {
    return !replaced.test(typeof tag === "string" ? tag : tag.tag);
  });
  return [booleanTag, pointTag, ...kept];
}

function syntaxMessage(code: string, message: string): string {
  if (code === "MULTIPLE_DOCS") return "a template is one YAML document, here a second one begins";
  if (code === "RESOURCE_EXHAUSTION") return "the template is nested too deeply";
  const text = message.replace(/\.$/, "");
  return `the YAML cannot be read: ${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

interface Spot {
  readonly path: string;
  readonly depth: number;
  readonly keyPlace?: Place;
}

const functionNames = [
  ...["And", "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If"],
  ...["ImportValue", "Join", "Not", "Or", "Select", "Split", "Sub", "Transform"],
];

const shortForms: ReadonlyMap<string, string> = new Map([
  ["!Ref", "Ref"],
  ["!Condition", "Condition"],
  ...functionNames.map((name) => [`!${name}`, `Fn::${name}`] as const),
]);

class Reader {
  readonly #text: string;
  readonly #lineCounter: LineCounter;
  readonly #problems: Problems;

  constructor(text: string, lineCounter: LineCounter, problems: Problems) {
    this.#text = text;
    this.#lineCounter = lineCounter;
    this.#problems = problems;
  }

  placeOf(offset: number, path: string): Place {
    const { line, col } = this.#lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), path };
  }

  read(node: unknown, spot: Spot): TemplateNode {
    const tag = isScalar(node) || isMap(node) || isSeq(node) ? shortTag(node.tag) : undefined;
    const place = this.#placeOfNode(node, spot, tag);
    const located = { place, keyPlace: spot.keyPlace ?? place };
    if (spot.depth > limits.depthMax) {
      return this.#refuse(located, `the template is nested deeper than ${limits.depthMax} levels`);
    }
    if (tag === undefined) return this.#readUntagged(node, spot, located);
    const name = shortForms.get(tag);
    if (!name) return this.#refuse(located, `the tag '${tag}' is not supported`);
    const own = this.#placeOfNode(node, spot);
    const inner = { ...spot, depth: spot.depth + 1 };
    const argument = this.#readUntagged(node, inner, { place: own, keyPlace: located.keyPlace });
    return { kind: "call", name, argument, ...located };
  }

  #readUntagged(node: unknown, spot: Spot, located: Location): TemplateNode {
    if (isAlias(node)) {
      return this.#refuse(located, `the alias '*${node.source}' is not supported`);
    }
    if (isMap(node)) return this.#readMap(node, spot, located);
    if (isSeq(node)) {
      const items = node.items.map((item, index) =>
        this.read(item, { path: `${spot.path}[${index}]`, depth: spot.depth + 1 }),
      );
      return { kind: "list", items, ...located };
    }
    const value = isScalar(node) ? node.value : null;
    if (!isScalar(node) || value === null) return this.#refuse(located, "a value is missing here");
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
      return this.#refuse(located, `the value '${node.source}' is not supported`);
    }
    const written = node.source ?? String(value);
    return { kind: "scalar", value, written, text: this.#textOrigin(node), ...located };
  }

  #readMap(node: YAMLMap, spot: Spot, located: Location): TemplateNode {
    const call = this.#callOf(node, spot, located);
    if (call) return call;
    const entries = new Map<string, TemplateNode>();
    for (const pair of node.items as Pair[]) {
      const key = this.#keyOf(pair.key, spot.path);
      if (!key) continue;
      if (entries.has(key.name)) {
        this.#problems.report(key.place, `the key '${key.name}' stands here a second time`);
        continue;
      }
      if (isFunctionName(key.name)) {
        const message = `the function '${key.name}' must be the only key of its map`;
        this.#problems.report(key.place, message);
        continue;
      }
      const at = { path: key.place.path, depth: spot.depth + 1, keyPlace: key.place };
      entries.set(key.name, this.read(pair.value, at));
    }
    return { kind: "map", entries, ...located };
  }

  /** The long form of a function: a map whose only key is its name. */
  #callOf(node: YAMLMap, spot: Spot, located: Location): TemplateNode | undefined {
    const pair = node.items.length === 1 ? (node.items[0] as Pair) : undefined;
    const name = pair && isScalar(pair.key) ? pair.key.value : undefined;
    if (!pair || typeof name !== "string") return undefined;
    if (name !== "Ref" && !isFunctionName(name)) return undefined;
    const argument = this.read(pair.value, { path: spot.path, depth: spot.depth + 1 });
    return { kind: "call", name, argument, ...located };
  }

  #keyOf(key: unknown, path: string): { name: string; place: Place } | undefined {
    if (!isScalar(key) || shortTag(key.tag) !== undefined) {
      this.#problems.report(this.#placeOfNode(key, { path, depth: 0 }), "a key must be a text");
      return undefined;
    }
    const name = typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
    return {
      name,
      place: this.placeOf(key.range?.[0] ?? 0, path === "" ? name : `${path}.${name}`),
    };
  }

  #placeOfNode(node: unknown, spot: Spot, tag?: string): Place {
    const range = (node as { range?: readonly number[] } | null)?.range;
    const start = range?.[0];
    const absent = isScalar(node) && node.value === null && spot.keyPlace;
    if (absent) return absent;
    if (start === undefined) return spot.keyPlace ?? { line: 1, column: 1, path: spot.path };
    const tagStart = tag === undefined ? -1 : this.#text.lastIndexOf(tag, start);
    return this.placeOf(tagStart < 0 ? start : tagStart, spot.path);
  }

  #textOrigin(node: Scalar): TextOrigin {
    const [start, end] = node.range ?? [0, 0];
    if (node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED) {
      return this.#blockOrigin(node, start, end);
    }
    const quote = node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE ? 1 : 0;
    const { line, column } = this.placeOf(start + quote, "");
    const exact = this.#text.slice(start + quote, end - quote) === node.value;
    return { rows: [{ offset: 0, line, column }], exact };
  }

  /**
   * The rows of a block scalar, which begin below its header. They are exact when joining them
   * gives the text: not when a folded text has empty lines, or lines indented further.
   */
  #blockOrigin(node: Scalar, start: number, end: number): TextOrigin {
    const [header = "", ...lines] = this.#text.slice(start, end).split("\n");
    const { line, column } = this.placeOf(start, "");
    const indent = lines[0]?.search(/\S/) ?? -1;
    const rows: TextRow[] = [];
    let text = "";
    for (const [index, content] of lines.join("\n").trimEnd().split("\n").entries()) {
      if (index > 0) text += node.type === Scalar.BLOCK_FOLDED ? " " : "\n";
      rows.push({ offset: text.length, line: line + 1 + index, column: indent + 1 });
      text += content.slice(indent);
    }
    const [first, ...rest] = rows;
    if (!first || indent < 0 || header === "") {
      return { rows: [{ offset: 0, line, column }], exact: false };
    }
    return { rows: [first, ...rest], exact: text === String(node.value).trimEnd() };
  }

  #refuse(located: Location, message: string): TemplateNode {
    this.#problems.report(located.place, message);
    return unknownAt(located);
  }
}

interface Location {
  readonly place: Place;
  readonly keyPlace: Place;
}

function isFunctionName(key: string): boolean {
  return key.startsWith("Fn::");
}

/** A tag that is not one of YAML's own, whose values the library has already read. */
function shortTag(tag: string | undefined): string | undefined {
  return tag === undefined || tag.startsWith("tag:yaml.org,2002:") ? undefined : tag;
}
