import { testLibrary } from "./client-suite.ts";

testLibrary({
  command: [process.env.PAHO_PYTHON ?? "/usr/bin/python3", `${import.meta.dir}/paho_client.py`],
  qosMax: { 3: 2, 4: 2, 5: 2 },
});
