/**
 * DynamoDB, the first: the output becomes one attribute of an item, beside its key.
 *
 * JSON becomes native attributes, anything else a binary one. What UPDATE does AWS does not say:
 * here the item of that key gets the attribute and keeps its others, and comes to be when it is not
 * there. DELETE takes the item of that key away, and needs no output.
 */

import { toBase64 } from "../../base/mod.ts";
import type { Output, SqlVersion, Template } from "../../sql/mod.ts";
import { choice, required, roleArn, template, text } from "../payload/members.ts";
import type { AttributeValue } from "../ports.ts";
import { type ActionInput, defineAction, failing, render, renderIfGiven } from "./action.ts";
import { attributeOf } from "./attributes.ts";

const operations = ["INSERT", "UPDATE", "DELETE"] as const;
const keyType = choice("STRING", "NUMBER");

interface KeyPart {
  readonly name: string;
  readonly type: "STRING" | "NUMBER";
  readonly value: Template;
}

export const dynamoDB = defineAction({
  failedName: "DynamoDBAction",
  resource: "tableName",
  members: {
    tableName: required(text()),
    roleArn: required(roleArn),
    hashKeyField: required(text()),
    hashKeyType: keyType,
    hashKeyValue: required(template()),
    rangeKeyField: text(),
    rangeKeyType: keyType,
    rangeKeyValue: template(),
    payloadField: template(),
    operation: template({ oneOf: operations }),
  },
  load(settings, { ports, version, refuse }) {
    const { tableName, rangeKeyField, rangeKeyValue } = settings;
    if ((rangeKeyField === undefined) !== (rangeKeyValue === undefined)) {
      const lacking = rangeKeyField === undefined ? "rangeKeyField" : "rangeKeyValue";
      refuse(lacking, "rangeKeyField and rangeKeyValue belong together: one of them is missing");
    }
    if (settings.rangeKeyType !== undefined && rangeKeyField === undefined) {
      refuse("rangeKeyType", "there is no rangeKeyField that it could be the type of");
    }
    const parts = keyPartsOf(settings);
    const perform = {
      INSERT: (key: Key, member: Key) => ports.putItem(tableName, { ...member, ...key }),
      UPDATE: (key: Key, member: Key) => ports.updateItem(tableName, key, member),
      DELETE: (key: Key) => ports.deleteItem(tableName, key),
    };
    return {
      async prepare(input) {
        const key: Record<string, AttributeValue> = {};
        for (const part of parts) {
          const rendered = await keyValue(part, input);
          if (typeof rendered === "string") return failing(tableName, rendered);
          key[part.name] = rendered;
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
            await perform[operation](key, member);
            return undefined;
          },
        };
      },
    };
  },
});

type Key = Readonly<Record<string, AttributeValue>>;

function keyPartsOf(settings: {
  readonly hashKeyField: string;
  readonly hashKeyType?: KeyPart["type"];
  readonly hashKeyValue: Template;
  readonly rangeKeyField?: string;
  readonly rangeKeyType?: KeyPart["type"];
  readonly rangeKeyValue?: Template;
}): KeyPart[] {
  const { hashKeyField, hashKeyType = "STRING", hashKeyValue } = settings;
  const { rangeKeyField, rangeKeyType = "STRING", rangeKeyValue } = settings;
  const hash: KeyPart = { name: hashKeyField, type: hashKeyType, value: hashKeyValue };
  if (rangeKeyField === undefined || rangeKeyValue === undefined) return [hash];
  return [hash, { name: rangeKeyField, type: rangeKeyType, value: rangeKeyValue }];
}

/** The attribute, or why there can be none. */
async function keyValue(
  { name, type, value }: KeyPart,
  input: ActionInput,
): Promise<AttributeValue | string> {
  const rendered = await render(value, input);
  if (rendered === "") return `the value of key "${name}" is empty`;
  if (type === "STRING") return { S: rendered };
  const isNumber = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(rendered);
  return isNumber ? { N: rendered } : `"${rendered}", the value of key "${name}", is no number`;
}

function payloadOf({ value, bytes }: Output, version: SqlVersion): AttributeValue {
  return value === undefined ? { B: toBase64(bytes) } : attributeOf(value, version);
}
