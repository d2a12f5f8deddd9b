import { connect, isIP, Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import type { ISocketFactoryArgs, Kafka, KafkaConfig } from "kafkajs";
import type { KafkaModule } from "./kafka-module.ts";

/**
 * A client whose connections all end when it is closed. kafkajs forgets some that it made, where brokers go away and come back, and makes others after it was disconnected:
 * one of them would keep the process alive for ever.
 */
export class KafkaClient {
  readonly kafka: Kafka;
  readonly #ssl: KafkaConfig["ssl"];
  readonly #sockets: Set<Socket> = new Set<Socket>();
  #isClosed = false;

  constructor(module: KafkaModule, config: Omit<KafkaConfig, "socketFactory">) {
    this.#ssl = config.ssl;
    this.kafka = new module.Kafka({ ...config, socketFactory: (to) => this.#connect(to) });
  }

  /** Ends all connections, and makes no others. What is asked by then fails. */
  close(): void {
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.destroy(closed());
  }

  #connect({ host, port, onConnect }: Omit<ISocketFactoryArgs, "ssl">): Socket {
    if (this.#isClosed) return new Socket().destroy(closed());
    const ssl = this.#ssl === true ? {} : this.#ssl;
    const name = isIP(host) === 0 ? { servername: host } : {};
    const socket = ssl
      ? connectSecurely({ host, port, ...name, ...ssl }, onConnect)
      : connect({ host, port }, onConnect);
    socket.setKeepAlive(true, keepAliveMs);
    endWhereUnread(socket);
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    return socket;
  }
}

/** After how long without a word it is asked whether the other side is still there, milliseconds. */
const keepAliveMs = 60_000;

/** What is no Kafka, or breaks off, may send what kafkajs cannot read. It throws then where nobody could catch it: the connection ends by that error instead. */
function endWhereUnread(socket: Socket): void {
  const emit = socket.emit.bind(socket) as (...event: readonly unknown[]) => boolean;
  socket.emit = (name: string | symbol, ...given: readonly unknown[]): boolean => {
    if (name !== "data") return emit(name, ...given);
    try {
      return emit(name, ...given);
    } catch (error) {
      socket.destroy(new Error("the other side says what Kafka would not", { cause: error }));
      return true;
    }
  };
}

function closed(): Error {
  return new Error("the client was closed");
}
