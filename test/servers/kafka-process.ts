import { spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { JavaServer, type JavaStart } from "./java-server.ts";
import {
  brokerArguments,
  type BrokerPorts,
  brokerProperties,
  type BrokerSettings,
  formatArguments,
  storageIdentity,
} from "./kafka-settings.ts";
import { runToEnd } from "./run-to-end.ts";

/** What clients have to know of a broker. */
export interface KnownKafka {
  readonly port: number;
}

/** What a broker is started from. */
export interface KafkaParts {
  readonly java: string;
  readonly jars: string;
  readonly settings: BrokerSettings;
}

const minutesToFormat = 1;
/** How long a broker may take to end, and to write the archive of its classes as it does. */
const secondsToEnd = 20;

/**
 * One Kafka in a folder. The first on a machine leaves beside the jars what makes those after it boot in a third of its time: the formatted
 * storage when it has it, and, as it ends, an archive of the classes that it had loaded.
 */
export class KafkaProcess extends JavaServer<KnownKafka> {
  readonly #parts: KafkaParts;
  /** Java takes none that another release of it made, or of other jars, and jars elsewhere or of another time are others. */
  readonly #archive: string;
  #ports: BrokerPorts = { client: 0, controller: 0 };
  #hasAnswered = false;

  constructor(folder: string, parts: KafkaParts) {
    super("Kafka", folder);
    this.#parts = parts;
    const { stderr } = spawnSync(parts.java, ["-version"], { encoding: "utf8" });
    const jars = readdirSync(parts.jars).filter((name) => name.endsWith(".jar"));
    const made = [stderr, parts.jars, ...jars.map((name) => [name, statSync(join(parts.jars, name)).mtimeMs])];
    const key = createHash("sha256").update(JSON.stringify(made)).digest("hex").slice(0, 12);
    this.#archive = join(parts.jars, `classes-${key}.jsa`);
  }

  get known(): KnownKafka {
    return { port: this.#ports.client };
  }

  protected async configure(): Promise<JavaStart> {
    this.#ports = { client: await freePort(), controller: await freePort() };
    const start = this.#configured(false);
    await this.#format();
    return start;
  }

  protected again(): JavaStart {
    return this.#configured(true);
  }

  override async create(signal: AbortSignal): Promise<void> {
    await super.create(signal);
    this.#hasAnswered = true;
  }

  override async end(): Promise<void> {
    const left = this.#leaves;
    if (this.runs && this.#hasAnswered && !existsSync(this.#archive)) {
      this.signal("SIGCONT");
      if ((await this.terminate(secondsToEnd)) && existsSync(left)) leave(left, this.#archive);
    }
    await this.kill();
  }

  /** Where this one writes the classes that it had loaded, as it ends in order. */
  get #leaves(): string {
    return join(this.folder, "classes.jsa");
  }

  #configured(isAgain: boolean): JavaStart {
    const { java, jars, settings } = this.#parts;
    writeFileSync(
      join(this.folder, "server.properties"),
      brokerProperties(this.folder, this.#ports, settings, isAgain),
    );
    const archive = existsSync(this.#archive) ? { read: this.#archive } : { leave: this.#leaves };
    return { java, args: brokerArguments(this.folder, jars, settings, archive), says: ["Kafka Server started"] };
  }

  /** Makes the folder of data. What the tool adds to its identity is the same for every node: the release's features. */
  async #format(): Promise<void> {
    const { java, jars } = this.#parts;
    const made = join(jars, "bootstrap.checkpoint");
    const own = join(this.folder, "data", "bootstrap.checkpoint");
    if (existsSync(made)) {
      mkdirSync(join(this.folder, "data"));
      writeFileSync(join(this.folder, "data", "meta.properties"), storageIdentity);
      copyFileSync(made, own);
    } else {
      await runToEnd(java, formatArguments(jars, join(this.folder, "server.properties")), minutesToFormat);
      leave(own, made);
    }
  }
}

/** Puts a copy where others look for it, whole or not at all. */
function leave(file: string, target: string): void {
  const beside = `${target}-${randomUUID()}`;
  copyFileSync(file, beside);
  renameSync(beside, target);
}
