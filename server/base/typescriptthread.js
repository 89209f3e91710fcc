// The first file of a thread that runs TypeScript as it stands: brings the loader, which not every Node hands on
// from the main thread, then begins with the file that it is told (jobthread.ts).
import { register } from "tsx/esm/api";

register();
await import(process.argv[2]);
