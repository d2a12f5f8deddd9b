import { appendFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { FolderEventLog } from "../../../src/featurestore/stream/index.ts";
import { type FaultTopic, streamWork } from "../stream-work.ts";
import type { Work } from "../work.ts";

function topicOf(home: string): Promise<FaultTopic> {
  const events = path.join(home, "events");
  const folder = path.join(events, "orders");
  mkdirSync(folder, { recursive: true });
  return Promise.resolve({
    name: "orders",
    log: new FolderEventLog({ folder: events, limits: { pollMs: 5 } }),
    append: (given) => {
      for (const { part, value } of given) appendFileSync(path.join(folder, `${String(part)}.ndjson`), `${value}\n`);
      return Promise.resolve();
    },
    count: () => {
      const texts = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), "utf8"));
      return Promise.resolve(texts.reduce((sum, text) => sum + text.split("\n").length - 1, 0));
    },
  });
}

/** Events that are streamed from a folder. */
export const stream: Work = streamWork({
  name: "stream",
  workers: 1,
  topic: topicOf,
  points: [
    "keep dead letters",
    "commit an offset",
    "make the folder of dead letters",
    "append a file of dead letters",
    "fsync a file of dead letters",
    "fsync the folder of dead letters",
  ],
});
