/** DynamoDBv2: the output, an object, is an item; each member is an attribute. */

import { isObject } from "../../sql/mod.ts";
import { name, object, required, roleArn } from "../payload/members.ts";
import { defineAction, failing, withRendered } from "./action.ts";
import { attributesOf } from "./attributes.ts";

export const dynamoDBv2 = defineAction({
  failedName: "DynamoDBv2Action",
  resource: "putItem.tableName",
  members: {
    putItem: required(object({ tableName: required(name()) })),
    roleArn: required(roleArn),
  },
  load({ putItem: { tableName: tableTemplate } }, { ports, version, resource }) {
    return {
      prepare(input) {
        return withRendered(tableTemplate, input, (tableName) => {
          const { value } = input.output;
          if (tableName === "") return failing(resource, "the name of the table is empty");
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
        });
      },
    };
  },
});
