/**
 * DynamoDB, the first: the output becomes one attribute of an item, beside its key.
 *
 * JSON becomes native attributes, anything else a binary one. What UPDATE does AWS does not say:
 * here the item of that key gets the attribute and keeps its others, and comes to be when it is not
 * there. DELETE takes the item of that key away, and needs no output.
 */

import { toBase64 } from "../../base/mod.ts";
import type { Output, SqlVersion, Template } from "../../sql/mod.ts";
import { name, required, roleArn, template } from "../payload/members.ts";
import type { AttributeValue } from "../ports.ts";
import {
  type ActionInput,
  defineAction,
  failing,
  isDecimal,
  render,
  renderIfGiven,
} from "./action.ts";
import { attributeOf } from "./attributes.ts";

const operations = ["INSERT", "UPDATE", "DELETE"] as const;
const keyType = template({ oneOf: ["STRING", "NUMBER"] });

interface KeyPart {
  readonly field: Template;
  /** A text when absent. */
  readonly type: Template | undefined;
  readonly value: Template;
}

export const dynamoDB = defineAction({
  failedName: "DynamoDBAction",
  resource: "tableName",
  members: {
    tableName: required(name()),
    roleArn: required(roleArn),
    hashKeyField: required(name()),
    hashKeyType: keyType,
    hashKeyValue: required(template()),
    rangeKeyField: name(),
    rangeKeyType: keyType,
    rangeKeyValue: template(),
    payloadField: template(),
    operation: template({ oneOf: operations }),
  },
  load(settings, { ports, version, refuse, resource }) {
    const { rangeKeyField, rangeKeyValue } = settings;
    if ((rangeKeyField === undefined) !== (rangeKeyValue === undefined)) {
      const lacking = rangeKeyField === undefined ? "rangeKeyField" : "rangeKeyValue";
      refuse(lacking, "rangeKeyField and rangeKeyValue belong together: one of them is missing");
    }
    if (settings.rangeKeyType !== undefined && rangeKeyField === undefined) {
      refuse("rangeKeyType", "there is no rangeKeyField that it could be the type of");
    }
    const parts = keyPartsOf(settings);
    const perform = {
      INSERT: (table: string, key: Key, member: Key) => ports.putItem(table, { ...member, ...key }),
      UPDATE: (table: string, key: Key, member: Key) => ports.updateItem(table, key, member),
      DELETE: (table: string, key: Key) => ports.deleteItem(table, key),
    };
    return {
      async prepare(input) {
        const tableName = await render(settings.tableName, input);
        if (tableName === "") return failing(resource, "the name of the table is empty");
        const key: Record<string, AttributeValue> = {};
        for (const part of parts) {
          const problem = await addKeyPart(key, part, input);
          if (problem !== undefined) return failing(tableName, problem);
        }
        const wish = (await renderIfGiven(settings.operation, input)) ?? "INSERT";
        const operation = operations.find((one) => one === wish);
        if (!operation) {
          return failing(tableName, `operation "${wish}" is none of ${operations.join(", ")}`);
        }
        const field = (await renderIfGiven(settings.payloadField, input)) ?? "payload";
        if (field === "") return failing(tableName, "the payload field has an empty name");
        if (Object.hasOwn(key, field)) {
          return failing(tableName, `the payload field "${field}" is a key of the item too`);
        }
        const member = { [field]: payloadOf(input.output, version) };
        return {
          resource: tableName,
          async perform() {
            await perform[operation](tableName, key, member);
            return undefined;
          },
        };
      },
    };
  },
});

type Key = Readonly<Record<string, AttributeValue>>;

function keyPartsOf(settings: {
  readonly hashKeyField: Template;
  readonly hashKeyType?: Template;
  readonly hashKeyValue: Template;
  readonly rangeKeyField?: Template;
  readonly rangeKeyType?: Template;
  readonly rangeKeyValue?: Template;
}): KeyPart[] {
  const { hashKeyField, hashKeyType, hashKeyValue } = settings;
  const { rangeKeyField, rangeKeyType, rangeKeyValue } = settings;
  const hash: KeyPart = { field: hashKeyField, type: hashKeyType, value: hashKeyValue };
  if (rangeKeyField === undefined || rangeKeyValue === undefined) return [hash];
  return [hash, { field: rangeKeyField, type: rangeKeyType, value: rangeKeyValue }];
}

/** Adds the attribute; or why there can be none. */
async function addKeyPart(
  key: Record<string, AttributeValue>,
  part: KeyPart,
  input: ActionInput,
): Promise<string | undefined> {
  const field = await render(part.field, input);
  if (field === "") return "the name of a key is empty";
  if (Object.hasOwn(key, field)) return `"${field}" is the name of both keys`;
  const type = (await renderIfGiven(part.type, input)) ?? "STRING";
  if (type !== "STRING" && type !== "NUMBER") {
    return `"${type}", the type of key "${field}", is neither STRING nor NUMBER`;
  }
  const value = await render(part.value, input);
  if (value === "") return `the value of key "${field}" is empty`;
  if (type === "NUMBER" && !isDecimal(value)) {
    return `"${value}", the value of key "${field}", is no number`;
  }
  key[field] = type === "STRING" ? { S: value } : { N: value };
  return undefined;
}

function payloadOf({ value, bytes }: Output, version: SqlVersion): AttributeValue {
  return value === undefined ? { B: toBase64(bytes) } : attributeOf(value, version);
}
