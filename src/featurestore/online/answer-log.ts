import type { Value } from "../../core/index.ts";
import type { VectorPlan } from "../../dsl/index.ts";
import type { VectorAnswer } from "./vector-program.ts";

/** An answer for one request of a vector, as a log takes it. */
export interface ServedAnswer {
  /** Which call gave it. */
  readonly by: "get" | "prepare" | "predict";
  /** The request's keys and inputs, by the vector's columns. */
  readonly columns: Readonly<Record<string, Value>>;
  /** What was read, and where the values of this request begin in it. */
  readonly answer: VectorAnswer;
  readonly base: number;
  readonly scored?: ServedScore;
}

/** What a model made of an answer. */
export interface ServedScore {
  readonly model: string;
  /** The id of the model's version. */
  readonly version: string;
  readonly tag: string | null;
  /** The path asked for, and that of the node that answered. */
  readonly partition: readonly string[];
  readonly path: readonly string[];
  /** As the model was fed, by name. */
  readonly slots: Readonly<Record<string, Value>>;
  readonly score: number | null;
}

/** Takes down what was answered. It fails no answer. */
export interface AnswerLog {
  /** The log of one vector: made once, used for each of its answers. */
  vector(plan: VectorPlan): VectorAnswerLog;
}

/** See {@link AnswerLog}. */
export interface VectorAnswerLog {
  /**
   * Whether an answer is to be logged.
   *
   * @param asked what the call says of it; by default the log chooses by the request's key
   */
  takes(columns: ServedAnswer["columns"], asked: boolean | undefined): boolean;
  /** Logs an answer. Gives the id it has in the log; nothing where there was no room for it; a promise where room is waited for. */
  add(answer: ServedAnswer): string | undefined | Promise<string | undefined>;
}
