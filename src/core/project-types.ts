import type { Value } from "./value.ts";

/** A value as callers give it: a timestamp may be a `Date`, an embedding an array of any form. */
export type GivenValue = Value | Date | Float64Array | Float32Array | undefined;

/** A key as callers give it: a value, or for a key of several columns an object by column. */
export type GivenKey = GivenValue | Readonly<Record<string, GivenValue>>;

/**
 * What the names of a project stand for in TypeScript. `tondo types` writes one of these from `.tondo` files; with it a wrong name, key or
 * input fails compilation.
 */
export interface ProjectTypes {
  /** By entity: its key. */
  readonly entities: Readonly<Record<string, unknown>>;
  /** By `entity:group`: the entity. */
  readonly groups: Readonly<Record<string, string>>;
  /** By canonical name; those that look forward are not among them. */
  readonly features: Readonly<Record<string, FeatureTypes>>;
  readonly vectors: Readonly<Record<string, VectorTypes>>;
}

/** A feature: whose it is, and what its value is. */
export interface FeatureTypes {
  readonly entity: string;
  readonly value: Value;
}

/** A vector: what a request gives, and what comes of it. */
export interface VectorTypes {
  /** By role. */
  readonly keys: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What is read for it, by the name of the key, a role's mostly, and the canonical name of the stored value. */
  readonly reads: Readonly<Record<string, Readonly<Record<string, Value>>>>;
  readonly slots: Readonly<Record<string, Value>>;
  readonly labels: Readonly<Record<string, Value>>;
}

/** A project of which nothing is known at compile time: all names go, and are checked when they are used. */
export interface AnyProject extends ProjectTypes {
  readonly entities: Readonly<Record<string, GivenKey>>;
  readonly vectors: Readonly<Record<string, AnyVector>>;
}

interface AnyVector extends VectorTypes {
  readonly keys: Readonly<Record<string, GivenKey>>;
  readonly inputs: Readonly<Record<string, GivenValue>>;
}

/**
 * Where the file that `tondo types` writes puts its project, so that `open` knows it without being told:
 *
 * ```ts
 * declare module "tondo" {
 *   interface Register {
 *     readonly project: TondoProject;
 *   }
 * }
 * ```
 */
// Empty until such a file is part of the program.
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface Register {}

/** The registered project; {@link AnyProject} where none is. */
export type RegisteredProject = Register extends { readonly project: infer P extends ProjectTypes } ? P : AnyProject;

/** The canonical names of a project's features. */
export type FeatureName<P extends ProjectTypes> = keyof P["features"] & string;

/** The names of a project's groups. */
export type GroupName<P extends ProjectTypes> = keyof P["groups"] & string;

/** The names of a project's vectors. */
export type VectorName<P extends ProjectTypes> = keyof P["vectors"] & string;

/** The names of the labels of a project's vectors. */
export type LabelName<P extends ProjectTypes> = {
  [V in VectorName<P>]: keyof P["vectors"][V]["labels"] & string;
}[VectorName<P>];

/** The keys that some features are asked for by: one for each of their entities. */
export type KeysOf<P extends ProjectTypes, N extends FeatureName<P>> = {
  readonly [E in P["features"][N]["entity"]]: P["entities"][E];
};
