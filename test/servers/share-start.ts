import { once } from "node:events";
import { createServer } from "node:http";
import { freePort } from "./free-port.ts";
import type { StartReport } from "./reported-start.ts";

/** The start of a server that all tests of a run share. */
export interface SharedStart {
  /** Where it is told, once it is known: `reportedStart()` asks there. */
  readonly url: string;
  /** Ends the server, where it started. */
  stop(): Promise<void>;
}

/** Each project of Vitest has modules of its own in the one process, and this is the same for all of them. */
const known = globalThis as { tondoSharedStarts?: Map<string, Promise<SharedStart>> };

/** Starts a server once in this process, however many projects ask for it, and goes on while it boots. */
export function shareStart<Server extends AsyncDisposable>(
  name: string,
  start: () => Promise<Server>,
  address: (server: Server) => object,
): Promise<SharedStart> {
  const all = (known.tondoSharedStarts ??= new Map<string, Promise<SharedStart>>());
  const shared = all.get(name) ?? report(start(), address);
  all.set(name, shared);
  return shared;
}

async function report<Server extends AsyncDisposable>(
  starting: Promise<Server>,
  address: (server: Server) => object,
): Promise<SharedStart> {
  const told: Promise<StartReport<object>> = starting.then(
    (server) => ({ address: address(server) }),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  );
  const reporter = createServer((_, response) => void told.then((start) => response.end(JSON.stringify(start))));
  const port = await freePort();
  reporter.listen(port, "127.0.0.1");
  await once(reporter, "listening");
  const end = async (): Promise<void> => {
    reporter.close();
    reporter.closeAllConnections();
    // One that did not start has told the tests why, and left nothing to stop.
    if ("error" in (await told)) return;
    await (await starting)[Symbol.asyncDispose]();
  };
  let ended: Promise<void> | undefined;
  return { url: `http://127.0.0.1:${String(port)}`, stop: () => (ended ??= end()) };
}
