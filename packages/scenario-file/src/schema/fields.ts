import { parseDuration } from '@firedrill/core'
import { z } from 'zod'

/** The names people give to things in files: probes, steps, Regions, zones. */
export const NAME_PATTERN = /^[a-z][a-z0-9-]{0,62}$/

/** Pattern of a duration, for editors; the real check is `parseDuration`. */
const DURATION_PATTERN = '^(\\d+(\\.\\d+)?(ms|s|m|h|d))+$|^P(\\d+D)?(T(\\d+H)?(\\d+M)?(\\d+(\\.\\d+)?S)?)?$'

/** Gives a field its documentation: one sentence and at least one example, both shown by editors. */
export function described<T extends z.ZodType>(
  schema: T,
  description: string,
  ...examples: readonly unknown[]
): T {
  return schema.meta({ description, examples: [...examples] })
}

/** A name; see `NAME_PATTERN`. */
export function nameField(description: string, example: string): z.ZodString {
  return described(
    z
      .string()
      .regex(NAME_PATTERN, 'a name is lower-case letters, digits and hyphens, starting with a letter'),
    description,
    example,
  )
}

/** A length of time as text: `90s`, `1m30s`, `PT5M`. */
export function durationField(description: string, ...examples: readonly string[]): z.ZodString {
  return z
    .string({
      error: (issue) =>
        typeof issue.input === 'number'
          ? `a duration needs a unit; write ${issue.input}s or ${issue.input}m`
          : undefined,
    })
    .check((context) => {
      const parsed = parseDuration(context.value)
      if (!parsed.ok) context.issues.push({ code: 'custom', message: parsed.problem, input: context.value })
    })
    .meta({ description, examples: [...examples], pattern: DURATION_PATTERN })
}

/** Free text that must not be empty. */
export function textField(description: string, ...examples: readonly string[]): z.ZodString {
  return described(z.string().min(1, 'must not be empty'), description, ...examples)
}

/** A map from text to text, such as tags. */
export function textMapField(
  description: string,
  example: Readonly<Record<string, string>>,
): z.ZodRecord<z.ZodString, z.ZodString> {
  return described(z.record(z.string(), z.string()), description, example)
}

/** Labels of a definition; shared by every kind of file. */
export function metadataField(kind: string, exampleName: string, exampleTitle: string) {
  return described(
    z.strictObject({
      name: nameField(`Name of this ${kind}; unique within a team and never changed.`, exampleName),
      title: described(
        z.string().min(1, 'must not be empty').max(120),
        'What people call it, in one line. Default: the name.',
        exampleTitle,
      ).optional(),
      labels: textMapField('Free labels for finding and grouping.', { domain: 'compute' }).optional(),
    }),
    `Who this ${kind} is.`,
    { name: exampleName, title: exampleTitle },
  )
}

/** The line that says which language version a file is written in. */
export const apiVersionField = described(
  z.literal('firedrill.dev/v1'),
  'Version of the file format.',
  'firedrill.dev/v1',
)
