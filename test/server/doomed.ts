/**
 * `tacit serve` with the toy kind beside those of the registry, for tests of whole parties: it ends itself,
 * as SIGKILL does, as soon as a state is written down that TEST_DIES_AT names, with how many times before:
 * "chunk added 2".
 *
 *     node --import tsx test/server/doomed.ts CONFIG
 */
import { loadConfig } from "../../server/base/config.ts";
import { openLog } from "../../server/base/log.ts";
import { greeting } from "../../server/cli/greeting.ts";
import { serverKinds } from "../../server/kinds/registry.ts";
import { startServer } from "../../server/roles/serve.ts";
import { toyKind } from "./toykind.ts";

const config = loadConfig({ file: process.argv[2], env: process.env });
const log = openLog({ ...config.log, write: (line) => console.log(line) });
const dies = /^(.+) (\d+)$/.exec(process.env.TEST_DIES_AT ?? "");
let before = 0;
const server = await startServer(config, log, {
  kinds: [...serverKinds, toyKind],
  reached: (written) => {
    if (written === dies?.[1] && before++ === Number(dies[2])) process.kill(process.pid, "SIGKILL");
  },
});
for (const line of greeting(server.url, server, null)) console.log(line);
process.once("SIGTERM", () => void server.stop().then(() => process.exit(0)));
