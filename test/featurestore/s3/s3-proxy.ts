import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";

/** A request on its way to the server. */
export interface PassingRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly range: string | undefined;
}

/** What becomes of a request: it goes on, is answered so in the server's place, loses the end of its answer, or is never answered. */
export type Fate = "pass" | "cut" | "hang" | number;

/** Stands between a client and a server of objects: counts what is asked, and does to it what a test says. */
export interface S3Proxy {
  readonly endpoint: string;
  readonly seen: PassingRequest[];
  fate: (request: PassingRequest) => Fate | Promise<Fate>;
  stop(): Promise<void>;
}

/** Starts one before a server. The host's name goes on as it came, for signatures hold it. */
export async function startProxy(target: string): Promise<S3Proxy> {
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, answer) => {
    void (async () => {
      const one = { method: incoming.method ?? "", path: incoming.url ?? "", range: incoming.headers.range };
      proxy.seen.push(one);
      const fate = await proxy.fate(one);
      if (fate === "hang") return;
      if (typeof fate === "number") {
        answer.writeHead(fate).end();
        return;
      }
      const { method, url: path, headers } = incoming;
      const going = request({ hostname, port, method, path, headers }, (coming: IncomingMessage) => {
        answer.writeHead(coming.statusCode ?? 500, coming.headers);
        if (fate === "pass") {
          coming.pipe(answer);
          return;
        }
        coming.once("data", (bytes: Buffer) => {
          answer.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => answer.destroy());
          coming.destroy();
        });
      });
      going.on("error", () => answer.destroy());
      incoming.pipe(going);
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const own = typeof address === "object" && address !== null ? address.port : 0;
  const proxy: S3Proxy = {
    endpoint: `http://127.0.0.1:${String(own)}`,
    seen: [],
    fate: () => "pass",
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return proxy;
}
