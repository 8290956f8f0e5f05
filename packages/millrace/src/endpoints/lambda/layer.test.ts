import { afterAll, beforeAll, expect, test } from "bun:test";
import * as lambda from "@aws-sdk/client-lambda";
import { zipOf } from "../zip-fixture.ts";
import { begin, close, create, finish, invoke, open, refusalOf, send } from "./lambda-fixture.ts";

beforeAll(begin);
afterAll(finish);

const publish = (LayerName: string, word: string, more = {}) =>
  send(
    new lambda.PublishLayerVersionCommand({
      LayerName,
      Content: {
        ZipFile: zipOf({ "nodejs/node_modules/word/index.js": `module.exports = "${word}";` }),
      },
      ...more,
    }),
  );

const source = 'exports.handler = async () => require("word");';

test("a layer is published, listed, used by functions, and kept for them when it is deleted", async () => {
  const first = await publish("words", "one", { CompatibleRuntimes: ["nodejs22.x"] });
  const { CodeSha256 } = first.Content;
  expect(first).toMatchObject({
    LayerArn: "arn:aws:lambda:eu-central-1:111122223333:layer:words",
    LayerVersionArn: "arn:aws:lambda:eu-central-1:111122223333:layer:words:1",
    Version: 1,
    CompatibleRuntimes: ["nodejs22.x"],
    Content: { CodeSize: 23 },
  });
  const second = await publish("words", "second", { Description: "newer" });
  expect(second.Version).toBe(2);
  const made = await create("speaker", source, { Layers: [first.LayerVersionArn] });
  expect(made.Layers).toEqual([{ Arn: first.LayerVersionArn, CodeSize: 23 }]);
  expect((await invoke("speaker")).result).toBe("one");
  const change = { FunctionName: "speaker", Layers: [second.LayerVersionArn] };
  await send(new lambda.UpdateFunctionConfigurationCommand(change));
  expect((await invoke("speaker")).result).toBe("second");

  const LayerName = "words";
  const versions = await send(new lambda.ListLayerVersionsCommand({ LayerName }));
  expect(versions.LayerVersions.map((one: { Version: number }) => one.Version)).toEqual([2, 1]);
  const layers = await send(new lambda.ListLayersCommand({}));
  expect(layers.Layers).toMatchObject([
    { LayerName, LatestMatchingVersion: { Version: 2, Description: "newer" } },
  ]);
  await send(new lambda.DeleteLayerVersionCommand({ LayerName, VersionNumber: 2 }));
  const gone = new lambda.GetLayerVersionCommand({ LayerName, VersionNumber: 2 });
  expect(await refusalOf(gone)).toMatchObject([
    "ResourceNotFoundException",
    expect.anything(),
    404,
  ]);
  await close();
  await open();
  expect((await invoke("speaker")).result).toBe("second");
  const got = await send(new lambda.GetLayerVersionCommand({ LayerName, VersionNumber: 1 }));
  expect(got.Content.CodeSha256).toBe(CodeSha256);
  expect((await publish("words", "third")).Version).toBe(3);
});

test("versions come by their ARN too, and in pages", async () => {
  const list = (more: object) =>
    send(new lambda.ListLayerVersionsCommand({ LayerName: "words", ...more }));
  const first = await list({ MaxItems: 1 });
  const [{ LayerVersionArn: Arn, Version }] = first.LayerVersions;
  const next = await list({ Marker: first.NextMarker, MaxItems: 50 });
  expect(next.LayerVersions.map((one: { Version: number }) => one.Version)).not.toContain(Version);
  const got = await send(new lambda.GetLayerVersionByArnCommand({ Arn }));
  const of = { LayerName: "words", VersionNumber: Version };
  const { $metadata, ...same } = await send(new lambda.GetLayerVersionCommand(of));
  expect(got).toMatchObject(same);
  const none = Arn.replace(/\d+$/, "99");
  expect((await refusalOf(new lambda.GetLayerVersionByArnCommand({ Arn: none })))[2]).toBe(404);
  const wrong = new lambda.GetLayerVersionByArnCommand({ Arn: "words:1" });
  expect((await refusalOf(wrong))[1]).toContain("Value 'words:1' at 'arn' failed to satisfy");
});

test("a label that is not exactly a layer, or a version of one, is refused", async () => {
  const nested = "arn:aws:lambda:eu-central-1:111122223333:layer:x:layer:words";
  for (const LayerName of ["words/versions/1", nested, "words:1"]) {
    const of = { LayerName, VersionNumber: 1 };
    for (const command of [
      new lambda.GetLayerVersionCommand(of),
      new lambda.DeleteLayerVersionCommand(of),
      new lambda.ListLayerVersionsCommand(of),
    ]) {
      expect((await refusalOf(command))[0]).toBe("InvalidParameterValueException");
    }
  }
});

test("no layers, too many, and those that are not there are refused or taken away", async () => {
  const arn = (number: number) => `arn:aws:lambda:eu-central-1:111122223333:layer:words:${number}`;
  const update = (Layers: string[]) =>
    new lambda.UpdateFunctionConfigurationCommand({ FunctionName: "speaker", Layers });
  expect((await refusalOf(update([arn(99)])))[1]).toContain(`${arn(99)} does not exist`);
  expect((await refusalOf(update([1, 2, 3, 4, 5, 6].map(arn))))[1]).toBe(
    "Cannot reference more than 5 layers.",
  );
  expect((await refusalOf(update([arn(1), arn(2)])))[1]).toContain("Two different versions of");
  expect((await invoke("speaker")).result).toBe("second");
  expect((await send(update([]))).Layers).toBeUndefined();
  expect((await invoke("speaker")).error).toBe("Unhandled");
  const bad = new lambda.PublishLayerVersionCommand({
    LayerName: "words",
    Content: { S3Bucket: "b", S3Key: "k" },
  });
  expect((await refusalOf(bad))[1]).toContain('"S3Bucket"');
});
