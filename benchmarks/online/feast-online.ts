import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { OwnTime } from "../harness/sample.ts";
import { PeerProcess } from "../peers/peer-process.ts";
import { feastPython } from "../peers/python.ts";

/** A feature view: the Parquet file of its rows, the column of their times, and its fields with Feast's types. */
export interface FeastView {
  readonly path: string;
  readonly time: string;
  readonly fields: Readonly<Record<string, "Float64" | "Int64" | "String">>;
}

/** What `writeProfiles` writes. */
export const profileFields: FeastView["fields"] = {
  ...Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`f${String(i)}`, "Float64" as const])),
  visits: "Int64",
  plan: "String",
};

/** Feast with its SQLite online store, in a process that times itself; views are of users. */
export class FeastOnline {
  readonly #peer: PeerProcess;

  private constructor(peer: PeerProcess) {
    this.#peer = peer;
  }

  /**
   * Over a store in a folder, which stays when the process ends.
   *
   * @throws Error that says what to install, or what the process said before it ended
   */
  static async start(folder: string, views: Readonly<Record<string, FeastView>>): Promise<FeastOnline> {
    await mkdir(folder, { recursive: true });
    const script = join(import.meta.dirname, "../peers/feast-online/feast_peer.py");
    const given = JSON.stringify({ folder, key: "user_id", views });
    return new FeastOnline(await PeerProcess.start(await feastPython(), [script, given], { FEAST_USAGE: "False" }));
  }

  /** The largest resident memory of the process, bytes. */
  get peak(): number {
    return this.#peer.peak;
  }

  /** Loads all views from their files, over what it has of them. */
  materialize(): Promise<OwnTime> {
    return this.#peer.measure(JSON.stringify({ materialize: true }));
  }

  /** Reads all features, by one call for each of the lists of keys. */
  read(calls: readonly (readonly string[])[]): Promise<OwnTime> {
    return this.#peer.measure(JSON.stringify({ read: calls }));
  }

  /** The values of each key, in the order of views and fields; `null` where one is missing. */
  async values(keys: readonly string[]): Promise<readonly (readonly unknown[])[]> {
    const { rows } = (await this.#peer.ask(JSON.stringify({ values: keys }))) as {
      readonly rows: readonly (readonly unknown[])[];
    };
    return rows;
  }

  close(): void {
    this.#peer.close();
  }
}
