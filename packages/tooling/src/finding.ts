/** A place where the repository departs from its architecture. */
export interface Finding {
  /** The name of the rule. */
  readonly rule: string
  /** Relative to the repository's root; with `:line` where there is one. */
  readonly at: string
  /** What is wrong and what to do instead. */
  readonly message: string
}
