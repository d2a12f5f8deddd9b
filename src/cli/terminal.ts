import type { Readable, Writable } from "node:stream";

/** What the command sees of the process it runs in; tests and `main.ts` make one. */
export interface Terminal {
  /** All of standard input, to its end. */
  readonly input: () => Promise<Uint8Array>;
  /** Both ends of a conversation with another program, in place of `input` and `out`. */
  readonly streams: () => { readonly input: Readable; readonly output: Writable };
  /** Results go here: text for people, or one line of JSON. */
  readonly out: (text: string) => void;
  /** Progress and errors go here. */
  readonly err: (text: string) => void;
  /** Whether `err` is a terminal that can redraw a line, and how wide it is. */
  readonly live: boolean;
  readonly columns: number;
  /** Whether `out` and `err` take colours. */
  readonly colours: { readonly out: boolean; readonly err: boolean };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The working folder. */
  readonly folder: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Says how long work may take to stop, milliseconds, before the process is ended over it; five seconds where it is not said. */
  readonly allowToStop: (ms: number) => void;
}
