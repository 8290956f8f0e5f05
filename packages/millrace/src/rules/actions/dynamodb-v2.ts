/** DynamoDBv2: the output, an object, is an item; each member is an attribute. */

import { isObject } from "../../sql/mod.ts";
import { object, required, roleArn, text } from "../payload/members.ts";
import { defineAction, failing } from "./action.ts";
import { attributesOf } from "./attributes.ts";

export const dynamoDBv2 = defineAction({
  failedName: "DynamoDBv2Action",
  resource: "putItem.tableName",
  members: {
    putItem: required(object({ tableName: required(text()) })),
    roleArn: required(roleArn),
  },
  load({ putItem: { tableName } }, { ports, version }) {
    return {
      prepare({ output: { value } }) {
        if (!isObject(value)) {
          return failing(tableName, "the result is not a JSON object, which an item must be");
        }
        const item = attributesOf(value, version);
        return {
          resource: tableName,
          async perform() {
            await ports.putItem(tableName, item);
            return undefined;
          },
        };
      },
    };
  },
});
