/** Lambda: the output is a function's event. What becomes of the event is the function's affair. */

import { required, text } from "../payload/members.ts";
import { defineAction, failing } from "./action.ts";

/** A name, or an ARN that ends in one; behind it a version or an alias. */
const functionPattern = /^(?:arn:[^:]+:lambda:[^:]*:[^:]*:function:)?([\w-]+)(?::([\w$-]+))?$/;

export const lambda = defineAction({
  failedName: "LambdaAction",
  resource: "functionArn",
  members: { functionArn: required(text()) },
  load({ functionArn }, { ports, refuse }) {
    const [, name = "", behind] = functionPattern.exec(functionArn) ?? [];
    if (name === "") refuse("functionArn", `"${functionArn}" names no function`);
    const qualifier = behind === "$LATEST" ? undefined : behind;
    return {
      prepare({ output }) {
        if (output.value === undefined) {
          return failing(functionArn, "the result is not JSON, which an event must be");
        }
        return {
          resource: functionArn,
          async perform() {
            await ports.invokeAsync(name, output.bytes, qualifier);
            return undefined;
          },
        };
      },
    };
  },
});
