import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock, systemRandom } from "../base/mod.ts";
import { EventBuses } from "../events/mod.ts";
import { account } from "./configuration.ts";
import { quietly } from "./configuration-fixture.ts";
import { openEngines } from "./engines.ts";
import { startHouse } from "./house.ts";

const template = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Broken:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: broken, Handler: broken.handler, CodeUri: ., Runtime: nodejs22.x }
    Metadata: { BuildMethod: esbuild, BuildProperties: { EntryPoints: [broken.ts] } }
  MayCall:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Broken
      Action: lambda:InvokeFunction
      Principal: events.amazonaws.com
`;

/** A process that ended before the function had what a bus has accepted for it. */
async function leaveDelivery(dataFolder: string): Promise<void> {
  const { records, close } = await openEngines(dataFolder, silentLogger);
  const never = () => new Promise<void>(() => {});
  const arn = `arn:aws:lambda:${account.region}:${account.accountId}:function:broken`;
  const buses = new EventBuses({
    buses: [],
    rules: [
      {
        bus: "default",
        name: "r",
        pattern: '{"source":["shop"]}',
        isEnabled: true,
        targets: [{ id: "1", arn }],
      },
    ],
    records,
    account,
    ports: { callFunction: never, writeLog: never, busRefusal: () => undefined },
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
  });
  await buses.start();
  await buses.put([{ bus: "default", source: "shop", detailType: "sale", detail: "{}" }]);
  await close();
}

test("a start that fails says so, with deliveries that wait for its functions", async () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-house-"));
  try {
    const dataFolder = join(folder, "data");
    await leaveDelivery(dataFolder);
    writeFileSync(join(folder, "template.yaml"), template);
    writeFileSync(join(folder, "broken.ts"), "export const = ;");
    const result = await startHouse({
      ...quietly,
      template: join(folder, "template.yaml"),
      dataFolder,
    });
    expect(result).toMatchObject({ ok: false, problems: [expect.stringContaining("broken")] });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
