import type { OpenOptions } from "../open-options.ts";
import type { Options } from "./arguments/index.ts";
import type { CommandContext } from "./command.ts";

/** Where the online store is. */
export const onlineOption: Options = {
  online: {
    value: "URL",
    help: "the online store: cassandra://USER:PASSWORD@HOST:PORT,HOST/KEYSPACE?datacenter=NAME",
    default: "the environment's TONDO_ONLINE, else LMDB in the home",
  },
};

/** What {@link onlineOption} and the environment say. @throws TondoError `INVALID_ARGUMENT` */
export async function onlineOf({
  args,
  terminal,
}: Pick<CommandContext, "args" | "terminal">): Promise<Pick<OpenOptions, "cassandra">> {
  const url = args.text("online") ?? (terminal.environment["TONDO_ONLINE"] || undefined);
  if (url === undefined) return {};
  const { parseCassandraUrl } = await import("../cassandra.ts");
  return { cassandra: parseCassandraUrl(url) };
}
