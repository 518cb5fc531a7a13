import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAwsClients } from '@firedrill/aws'
import type { CompiledScenario, RunState } from '@firedrill/core'
import { compileScenario, formatProblems } from '@firedrill/scenario-file'
import { SECOND, startSimulator } from '@firedrill/sim'
import { ROOT } from '../sandbox/start-sandbox.ts'
import type { Hands } from './crew.ts'
import { labEnvironment, openLab, START_AT } from './lab.ts'
import { likenessOf } from './likeness.ts'

/** How one scenario fared in one world. */
export type Played = Readonly<{
  /** The verdict, or the status of a run that injected nothing. */
  ended: string
  state: RunState
  /** Why it was refused, or what each objective came to. */
  said: readonly string[]
  /** What the world lost and what it gained by the drill, up to the declared restoration. */
  differences: readonly string[]
  /** How long the world took, in seconds. */
  worldSeconds: number
}>

/** What to play, with values for the scenario's parameters. */
export type Play = Readonly<{
  scenario: string
  world: string
  seed?: number
  parameters?: Readonly<Record<string, string>>
  /** What people do in the world at each step of the scenario's runbook; absent: nobody comes. */
  people?: Hands
}>

/** Caches of resolvers and slow alarms have settled by then, so that the worlds may be compared. */
const AFTERMATH_S = 420

/** A scenario of the library by name, compiled with its parents. @throws Error with every problem of the file. */
export function libraryScenario(
  name: string,
  parameters: Readonly<Record<string, string>> = {},
): CompiledScenario {
  const fileOf = (one: string) => join(ROOT, 'scenarios', one, 'scenario.yaml')
  const compiled = compileScenario(readFileSync(fileOf(name), 'utf8'), {
    parameters,
    resolve: (parent) => ({ file: fileOf(parent), text: readFileSync(fileOf(parent), 'utf8') }),
  })
  if (compiled.ok) return compiled.compiled
  throw new Error(formatProblems(compiled.problems, fileOf(name)))
}

/**
 * Plays one scenario of the library to its end, in a lab.
 */
export async function playScenario(play: Play): Promise<Played> {
  const { world, seed = 1 } = play
  const scenario = libraryScenario(play.scenario, play.parameters)
  const sim = await startSimulator({ rate: 'manual', world, seed, startAt: START_AT })
  const clients = createAwsClients()
  try {
    const lab = openLab({ sim, clients, scenario, environment: labEnvironment(sim), people: play.people })
    const before = likenessOf(sim.world)
    const began = lab.now()
    const state = await lab.play()
    const worldSeconds = (lab.now() - began) / SECOND
    sim.advance(AFTERMATH_S * SECOND)
    const after = likenessOf(sim.world)
    return {
      ended: state.measurement?.verdict ?? state.status,
      state,
      said: saidBy(state),
      differences: [
        ...before.filter((line) => !after.includes(line)).map((line) => `lost ${line}`),
        ...after.filter((line) => !before.includes(line)).map((line) => `gained ${line}`),
      ],
      worldSeconds,
    }
  } finally {
    clients.close()
    await sim.close()
  }
}

function saidBy(state: RunState): readonly string[] {
  const judged = state.measurement?.objectives ?? []
  return [
    ...(state.refusal === undefined ? [] : [`refused: ${state.refusal}`]),
    ...judged.map(({ objective, verdict, observed, reason }) => {
      const [lo, hi] = [observed?.lo, observed?.hi].map((at) => (typeof at === 'number' ? at / SECOND : '?'))
      return `${objective} ${verdict}, ${lo} to ${hi} s: ${reason}`
    }),
  ]
}
