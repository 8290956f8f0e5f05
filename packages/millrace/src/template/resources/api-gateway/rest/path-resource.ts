/**
 * `AWS::ApiGateway::Resource`: a part of the paths of a REST API, below another part or the root.
 *
 * Methods hang on it. Its id is in the events of their functions, and the same at every start.
 */

import {
  type Draft,
  defineResource,
  type Identity,
  type Parts,
  type Resource,
  stackAndLogicalId,
} from "../../../resource-type.ts";
import { object, required, text, type ValueOf } from "../../../schema.ts";
import { derivedId } from "../../../surroundings.ts";
import { apiTypes } from "../../http-api.ts";

export function rootResourceId({ stackName, logicalId }: Identity): string {
  return derivedId(`rest-root/${stackName}/${logicalId}`, 10);
}

function resourceId({ stackName, logicalId }: Identity): string {
  return derivedId(`rest-resource/${stackName}/${logicalId}`, 6);
}

export const pathResourceType = "AWS::ApiGateway::Resource";

const properties = object({
  RestApiId: required(text()),
  ParentId: required(text()),
  PathPart: required(
    text({
      pattern: /^([\w.:$-]+|\{[\w.:-]+\+?\})$/,
      form: "a part of a path: letters, digits and . _ - : $, or one {name} or {name+}",
    }),
  ),
});

type PathPart = Resource<ValueOf<typeof properties>>;

export const pathResource = defineResource({
  type: pathResourceType,
  properties,
  defaultName: stackAndLogicalId,
  ref: resourceId,
  attributes: { ResourceId: resourceId },
  build(resource, draft) {
    const { identity, properties: given, report } = resource;
    const { RestApiId: apiId, ParentId: parentId, PathPart: part } = given;
    if (findRestApi(draft, apiId) === "missing") {
      report(["Properties", "RestApiId"], `'${apiId}' ${noRestApi}`);
    }
    if (!isDeclared(draft, parentId)) {
      report(["Properties", "ParentId"], `'${parentId}' ${noPathResource}`);
    }
    checkSiblings(resource, draft);
    draft.atEnd(() => checkParent(resource, draft));
    draft.pathResources.set(resourceId(identity), { apiId, parentId, part });
  },
});

/** [API Gateway: CreateResource] */
function checkSiblings({ properties: given, report }: PathPart, draft: Draft): void {
  const { ParentId: parentId, PathPart: part } = given;
  for (const sibling of draft.pathResources.values()) {
    if (sibling.parentId !== parentId) continue;
    const at = ["Properties", "PathPart"];
    if (sibling.part === part) report(at, `'${part}' is there already below the same parent`);
    else if (part.startsWith("{") && sibling.part.startsWith("{")) {
      report(at, `beside '${sibling.part}' there is no place for another variable, '${part}'`);
    }
  }
}

function checkParent({ properties: given, report }: PathPart, draft: Draft): void {
  const parent = draft.pathResources.get(given.ParentId)!;
  const at = ["Properties", "ParentId"];
  if (parent.apiId !== given.RestApiId) report(at, "the parent belongs to another API");
  if (parent.part.endsWith("+}")) report(at, `nothing can be below '${parent.part}'`);
}

/** `undefined` for an API that is declared but could not be built. */
export function findRestApi(
  draft: Draft,
  value: string,
): Parts["apis"][number] | undefined | "missing" {
  const identity = draft.find([apiTypes.plainRest], value);
  if (!identity) return "missing";
  return draft.apis.find(({ name }) => name === identity.logicalId);
}

export const noRestApi = `is no ${apiTypes.plainRest} of this template`;

export const noPathResource =
  `is no ${pathResourceType} of this template: it is the Ref of one, ` +
  "or !GetAtt Api.RootResourceId";

/**
 * Whether the template has the resource, or an API whose root it is. What is built is asked first:
 * to look through a template of many takes an id of each.
 */
export function isDeclared(draft: Draft, id: string): boolean {
  return (
    draft.pathResources.has(id) ||
    draft.find([pathResourceType], id) !== undefined ||
    draft.findWhere([apiTypes.plainRest], (one) => rootResourceId(one) === id) !== undefined
  );
}

/** `undefined` where it, or something above it, could not be built. */
export function pathOf(draft: Draft, id: string): string | undefined {
  const parts: string[] = [];
  let at = draft.pathResources.get(id);
  while (at?.parentId !== undefined && parts.length <= draft.pathResources.size) {
    parts.unshift(at.part);
    at = draft.pathResources.get(at.parentId);
  }
  // Parts that lead to each other in a circle are reported where they refer to each other.
  return at && at.parentId === undefined ? `/${parts.join("/")}` : undefined;
}
