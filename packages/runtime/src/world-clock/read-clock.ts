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
import { hostNow } from '../time/system-clock.ts'

const readingSchema = z.object({
  platformAt: z.int(),
  worldAt: z.int(),
  rate: z.number().gt(0).max(100_000),
  mode: z.string().optional(),
})

/** Host and database clocks closer than this (plus the reading's own uncertainty) are taken to be the same clock. µs. */
const SAME_CLOCK_MICROS = 1000

/** What reading a clock needs: the database's clock, and an end. */
export type ClockReading = Readonly<{
  environment: Pick<CompiledEnvironment, 'name' | 'clock'>
  platformNow: () => Promise<PlatformInstant>
  signal: AbortSignal
}>

/**
 * How world time runs beside platform time in an environment, right now. A simulator stamps its anchor with this host's wall
 * clock (it is on loopback, anything else is refused), so the anchor is moved by the distance between that and the
 * database's clock when there is one that can be seen.
 * @throws AppError `upstream-failed` when the simulator's clock cannot be read.
 */
export async function readEnvironmentClock(reading: ClockReading): Promise<EnvironmentClock> {
  const { environment, platformNow, signal } = reading
  if (environment.clock.source === 'real') return REAL_CLOCK
  const { url } = environment.clock
  if (!isLoopback(url))
    throw failed(environment.name, `its clock is not on loopback: ${new URL(url).hostname}`)
  const answer = await fetchReading(environment.name, url, signal)
  const offset = await databaseOffset(platformNow)
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

/** Database clock minus host clock in microseconds; 0 when they cannot be told apart. */
async function databaseOffset(platformNow: () => Promise<PlatformInstant>): Promise<number> {
  const before = hostNow()
  const database = await platformNow()
  const after = hostNow()
  const offset = Math.round(database - (before + after) / 2)
  return Math.abs(offset) <= (after - before) / 2 + SAME_CLOCK_MICROS ? 0 : offset
}

function failed(name: string, internal: string, cause?: unknown): AppError {
  return new AppError('upstream-failed', `The clock of environment ${name} cannot be read`, {
    internal,
    cause,
  })
}
