import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Certificates, type KeyedCertificate, makeCertificates } from "./cassandra-certificates.ts";
import {
  javaArguments,
  logConfiguration,
  nodeConfiguration,
  type NodePorts,
  type NodeSettings,
} from "./cassandra-settings.ts";
import { freePort } from "./free-port.ts";
import { JavaServer, type JavaStart } from "./java-server.ts";

/** What clients have to know of a node. */
export interface KnownCassandra {
  readonly port: number;
  readonly ca?: string;
  readonly client?: KeyedCertificate;
}

/** What a node is started from. */
export interface CassandraParts {
  readonly java: string;
  readonly jars: string;
  readonly settings: NodeSettings;
}

/** One Cassandra in a folder. */
export class CassandraProcess extends JavaServer<KnownCassandra> {
  readonly #parts: CassandraParts;
  #certificates: Certificates | undefined;
  #ports: NodePorts | undefined;

  constructor(folder: string, parts: CassandraParts) {
    super("Cassandra", folder);
    this.#parts = parts;
  }

  get known(): KnownCassandra {
    const { ca, client } = this.#certificates ?? {};
    const certified = ca === undefined || client === undefined ? {} : { ca, client };
    return { port: this.#ports?.client ?? 0, ...certified };
  }

  protected async configure(): Promise<JavaStart> {
    const { settings } = this.#parts;
    if (settings.tls !== "none") this.#certificates ??= makeCertificates(join(this.folder, "certificates"));
    this.#ports = { client: await freePort(), storage: await freePort() };
    const configuration = nodeConfiguration(this.folder, this.#ports, settings, this.#certificates);
    writeFileSync(join(this.folder, "cassandra.yaml"), configuration);
    writeFileSync(join(this.folder, "logback.xml"), logConfiguration);
    const start = this.again();
    return settings.auth ? { ...start, says: [...start.says, "Created default superuser role"] } : start;
  }

  protected again(): JavaStart {
    const { java, jars, settings } = this.#parts;
    return { java, args: javaArguments(this.folder, jars, settings), says: ["Startup complete"] };
  }
}
