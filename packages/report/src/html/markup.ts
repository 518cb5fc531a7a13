/** Text that is already HTML. Only `html` and `raw` make it, so nothing from a run gets into a page unescaped. */
export type Markup = Readonly<{ markup: string }>

type Part = Markup | string | number | undefined | readonly Part[]

/** HTML from a template: every value is escaped unless it is markup already; lists are joined, undefined is nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  let markup = strings[0] ?? ''
  for (const [index, value] of values.entries()) markup += rendered(value) + (strings[index + 1] ?? '')
  return { markup }
}

/** Marks text as HTML. Only for text that this package wrote itself. */
export function raw(markup: string): Markup {
  return { markup }
}

/** Nothing. */
export const NOTHING: Markup = { markup: '' }

/** `part` when the condition holds, else nothing. */
export function when(condition: boolean, part: () => Markup): Markup {
  return condition ? part() : NOTHING
}

function rendered(value: Part): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return escaped(value)
  if (typeof value === 'number') return String(value)
  return 'markup' in value ? value.markup : value.map(rendered).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}
