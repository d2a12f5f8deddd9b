import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What stands between a program and a server on this machine, and makes it slow, or cuts it off. */
export interface SlowProxy extends AsyncDisposable {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** What the server answers from now on comes so much later, milliseconds; Infinity: it never comes. */
  delay(milliseconds: number): void;
  /** Ends all connections, and takes no new ones until {@link SlowProxy.mend}. */
  cut(): void;
  mend(): void;
  /** How many bytes the server has answered. */
  readonly answered: number;
}

/** Starts one before `host:port`. */
export async function slowProxy(server: string): Promise<SlowProxy> {
  const [host = "", port = ""] = server.split(":");
  const sockets = new Set<Socket>();
  let delayMs = 0;
  let isCut = false;
  let answered = 0;
  const listener = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const behind = connect({ host, port: Number(port) });
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      sockets.add(one);
      // A cut connection is an error of both its ends.
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    client.on("data", (bytes) => behind.write(bytes));
    behind.on("data", (bytes: Buffer) => {
      answered += bytes.length;
      if (delayMs === Infinity) return;
      // Timers of one length come in order; after a change of it those of before come first.
      setTimeout(() => client.write(bytes), delayMs);
    });
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${String((listener.address() as AddressInfo).port)}`,
    delay: (milliseconds) => {
      // What would come out of order after a shorter delay is not to come at all.
      if (milliseconds < delayMs) for (const socket of sockets) socket.destroy();
      delayMs = milliseconds;
    },
    cut,
    mend: () => {
      isCut = false;
    },
    get answered() {
      return answered;
    },
    [Symbol.asyncDispose]: async () => {
      cut();
      listener.close();
      await once(listener, "close");
    },
  };
}
