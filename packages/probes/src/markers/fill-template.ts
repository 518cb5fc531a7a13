import type { MarkerPlaceholder } from '@firedrill/core'

/** Values of the placeholders of one request or statement. */
export type TemplateValues = Readonly<Partial<Record<MarkerPlaceholder, string | number>>>

const PLACEHOLDER = /\{\{([A-Za-z]+)\}\}/g

/** Text with every `{{name}}` replaced. @throws RangeError for a name that has no value here. */
export function fillTemplate(template: string, values: TemplateValues): string {
  return template.replaceAll(PLACEHOLDER, (_, name: string) => String(valueOf(name, values)))
}

/** A statement with `$1`, `$2`, … in place of every `{{name}}`, and the values in that order: nothing is ever spliced in. */
export function bindTemplate(
  template: string,
  values: TemplateValues,
): Readonly<{ text: string; values: readonly (string | number)[] }> {
  const bound: (string | number)[] = []
  const text = template.replaceAll(PLACEHOLDER, (_, name: string) => `$${bound.push(valueOf(name, values))}`)
  return { text, values: bound }
}

function valueOf(name: string, values: TemplateValues): string | number {
  const value = Object.hasOwn(values, name) ? values[name as MarkerPlaceholder] : undefined
  if (value === undefined) throw new RangeError(`{{${name}}} has no value here`)
  return value
}
