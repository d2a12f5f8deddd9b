import { randomUUID } from "node:crypto";
import pg from "pg";

/** A database of one test's own. */
export interface FreshDatabase {
  readonly url: string;
  /** Drops it, and whatever connections are still open to it. */
  drop(): Promise<void>;
}

/** Makes an empty database on a server, so that tests that run at once do not meet. */
export async function freshDatabase(serverUrl: string): Promise<FreshDatabase> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await statement(serverUrl, `create database "${name}"`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => statement(serverUrl, `drop database "${name}" with (force)`) };
}

async function statement(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
