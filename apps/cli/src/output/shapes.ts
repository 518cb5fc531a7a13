import {
  calendarSchema,
  createdTokenSchema,
  findingViewSchema,
  freezeCalendarSchema,
  haltSchema,
  planAnswerSchema,
  problemEntrySchema,
  recomputedSchema,
  repeatedRunsSchema,
  REPORT_FORMATS,
  runDetailSchema,
  runRunbookSchema,
  runSummarySchema,
  scheduleSchema,
  seriesImportedSchema,
  signingKeySchema,
  signOffSheetSchema,
  tokenSchema,
  upcomingSchema,
  verdictDocumentSchema,
  createdWebhookSchema,
  deliverySchema,
  webhookSchema,
} from '@firedrill/contracts'
import { CHECK_OUTCOMES, CHECKS, FINDING_LEVELS, INJECTIONS } from '@firedrill/core'
import { AUTHENTICITIES, CHECK_RESULTS, REPORT_CHECKS } from '@firedrill/report'
import { FILE_KINDS } from '@firedrill/scenario-file'
import { z } from 'zod'
import { ciResultSchema } from '../ci/ci-result.ts'
import { ciLineSchema } from '../ci/lines.ts'

const problems = z.array(problemEntrySchema)

const validated = z.array(
  z.object({
    file: z.string(),
    /** Null when the file does not say what it is. */
    kind: z.enum(FILE_KINDS).nullable(),
    name: z.string().nullable(),
    valid: z.boolean(),
    problems,
    warnings: problems,
  }),
)

const applied = z.array(
  z.object({
    file: z.string(),
    kind: z.enum(FILE_KINDS),
    name: z.string(),
    version: z.int(),
    hash: z.string(),
    /** False when the newest version already was the same. */
    isNew: z.boolean(),
  }),
)

const reportFiles = z.object({
  run: z.string(),
  files: z.array(z.object({ format: z.enum([...REPORT_FORMATS, 'pdf']), path: z.string(), bytes: z.int() })),
})

const verified = z.object({
  file: z.string(),
  authenticity: z.enum(AUTHENTICITIES),
  checks: z.array(
    z.object({ check: z.enum(REPORT_CHECKS), result: z.enum(CHECK_RESULTS), says: z.string() }),
  ),
  notChecked: z.array(z.string()),
  run: z.string().nullable(),
  headline: z.string().nullable(),
  /** SHA-256 of the report's canonical JSON. */
  report: z.string().nullable(),
  /** Id of the key that signed it. */
  key: z.string().nullable(),
})

const recovered = z.array(
  z.object({
    kit: z.string(),
    run: z.string(),
    step: z.string(),
    fault: z.string(),
    /** True when every target was described as it was captured. */
    isOut: z.boolean(),
    rounds: z.int(),
    targets: z.array(z.object({ target: z.string(), injection: z.enum(INJECTIONS), seen: z.string() })),
    /** Commands that do the same by hand, in order. */
    commands: z.array(z.string()),
  }),
)

const checked = z.object({
  outcome: z.enum(CHECK_OUTCOMES),
  findings: z.array(
    z.object({
      check: z.enum(CHECKS),
      subject: z.string(),
      level: z.enum(FINDING_LEVELS),
      verdict: z.string(),
      /** Null when nothing needs to be done. */
      remedy: z.string().nullable(),
    }),
  ),
})

/** The shape of what each command prints with `-o json`. Fields are only ever added. */
export const SHAPES = {
  validate: validated,
  new: z.object({ file: z.string(), name: z.string() }),
  import: z.object({
    file: z.string(),
    name: z.string(),
    notCarried: z.array(z.object({ line: z.int(), what: z.string() })),
  }),
  apply: applied,
  plan: planAnswerSchema,
  /** `run`, `watch` and `abort` that waited for the end. */
  verdict: verdictDocumentSchema,
  /** `run --detach` and `abort --no-wait`. */
  started: runSummarySchema,
  runs: z.array(runSummarySchema),
  run: runDetailSchema,
  runbook: runRunbookSchema,
  report: reportFiles,
  verify: verified,
  key: signingKeySchema,
  findings: z.array(findingViewSchema),
  'sign-off': signOffSheetSchema,
  halt: haltSchema,
  /** What checking the audit found; `head` is what the next check is given. */
  audit: z.object({ entries: z.int(), head: z.string().nullable(), problem: z.string().nullable() }),
  token: tokenSchema,
  tokens: z.array(tokenSchema),
  createdToken: createdTokenSchema,
  recover: recovered,
  recompute: recomputedSchema,
  /** `import-series`. */
  series: z.object({ run: z.string(), series: z.string(), ...seriesImportedSchema.shape }),
  summary: repeatedRunsSchema,
  schedules: z.array(scheduleSchema),
  /** A schedule and when it comes next. */
  schedule: z.object({ schedule: scheduleSchema, next: z.array(upcomingSchema) }),
  calendar: calendarSchema,
  calendars: z.array(freezeCalendarSchema),
  webhooks: z.array(webhookSchema),
  /** A new webhook; its key is in no other output. */
  webhook: createdWebhookSchema,
  deliveries: z.array(deliverySchema),
  check: checked,
  imported: freezeCalendarSchema,
  ci: ciResultSchema,
  /** Each line of `ci --jsonl`. */
  'ci-line': ciLineSchema,
} as const satisfies Readonly<Record<string, z.ZodType>>

/** Name of an output's shape, as `firedrill schema` takes it. */
export type ShapeName = keyof typeof SHAPES
/** What a command prints. */
export type Shape<N extends ShapeName> = z.infer<(typeof SHAPES)[N]>
