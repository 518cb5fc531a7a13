import { z } from 'zod'

/** A whole number in [min, max] written in digits; `fallback` when not set. */
export function wholeNumber(min: number, max: number, fallback: number): z.ZodType<number> {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .optional()
    .transform((text) => (text === undefined ? fallback : Number(text)))
    .refine((value) => value >= min && value <= max, `must lie between ${min} and ${max}`)
}

/** A URL whose scheme is one of `schemes` (without colon). Any other text is refused without being repeated. */
export function urlWith(...schemes: readonly string[]): z.ZodType<string> {
  return z
    .string()
    .refine(
      (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)),
      `must be a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    )
}
