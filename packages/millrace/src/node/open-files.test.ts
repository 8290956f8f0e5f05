import { expect, test } from "bun:test";
import { awsLimits, mqttLimits } from "../broker/mod.ts";
import { withinOpenFiles } from "./open-files.ts";

test("clients of MQTT have three quarters of the files, and no more than the preset says", () => {
  for (const limits of [mqttLimits, awsLimits]) {
    expect(withinOpenFiles(limits, 65_536)).toEqual({ ...limits, connectionsMax: 49_152 });
    expect(withinOpenFiles(limits, 1_048_576)).toEqual(limits);
    expect(withinOpenFiles(limits, undefined)).toEqual(limits);
  }
});
