import {
  ENVIRONMENT_KINDS,
  OBJECTIVE_KINDS,
  ORIGINS,
  RESPONSES,
  compiledEnvironmentSchema,
  compiledRunbookSchema,
  compiledScenarioSchema,
} from '@firedrill/core'
import { z } from 'zod'
import { actorSchema, instantSchema, microsSchema } from './shared.ts'
import { problemEntrySchema } from './problem.ts'

const versionFields = {
  name: z.string(),
  title: z.string(),
  hash: z.string(),
  version: z.int(),
  origin: z.enum(ORIGINS),
  actor: actorSchema,
  at: instantSchema,
}

/** A scenario as lists show it. */
export const scenarioSummarySchema = z
  .object({
    ...versionFields,
    hypothesis: z.string(),
    response: z.enum(RESPONSES),
    labels: z.record(z.string(), z.string()),
    faults: z.array(z.string()),
    objectives: z.array(
      z.object({ name: z.string(), kind: z.enum(OBJECTIVE_KINDS), maxMicros: microsSchema }),
    ),
  })
  .meta({ id: 'ScenarioSummary' })
export type ScenarioSummary = z.infer<typeof scenarioSummarySchema>

/** One version of a scenario with its text and compiled form. */
export const scenarioDetailSchema = scenarioSummarySchema
  .extend({ source: z.string(), compiled: compiledScenarioSchema })
  .meta({ id: 'ScenarioDetail' })
export type ScenarioDetail = z.infer<typeof scenarioDetailSchema>

/** An environment as lists show it. `isStartable` is false where only plans may be made. */
export const environmentSummarySchema = z
  .object({
    ...versionFields,
    environmentKind: z.enum(ENVIRONMENT_KINDS),
    production: z.boolean(),
    enabled: z.boolean(),
    account: z.string(),
    regions: z.record(z.string(), z.string()),
    isStartable: z.boolean(),
  })
  .meta({ id: 'EnvironmentSummary' })
export type EnvironmentSummary = z.infer<typeof environmentSummarySchema>

/** One version of an environment; secrets are masked in text and compiled form. */
export const environmentDetailSchema = environmentSummarySchema
  .extend({ source: z.string(), compiled: compiledEnvironmentSchema })
  .meta({ id: 'EnvironmentDetail' })
export type EnvironmentDetail = z.infer<typeof environmentDetailSchema>

/** A runbook as lists show it. */
export const runbookSummarySchema = z
  .object({ ...versionFields, steps: z.int() })
  .meta({ id: 'RunbookSummary' })
export type RunbookSummary = z.infer<typeof runbookSummarySchema>

/** One version of a runbook with its text and compiled form. */
export const runbookDetailSchema = runbookSummarySchema
  .extend({ source: z.string(), compiled: compiledRunbookSchema })
  .meta({ id: 'RunbookDetail' })
export type RunbookDetail = z.infer<typeof runbookDetailSchema>

/** A file to store as a new version. */
export const putDefinitionSchema = z
  .object({ source: z.string().min(1).max(512_000), origin: z.enum(ORIGINS).default('editor') })
  .meta({ id: 'PutDefinition' })
export type PutDefinition = z.input<typeof putDefinitionSchema>

/** What storing a file answers. `isNew` is false when the newest version already was the same. */
const stored = { isNew: z.boolean(), warnings: z.array(problemEntrySchema) }
export const storedScenarioSchema = z.object({ ...stored, scenario: scenarioDetailSchema })
export const storedEnvironmentSchema = z.object({ ...stored, environment: environmentDetailSchema })
export const storedRunbookSchema = z.object({ ...stored, runbook: runbookDetailSchema })
export type StoredScenario = z.infer<typeof storedScenarioSchema>
export type StoredEnvironment = z.infer<typeof storedEnvironmentSchema>
export type StoredRunbook = z.infer<typeof storedRunbookSchema>
