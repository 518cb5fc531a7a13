import type { CompiledScenario, MeasureInput, Sample } from '@firedrill/core'
import type { World } from '@firedrill/sim'
import type { Drill } from './draw-drill.ts'

/** When every drill's world begins, world time in microseconds. */
export const START_AT = Date.UTC(2026, 10, 3, 9, 0, 0) * 1000

/** What watches a drill. */
export type Watch = Readonly<{
  /** Grows as probes end. */
  samples: readonly Sample[]
  /** What is left of the probers' clock errors once their offsets are known. */
  clockErrorMicros: number
  /** What the clock of the cloud is off, microseconds. */
  cloudOffset: number
  /** How clocks compared with the platform's up to now. */
  clocks(): MeasureInput['clocks']
  markers(): MeasureInput['markers']
  /** The probers go on to the end of the last hold; markers are read back and done. */
  finish(end: number): Promise<void>
}>

/** Where a drill is played: a world that can be broken and asked, its time, and eyes on it. */
export type DrillSite = Readonly<{
  world: World
  now(): number
  /** Everything that is due up to an instant is done when this resolves. */
  runTo(at: number): Promise<void>
  watch(scenario: CompiledScenario, vantages: readonly string[]): Watch
  close(): Promise<void>
}>

/** Opens the site of a drill. */
export type OpenSite = (drill: Drill) => Promise<DrillSite>
