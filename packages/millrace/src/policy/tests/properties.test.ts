import { expect, test } from "bun:test";
import fc from "fast-check";
import { compileGlob } from "../match/glob.ts";
import { parsePieces } from "../match/pieces.ts";
import {
  bindPolicySet,
  type CompiledPolicy,
  compilePolicy,
  evaluate,
  explain,
  type PolicySet,
  parsePolicyDocument,
  parsePolicyText,
  SharedDecisions,
} from "../mod.ts";
import { documents, names, patterns, requests } from "./samples.ts";
import { decideSlowly, fits, type SlowDocument } from "./slow-evaluator.ts";

function compile(document: SlowDocument, name = "p"): CompiledPolicy {
  const result = parsePolicyDocument(document);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return compilePolicy(name, result.document);
}

const lists = fc.array(documents, { maxLength: 2 });
const sets = fc.record({ identity: lists, session: fc.option(lists, { nil: undefined }) });

function setOf({ identity, session }: { identity: SlowDocument[]; session?: SlowDocument[] }) {
  const compiled = identity.map((document, index) => compile(document, `i${index}`));
  const limit = session?.map((document, index) => compile(document, `s${index}`));
  return { identity: compiled, ...(limit && { session: limit }) } satisfies PolicySet;
}

test("a pattern matches what the table of all prefixes matches", () => {
  fc.assert(
    fc.property(names, names, (pattern, text) => {
      const parsed = parsePieces(pattern, { version: "2008-10-17", wildcards: true });
      const characters = Array.from(pattern, (character) => ({
        text: character,
        wild: character === "*" || character === "?",
      }));
      return parsed.ok && compileGlob(parsed.pieces).matches(text) === fits(characters, text);
    }),
    { numRuns: 700 },
  );
});

test("a decision is that of the slow evaluator", () => {
  fc.assert(
    fc.property(sets, requests, (given, request) => {
      const { identity, session } = given;
      const slow = decideSlowly(session ? [identity, session] : [identity], request);
      expect(evaluate(setOf(given), request).outcome).toBe(slow);
    }),
    { numRuns: 700 },
  );
});

test("whenever the keys come, with the binding or the request, the decision is the same", () => {
  fc.assert(
    fc.property(sets, requests, fc.nat(7), (given, request, mask) => {
      const set = setOf(given);
      const entries = Object.entries(request.keys);
      const early = Object.fromEntries(entries.filter((_, index) => (mask >> index) & 1));
      const late = Object.fromEntries(entries.filter((_, index) => !((mask >> index) & 1)));
      const bound = bindPolicySet(set, early);
      const { action, resource } = request;
      expect(bound.decide(action, resource, late)).toEqual(evaluate(set, request));
    }),
    { numRuns: 500 },
  );
});

test("what a request says of a bound key changes nothing", () => {
  fc.assert(
    fc.property(sets, requests, requests, (given, request, other) => {
      const bound = bindPolicySet(setOf(given), {
        "t:one": [],
        "t:two": [],
        "t:many": [],
        ...request.keys,
      });
      const { action, resource } = request;
      expect(bound.decide(action, resource, other.keys)).toEqual(bound.decide(action, resource));
    }),
  );
});

test("a shared decision is everyone's", () => {
  fc.assert(
    fc.property(sets, fc.array(requests, { minLength: 1, maxLength: 5 }), (given, all) => {
      const set = setOf(given);
      const { action, resource } = all[0]!;
      const shared = new SharedDecisions(set).of(action, resource);
      if (shared === "depends") return;
      for (const { keys } of all) {
        expect(evaluate(set, { action, resource, keys }).outcome).toBe(shared.outcome);
      }
    }),
    { numRuns: 500 },
  );
});

test("no value of a variable matches more than its own text", () => {
  const anything = { action: "iot:Publish", keys: { "t:one": "*" } };
  fc.assert(
    fc.property(names, names, (value, text) => {
      const statement = {
        Effect: "Allow" as const,
        Action: ["*"],
        Resource: [`arn:aws:iot:e:1:x$\{t:one}`],
      };
      const set = setOf({ identity: [{ Version: "2012-10-17", Statement: [statement] }] });
      const resource = `arn:aws:iot:e:1:x${text}`;
      const { outcome } = evaluate(set, { ...anything, resource, keys: { "t:one": value } });
      expect(outcome === "allowed").toBe(value === text);
    }),
    { numRuns: 500 },
  );
});

test("an explanation agrees with the decision, statement by statement", () => {
  fc.assert(
    fc.property(sets, requests, (given, request) => {
      const { decision, statements } = explain(setOf(given), request);
      const denied = statements.some(
        ({ matches, place }) => matches && place.statement.effect === "Deny",
      );
      expect(decision.outcome === "explicitDeny").toBe(denied);
      expect(statements.filter(({ decides }) => decides).every(({ matches }) => matches)).toBe(
        true,
      );
      for (const { matches, why } of statements) expect(why === "it matches").toBe(matches);
    }),
  );
});

test("a remedy, put where it says, is followed by no refusal for want of an Allow there", () => {
  fc.assert(
    fc.property(sets, requests, (given, request) => {
      const set = setOf(given);
      const { decision, remedy } = explain(set, request);
      if (decision.outcome !== "implicitDeny") return;
      const { list, statement } = remedy!.add!;
      const parsed = parsePolicyDocument({ Version: "2012-10-17", Statement: statement }, "iot");
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
      const more = compilePolicy("remedy", parsed.document);
      const mended: PolicySet = { ...set, [list]: [...(set[list as "identity"] ?? []), more] };
      const after = evaluate(mended, request);
      expect(after).not.toEqual(decision);
      const near = evaluate({ identity: [more] }, { ...request, resource: `${request.resource}x` });
      expect(near.outcome).toBe("implicitDeny");
    }),
  );
});

test("text and value of a document are parsed alike", () => {
  fc.assert(
    fc.property(documents, fc.constantFrom(undefined, 1, "\t"), (document, space) => {
      const fromText = parsePolicyText(JSON.stringify(document, null, space));
      expect(fromText).toEqual(parsePolicyDocument(document));
    }),
  );
});

test("patterns made by chance have whole variables only", () => {
  fc.assert(
    fc.property(
      patterns,
      (text) => parsePieces(text, { version: "2012-10-17", wildcards: true }).ok,
    ),
  );
});
