import type { CompiledEnvironment } from '../environment/environment.ts'
import type { Outcome } from './fault-driver.ts'

/** Positions of an account's own switch that ends all fault injection of a Region. */
export const LEVER_STATES = ['disengaged', 'engaging', 'engaged'] as const
export type LeverState = (typeof LEVER_STATES)[number]

/** Where the lever stands, and why somebody moved it there. */
export type SafetyLever = Readonly<{ state: LeverState; reason: string }>

/** How much of a shared quota is in use now. `quota` is the word that plans use for it. */
export type Allowance = Readonly<{ quota: string; used: number }>

/** Asks an account whether it is ready for a drill. Region arguments are names of the environment. */
export type Readiness = Readonly<{
  safetyLever(
    environment: CompiledEnvironment,
    region: string,
    signal: AbortSignal,
  ): Promise<Outcome<SafetyLever>>
  /** Every shared quota of the Region that a plan may ask for. */
  allowances(
    environment: CompiledEnvironment,
    region: string,
    signal: AbortSignal,
  ): Promise<Outcome<readonly Allowance[]>>
}>
