import { Client, type QueryOptions, types } from "cassandra-driver";
import { open, type Tondo } from "../../src/index.ts";
import { type RunningCassandra, startCassandra } from "../../test/servers/cassandra.ts";
import { loadedAt, makeProject } from "./world.ts";

/** A Cassandra of its own, with a store that is loaded, and a client of the driver as it stands. */
export interface CassandraWorld {
  readonly tondo: Tondo;
  readonly client: Client;
  /** The table of the first generation of a group. */
  table(group: string): Promise<string>;
}

interface Opened extends CassandraWorld {
  readonly close: () => Promise<void>;
}

/** How long a world that nobody uses is kept: the next case asks for it at once. */
const restMs = 1000;
let world: Promise<Opened> | undefined;
let uses = 0;
let rest: NodeJS.Timeout | undefined;

/** The same for all cases, of which each gives it back; the server ends once none uses it. @throws Error that says what to install */
export async function useCassandraWorld(): Promise<CassandraWorld> {
  clearTimeout(rest);
  uses++;
  world ??= makeWorld();
  try {
    return await world;
  } catch (error) {
    uses--;
    world = undefined;
    throw error;
  }
}

/** Gives the world back. */
export function leaveCassandraWorld(): void {
  uses--;
  if (uses > 0) return;
  rest = setTimeout(() => {
    const last = world;
    world = undefined;
    void last?.then(({ close }) => close());
  }, restMs);
}

/** A server at full speed: not one of those that tests start. */
export function startServer(): Promise<RunningCassandra> {
  return startCassandra({ fastBoot: false, heapMiB: 1024 });
}

/** A client with the options of the store's own, where they bear upon speed. */
export async function rawClient({ contactPoint, localDataCenter }: RunningCassandra): Promise<Client> {
  const client = new Client({
    contactPoints: [contactPoint],
    localDataCenter,
    encoding: { copyBuffer: false },
    pooling: { coreConnectionsPerHost: { [types.distance.local]: 1 }, maxRequestsPerConnection: 2048 },
  });
  await client.connect();
  return client;
}

/** How statements are sent, as the store does. */
export const prepared: QueryOptions = {
  prepare: true,
  isIdempotent: true,
  consistency: types.consistencies.localQuorum,
};

/** A folder's definitions over a store in a server. */
export function openOver(folder: string, { contactPoint, localDataCenter }: RunningCassandra): Promise<Tondo> {
  const cassandra = { contactPoints: [contactPoint], localDataCenter, createKeyspace: true };
  return open({ folder, actor: "bench", cassandra });
}

/** The table of a generation, by its name, in which only letters and digits of the group's stand. */
export async function generationTableOf(client: Client, group: string, generation: number): Promise<string> {
  const query = "SELECT table_name FROM system_schema.tables WHERE keyspace_name = 'tondo'";
  const start = `g${String(generation)}_${group.replaceAll(/[^a-z0-9]+/g, "_")}_`;
  const { rows } = await client.execute(query);
  const names = rows.map((row) => String(row["table_name"]));
  const name = names.find((one) => one.startsWith(start));
  if (name === undefined) throw new Error(`no table ${start}...: there are ${names.join(", ")}`);
  return `tondo.${name}`;
}

async function makeWorld(): Promise<Opened> {
  const server = await startServer();
  const opened: (() => Promise<unknown>)[] = [() => server.stop()];
  const close = async (): Promise<void> => {
    for (const one of opened.reverse()) await one();
  };
  try {
    const tondo = await openOver(await makeProject(), server);
    opened.push(() => tondo.close());
    await tondo.apply();
    await tondo.materialize({ asOf: loadedAt });
    const client = await rawClient(server);
    opened.push(() => client.shutdown());
    return { tondo, client, table: (group) => generationTableOf(client, group, 1), close };
  } catch (error) {
    await close();
    throw error;
  }
}
