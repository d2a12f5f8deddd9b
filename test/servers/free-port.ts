import { once } from "node:events";
import { createServer } from "node:net";

const attempts = 100;

/**
 * A port of loopback that nobody listens on, below the range that systems give to outgoing connections.
 *
 * @throws Error where a hundred at random are taken
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port found on loopback in ${String(attempts)} attempts`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch {
    // Somebody else has it.
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
