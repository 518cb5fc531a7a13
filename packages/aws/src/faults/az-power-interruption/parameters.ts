import type { InjectStep } from '@firedrill/core'
import { z } from 'zod'
import { instanceParameters } from '../../instances/parameters.ts'

/** What a scenario may say about the loss of a zone. */
export const parameters = z.strictObject({
  ...instanceParameters,
  /** How long the zone's subnets are cut off, at most the step's duration. AWS's own scenario takes two minutes. */
  networkSeconds: z.int().min(60).max(43_200).default(120),
  /** Names of IAM roles, with their paths, parted by commas, whose launches and starts in the zone find no capacity. */
  launchRoles: z.string().max(1000).default(''),
})
export type Parameters = z.output<typeof parameters>

const DURATION_MIN_MS = 60_000
const DURATION_MAX_MS = 12 * 3_600_000

/** The roles of a list that is parted by commas, in the order given. */
export function rolesOf({ launchRoles }: Parameters): readonly string[] {
  return launchRoles.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]))
}

/** Why this step can never become an experiment, or undefined. Pure. */
export function checkStep({ targets, durationMs }: InjectStep, read: Parameters): string | undefined {
  if (targets.zones.length !== 1) return 'the loss of a zone needs exactly one zone in its selector'
  if (targets.choose.mode !== 'all') return 'a zone is lost with all that matches in it: choose: all'
  if (durationMs < DURATION_MIN_MS || durationMs > DURATION_MAX_MS)
    return `FIS keeps a zone without power for 1 minute to 12 hours, the step says ${durationMs / 1000} s`
  if (read.networkSeconds * 1000 > durationMs)
    return `the network is cut for ${read.networkSeconds} s, longer than the step lasts`
  return undefined
}
