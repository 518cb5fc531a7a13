import type { TestProject } from 'vitest/node'
import { prepareStates } from '../src/sandbox/prepared-state.ts'

declare module 'vitest' {
  /** What the set-up hands to the tests. */
  interface ProvidedContext {
    /** A state directory that has been started once and stopped. */
    preparedState: string
  }
}

/** Makes the one state of which every test of this project takes copies. */
export async function setup(project: TestProject): Promise<() => void> {
  const states = await prepareStates()
  project.provide('preparedState', states.first)
  return () => states.remove()
}
