import {
  AppError,
  isLoopback,
  platformInstant,
  REAL_CLOCK,
  worldInstant,
  type CompiledEnvironment,
  type EnvironmentClock,
  type PlatformInstant,
} from '@firedrill/core'
import { z } from 'zod'

const readingSchema = z.object({
  platformAt: z.int(),
  wallAt: z.int(),
  worldAt: z.int(),
  rate: z.number().gt(0).max(100_000),
  mode: z.string().optional(),
})

/** Clocks of the simulator's host and of the database closer than this (plus the reading's own uncertainty) are taken to be the same clock. µs. */
const SAME_CLOCK_MICROS = 1000

/** What reading a clock needs: the database's clock, and an end. */
export type ClockReading = Readonly<{
  environment: Pick<CompiledEnvironment, 'name' | 'clock'>
  platformNow: () => Promise<PlatformInstant>
  signal: AbortSignal
}>

/**
 * How world time runs beside platform time in an environment, right now. A simulator stamps its anchor with its host's wall
 * clock, so the anchor is moved by the distance between that and the database's clock when there is one that can be seen.
 * The wall clock of this process takes no part: it may be wrong.
 * @throws AppError `upstream-failed` when the simulator's clock cannot be read.
 */
export async function readEnvironmentClock(reading: ClockReading): Promise<EnvironmentClock> {
  const { environment, platformNow, signal } = reading
  if (environment.clock.source === 'real') return REAL_CLOCK
  const { url } = environment.clock
  if (!isLoopback(url))
    throw failed(environment.name, `its clock is not on loopback: ${new URL(url).hostname}`)
  const before = await platformNow()
  const answer = await fetchReading(environment.name, url, signal)
  const after = await platformNow()
  const offset = databaseOffset(before, answer.wallAt, after)
  return {
    anchorPlatform: platformInstant(answer.platformAt + offset),
    anchorWorld: worldInstant(answer.worldAt),
    // Between two jumps a world in lockstep stands still, whatever rate it names.
    rate: answer.mode === 'lockstep' ? 0 : answer.rate,
  }
}

async function fetchReading(
  name: string,
  url: string,
  signal: AbortSignal,
): Promise<z.infer<typeof readingSchema>> {
  const target = new URL('clock', url.endsWith('/') ? url : `${url}/`)
  try {
    const response = await fetch(target, {
      signal,
      redirect: 'error',
      headers: { accept: 'application/json' },
    })
    if (!response.ok) throw new Error(`status ${response.status}`)
    return readingSchema.parse(await response.json())
  } catch (error) {
    throw failed(name, `GET ${target.href} failed`, error)
  }
}

/** Database clock minus the clock that read `wall` in between, in microseconds; 0 when they cannot be told apart. */
function databaseOffset(before: PlatformInstant, wall: number, after: PlatformInstant): number {
  const offset = Math.round((before + after) / 2 - wall)
  return Math.abs(offset) <= (after - before) / 2 + SAME_CLOCK_MICROS ? 0 : offset
}

function failed(name: string, internal: string, cause?: unknown): AppError {
  return new AppError('upstream-failed', `The clock of environment ${name} cannot be read`, {
    internal,
    cause,
  })
}
