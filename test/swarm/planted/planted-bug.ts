/** A mistake as somebody could make it, in one source of the services. */
export interface PlantedBug {
  /** As the command line and the tables have it. */
  readonly name: string;
  /** What is wrong, in one sentence. */
  readonly what: string;
  /** The source that has it, from the root of the repository. */
  readonly file: string;
  /** Texts of that source, each of which is there once, and what is there instead. */
  readonly changes: readonly (readonly [from: string, to: string])[];
  /** How the tests find it. */
  readonly found: {
    /** The first seed that finds it. */
    readonly seed: number;
    /** What it violates there. */
    readonly invariant: string;
  };
}
