import { expect, test } from "bun:test";
import type { Draft } from "../../../resource-type.ts";
import { isDeclared } from "./path-resource.ts";

test("a resource that is built is found without a look through the template", () => {
  let looks = 0;
  const look = () => {
    looks += 1;
    return undefined;
  };
  const pathResources: Draft["pathResources"] = new Map([["abc123", { apiId: "a", part: "b" }]]);
  const draft = { pathResources, find: look, findWhere: look } as unknown as Draft;
  expect([isDeclared(draft, "abc123"), looks]).toEqual([true, 0]);
  expect([isDeclared(draft, "other"), looks]).toEqual([false, 2]);
});
