import { INJECTIONS, STATUSES, VERDICTS, measurementSchema } from '@firedrill/core'
import { z } from 'zod'
import { exitCodeOf } from '../exit-code.ts'
import { runDetailSchema, type RunDetail } from '../http/run.ts'
import { pinnedSchema } from '../http/shared.ts'

const { objectives, parts, crossChecks, markers } = measurementSchema.shape

/** What a run came to, for programs: the answer of `firedrill run -o json`. Lengths of time are microseconds. */
export const verdictDocumentSchema = z
  .object({
    run: z.string(),
    number: z.int(),
    scenario: pinnedSchema,
    environment: pinnedSchema,
    status: z.enum(STATUSES),
    verdict: z.enum(VERDICTS).nullable(),
    reason: z.string(),
    exitCode: z.int(),
    /** True while at least one target may still be broken by us. */
    mayBeBroken: z.boolean(),
    objectives,
    parts,
    crossChecks,
    /** What marker writers wrote, and whether it was taken out again; absent without any. */
    markers,
    abort: runDetailSchema.shape.abort,
    /** Per target what the last describe call showed: the proof that it was put back. */
    targets: z.array(
      z.object({
        step: z.string(),
        id: z.string(),
        label: z.string(),
        injection: z.enum(INJECTIONS),
        seen: z.string(),
      }),
    ),
  })
  .meta({ id: 'Verdict' })
/** What a run came to. */
export type VerdictDocument = z.infer<typeof verdictDocumentSchema>

/** The document of a run. Before the run is over it says what is known so far. */
export function verdictDocument(run: RunDetail, exitCode: number = exitCodeOf(run)): VerdictDocument {
  const { id, number, scenario, environment, status, verdict, mayBeBroken, measurement, abort } = run
  return {
    run: id,
    number,
    scenario,
    environment,
    status,
    verdict,
    reason: measurement?.reason ?? run.reason,
    exitCode,
    mayBeBroken,
    objectives: measurement?.objectives ?? [],
    parts: measurement?.parts ?? {},
    crossChecks: measurement?.crossChecks ?? [],
    ...(measurement?.markers === undefined ? {} : { markers: measurement.markers }),
    abort,
    targets: run.steps.flatMap((step) =>
      step.targets.map(({ id, label, injection, seen }) => ({ step: step.name, id, label, injection, seen })),
    ),
  }
}
