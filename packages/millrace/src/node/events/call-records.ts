/**
 * Records of asynchronous calls as events, for functions whose destination is an event bus.
 * [Lambda: Capturing records of asynchronous invocations]
 */

import { textOf } from "../../base/mod.ts";
import { busLimits, type EventBuses } from "../../events/mod.ts";
import type { FunctionsOptions } from "../../functions/mod.ts";

type SendToBus = NonNullable<FunctionsOptions["sendToBus"]>;

/** Sends each record as the detail of an event; the buses are made after the functions. */
export function recordSender(
  buses: () => Pick<EventBuses, "put" | "busOf" | "started">,
): SendToBus {
  return async (busArn, record) => {
    const house = buses();
    await house.started;
    const bus = house.busOf(busArn);
    if (bus === undefined) throw new Error(`there is no event bus "${busArn}"`);
    if (record.length > busLimits.requestBytesMax) {
      throw new Error(`the record is larger than ${busLimits.requestBytesMax} bytes`);
    }
    const detail = textOf(record);
    const { functionArn, condition } = JSON.parse(detail).requestContext;
    const result = condition === "Success" ? "Success" : "Failure";
    const [outcome] = await house.put([
      {
        bus,
        source: "lambda",
        detailType: `Lambda Function Invocation Result - ${result}`,
        detail,
        resources: [busArn, functionArn],
      },
    ]);
    if (!outcome?.ok) throw new Error("the record is nested deeper than an event may be");
  };
}
