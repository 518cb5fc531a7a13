import { z } from 'zod'
import {
  compiledEnvironmentSchema,
  parseId,
  type EnvironmentClock,
  type PlatformInstant,
  type RunId,
  type UndoPlan,
  type UndoRecord,
  type WorldInstant,
  type CompiledEnvironment,
} from '@firedrill/core'

/**
 * A recovery kit: all that is needed to take one step's fault out without database, queue or API. `undo.commands`
 * does it by hand. Instants are microseconds; `expiresAt` is world time by `clock`.
 */
export type Kit = Readonly<{
  format: 'firedrill-recovery-kit/1'
  runId: RunId
  step: string
  hash: string
  expiresAt: WorldInstant
  clock: EnvironmentClock
  environment: CompiledEnvironment
  undo: UndoPlan
}>

const kitSchema = z.object({
  format: z.literal('firedrill-recovery-kit/1'),
  runId: z.string(),
  step: z.string(),
  hash: z.string(),
  expiresAt: z.int(),
  clock: z.object({ anchorPlatform: z.int(), anchorWorld: z.int(), rate: z.number().min(0) }),
  environment: compiledEnvironmentSchema,
  undo: z.object({
    fault: z.string(),
    faultVersion: z.int(),
    targets: z.array(z.unknown()),
    restoration: z.string(),
    capture: z.unknown(),
    key: z.string(),
    handle: z.string().optional(),
    undoHandle: z.string().optional(),
    decided: z
      .object({
        left: z.array(z.string()),
        untouched: z.array(z.string()),
        overwrite: z.array(z.string()),
      })
      .optional(),
    commands: z.array(z.string()),
  }),
})

/** File name of a kit. */
export function kitName(runId: string, step: string): string {
  return `${runId}.${step}`
}

/** The run and step that a kit's file name speaks of, for when its content cannot be read. */
export function kitNameParts(name: string): Readonly<{ runId: RunId; step: string }> | undefined {
  const [, id = '', step = ''] = /^([^.]+)\.(.+)$/.exec(name) ?? []
  const runId = parseId('run', id)
  return runId === undefined ? undefined : { runId, step }
}

/** Builds the kit of a stored undo plan. */
export function buildKit(record: UndoRecord, environment: CompiledEnvironment, clock: EnvironmentClock): Kit {
  const { runId, step, hash, expiresAt, plan } = record
  return { format: 'firedrill-recovery-kit/1', runId, step, hash, expiresAt, clock, environment, undo: plan }
}

/** Reads a kit. @throws ZodError or SyntaxError when the text is none. */
export function parseKit(text: string): Kit {
  return kitSchema.parse(JSON.parse(text)) as unknown as Kit
}

/** World time by a kit's own clock. */
export function kitWorldNow(kit: Kit, now: PlatformInstant): WorldInstant {
  return Math.round(kit.clock.anchorWorld + (now - kit.clock.anchorPlatform) * kit.clock.rate) as WorldInstant
}
