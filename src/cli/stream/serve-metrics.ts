import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { TondoError } from "../../core/index.ts";
import type { MetricsAddress } from "./metrics-address.ts";

/** Metrics that are served until this is disposed of. */
export interface ServedMetrics extends AsyncDisposable {
  readonly url: string;
}

/** Whoever asks more often, or takes its time, waits or is cut off: it must not cost the stream. */
const bounds = {
  connections: 16,
  requestsPerSocket: 1000,
  headerBytes: 8192,
  requestMs: 5000,
  idleMs: 30_000,
} as const;

/**
 * Serves a text on `GET /metrics`.
 *
 * @throws TondoError `IO_FAILED` where the address cannot be had
 */
export async function serveMetrics({ host, port }: MetricsAddress, text: () => string): Promise<ServedMetrics> {
  const server = createServer(
    {
      maxHeaderSize: bounds.headerBytes,
      headersTimeout: bounds.requestMs,
      requestTimeout: bounds.requestMs,
      keepAliveTimeout: bounds.idleMs,
      connectionsCheckingInterval: 1000,
    },
    (request, response) => {
      answer(request, response, text);
    },
  );
  server.maxConnections = bounds.connections;
  server.maxRequestsPerSocket = bounds.requestsPerSocket;
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new TondoError("IO_FAILED", `metrics cannot be served at ${host}:${String(port)}: ${reason}`, {
      hint: "Give another port with --metrics.",
      cause,
    });
  }
  // A connection that breaks is of whoever made it.
  server.on("error", () => undefined);
  const address = server.address() as AddressInfo;
  const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${String(address.port)}/metrics`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, text: () => string): void {
  const say = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): void => {
    response.writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
      ...headers,
    });
    response.end(body);
  };
  if (request.url?.split("?", 1)[0] !== "/metrics") {
    say(404, "metrics are at /metrics\n");
    return;
  }
  if (request.method !== "GET") {
    say(405, "metrics are read by GET\n", { allow: "GET" });
    return;
  }
  say(200, text(), { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store" });
}
