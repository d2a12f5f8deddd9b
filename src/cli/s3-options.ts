import { parseBytes } from "../core/index.ts";
import type { OpenOptions } from "../open-options.ts";
import { type Options, usageError } from "./arguments/index.ts";
import type { CommandContext } from "./command.ts";

/** The options of commands that read sources, which may lie in S3. Credentials are none: an option would be seen by all of the machine. */
export const s3Options: Options = {
  "s3-endpoint": {
    value: "URL",
    help: "where s3:// paths are read from, such as https://minio.internal:9000",
    default: "the environment's AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, else Amazon",
  },
  "s3-region": { value: "NAME", help: "the region of s3:// paths", default: "the environment's AWS_REGION" },
  "s3-cache-limit": { value: "SIZE", help: "what copies of objects may take on disk", default: "20GiB" },
};

/** What {@link s3Options} and Amazon's variables of the environment say. */
export function s3Of({ args, terminal }: Pick<CommandContext, "args" | "terminal">): NonNullable<OpenOptions["s3"]> {
  const variable = (name: string): string | undefined => terminal.environment[name] || undefined;
  const endpoint = args.text("s3-endpoint") ?? variable("AWS_ENDPOINT_URL_S3") ?? variable("AWS_ENDPOINT_URL");
  if (endpoint !== undefined && !/^https?:\/\/./i.test(endpoint))
    throw usageError(`--s3-endpoint: "${endpoint}" is no address`, "Write it as https://minio.internal:9000.");
  const region = args.text("s3-region") ?? variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION");
  const limit = args.text("s3-cache-limit");
  const accessKeyId = variable("AWS_ACCESS_KEY_ID");
  const secretAccessKey = variable("AWS_SECRET_ACCESS_KEY");
  const sessionToken = variable("AWS_SESSION_TOKEN");
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(limit === undefined ? {} : { cacheLimit: bytesOf(limit) }),
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } }),
  };
}

function bytesOf(size: string): number {
  const bytes = parseBytes(size) ?? 0;
  if (bytes < 1) throw usageError(`--s3-cache-limit: "${size}" is not a size`, "Write it as 500MB or 50GiB.");
  return bytes;
}
