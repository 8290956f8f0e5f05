import { testLibrary } from "./client-suite.ts";

/** It is native and made for Node; its client of MQTT 5 knows no QoS 2. */
testLibrary({
  command: ["node", `${import.meta.dir}/aws-iot-sdk.mjs`],
  qosMax: { 4: 2, 5: 1 },
});
