/** An option of a command. Its name, in kebab case, is the key under which it is declared. */
export interface Option {
  /** What the value is called in the help, such as `PATH`; absent for a switch. */
  readonly value?: string;
  readonly help: string;
  /** Shown in the help; the command itself applies it. */
  readonly default?: string;
  readonly required?: boolean;
  /** Whether it may be given more than once. */
  readonly many?: boolean;
  /** One letter. */
  readonly short?: string;
}

/** Options by name. */
export type Options = Readonly<Record<string, Option>>;

/** An argument that is not an option. */
export interface Positional {
  /** In capitals, as in the help. */
  readonly name: string;
  readonly help: string;
  readonly optional?: boolean;
  /** Whether this, the last one, takes all that follow. */
  readonly many?: boolean;
}
