/** TagResource, UntagResource and ListTagsOfResource. */

import { parseTableArn } from "../catalog/table-names.ts";
import { refuse, refuseInvalid } from "../errors.ts";
import { tagCountMax } from "../limits.ts";
import { messages } from "../messages.ts";
import { readRequest } from "../request/read.ts";
import { listTagsShape, tagResourceShape, untagResourceShape } from "../request/table-shapes.ts";
import type { Table } from "../store/table.ts";
import type { Context, Operation } from "./operation.ts";

type Tags = Readonly<Record<string, string>>;

export const tagResource: Operation = async (context, request) => {
  const { ResourceArn, Tags } = readRequest(tagResourceShape, request);
  if (Tags.length === 0) refuseInvalid(messages.tagsMissing);
  await changeTags(context, ResourceArn, (tags) => ({ ...tags, ...readTags(Tags) }));
  return {};
};

export const untagResource: Operation = async (context, request) => {
  const { ResourceArn, TagKeys } = readRequest(untagResourceShape, request);
  if (TagKeys.length === 0) refuseInvalid(messages.tagKeysMissing);
  await changeTags(context, ResourceArn, (tags) =>
    Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))),
  );
  return {};
};

export const listTagsOfResource: Operation = async (context, request) => {
  const { ResourceArn } = readRequest(listTagsShape, request);
  const { tags = {} } = findByArn(context, ResourceArn).definition;
  return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
};

/** By key; a key that comes twice has the later value. Refuses more than a table can have. */
export function readTags(tags: readonly { readonly Key: string; readonly Value: string }[]): Tags {
  const reserved = tags.find(({ Key }) => /^aws:/i.test(Key));
  if (reserved) refuseInvalid(messages.tagReserved(reserved.Key));
  return checkCount(Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])));
}

function checkCount(tags: Tags): Tags {
  if (Object.keys(tags).length > tagCountMax) refuseInvalid(messages.tagCount);
  return tags;
}

async function changeTags(context: Context, arn: string, change: (tags: Tags) => Tags) {
  const { catalog } = context;
  await catalog.change(findByArn(context, arn), (state) => {
    const tags = checkCount(change(state.definition.tags ?? {}));
    return catalog.redefine(state, { ...state.definition, tags });
  });
}

function findByArn({ catalog, account }: Context, arn: string): Table {
  const found = parseTableArn(account, arn) ?? refuseInvalid(messages.arnInvalid(arn));
  const table = found.isLocal && found.part === "" ? catalog.get(found.name) : undefined;
  return table ?? refuse("ResourceNotFoundException", messages.arnNotFound(arn));
}
