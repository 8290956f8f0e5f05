import { expect, test } from "bun:test";
import fc from "fast-check";
import { deltaOf } from "./delta.ts";
import type { Json, JsonObject } from "./json.ts";
import { emptySection, merge, type Section } from "./merge.ts";
import { metadataFor } from "./metadata.ts";

/**
 * The model: a section as a flat list of nodes by their paths. It knows nothing of recursion into
 * what is there; it removes and adds lines.
 */
type Node = { readonly is: "object" } | { readonly is: "value"; value: Json; seconds: number };
type Nodes = Map<string, Node>;

const pathOf = (keys: readonly string[]) => keys.map((key) => `/${key}`).join("");

function removeBelow(nodes: Nodes, path: string): void {
  for (const other of [...nodes.keys()]) {
    if (other === path || other.startsWith(`${path}/`)) nodes.delete(other);
  }
}

function write(nodes: Nodes, keys: readonly string[], value: Json, seconds: number): void {
  const path = pathOf(keys);
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject || nodes.get(path)?.is !== "object") removeBelow(nodes, path);
  if (value === null) return;
  if (!isObject) {
    nodes.set(path, { is: "value", value: JSON.parse(JSON.stringify(value, dropNulls)), seconds });
    return;
  }
  nodes.set(path, { is: "object" });
  for (const [key, inner] of Object.entries(value as JsonObject)) {
    write(nodes, [...keys, key], inner, seconds);
  }
}

function dropNulls(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null));
}

function timesOf(value: Json, seconds: number): Json {
  if (Array.isArray(value)) return value.map((one) => timesOf(one, seconds));
  if (typeof value !== "object" || value === null) return { timestamp: seconds };
  const entries = Object.entries(value as JsonObject);
  return Object.fromEntries(entries.map(([key, one]) => [key, timesOf(one, seconds)]));
}

/** The tree of the nodes right below a path, with what `leaf` makes of values. */
function tree(
  nodes: Nodes,
  path: string,
  leaf: (node: Node & { is: "value" }) => Json,
): JsonObject {
  const below = [...nodes].filter(([other]) => other.startsWith(`${path}/`));
  const direct = below.filter(([other]) => !other.slice(path.length + 1).includes("/"));
  return Object.fromEntries(
    direct.map(([other, node]) => [
      other.slice(path.length + 1),
      node.is === "value" ? leaf(node) : tree(nodes, other, leaf),
    ]),
  );
}

function differing(desired: Nodes, reported: Nodes): Nodes {
  const told = new Set<string>();
  for (const [path, node] of desired) {
    const known = reported.get(path);
    const same =
      node.is === "object"
        ? known?.is === "object"
        : known?.is === "value" && Bun.deepEquals(known.value, node.value);
    if (same) continue;
    const keys = path.split("/");
    for (let length = 2; length <= keys.length; length += 1) {
      told.add(keys.slice(0, length).join("/"));
    }
  }
  return new Map([...desired].filter(([path]) => told.has(path)));
}

const key = fc.constantFrom("a", "b", "timestamp", "__proto__", "constructor");
const inArrays = fc.oneof(
  fc.integer({ min: 0, max: 2 }),
  fc.dictionary(key, fc.constantFrom(1, "x", null), { maxKeys: 2 }),
);
const { patch } = fc.letrec<{ patch: JsonObject; value: Json }>((tie) => ({
  patch: fc.dictionary(key, tie("value"), { maxKeys: 4 }) as fc.Arbitrary<JsonObject>,
  value: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    fc.constantFrom<Json>(null, true, 0, 1, "x", ""),
    fc.array(inArrays, { maxLength: 3 }) as unknown as fc.Arbitrary<Json>,
    tie("patch"),
    tie("patch"),
  ),
}));
const patches = fc.array(patch, { maxLength: 6 });

function run(given: readonly JsonObject[]): { section: Section; nodes: Nodes } {
  const nodes: Nodes = new Map();
  let section = emptySection;
  for (const [seconds, one] of given.entries()) {
    section = merge(section, one, seconds);
    for (const [name, value] of Object.entries(one)) write(nodes, [name], value, seconds);
  }
  return { section, nodes };
}

const own = ({ value }: { value: Json }) => value;
const times = ({ value, seconds }: { value: Json; seconds: number }) => timesOf(value, seconds);

test("merging gives the state and the metadata of the model", () => {
  fc.assert(
    fc.property(patches, (given) => {
      const { section, nodes } = run(given);
      expect(section.state).toEqual(tree(nodes, "", own));
      expect(section.metadata).toEqual(tree(nodes, "", times));
    }),
    { numRuns: 500 },
  );
});

test("the delta and its metadata are those of the model", () => {
  fc.assert(
    fc.property(patches, patches, (first, second) => {
      const desired = run(first);
      const reported = run(second);
      const delta = deltaOf(desired.section.state, reported.section.state);
      const expected = differing(desired.nodes, reported.nodes);
      expect(delta).toEqual(tree(expected, "", own));
      expect(metadataFor(delta, desired.section.metadata)).toEqual(tree(expected, "", times));
    }),
    { numRuns: 500 },
  );
});

test("reporting the delta leaves no delta, and merging changes nothing that it was given", () => {
  fc.assert(
    fc.property(patches, patches, (first, second) => {
      const desired = run(first).section;
      const reported = run(second).section;
      const before = JSON.stringify([desired, reported]);
      const delta = deltaOf(desired.state, reported.state);
      const caughtUp = merge(reported, delta, 9);
      expect(deltaOf(desired.state, caughtUp.state)).toEqual({});
      expect(JSON.stringify([desired, reported])).toBe(before);
    }),
  );
});
