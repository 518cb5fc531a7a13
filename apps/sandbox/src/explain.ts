import { ApiError } from '@firedrill/contracts'

/** An error for the person at the terminal; when a file was refused, with every wrong place in it. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const places = error instanceof ApiError ? (error.problem?.problems ?? []) : []
  return [
    error.message,
    ...places.map(({ path, message, line, column, suggestion }) => {
      const where = line === undefined ? path : `${line}:${column ?? 1} ${path}`
      return `  ${where}: ${message}${suggestion === undefined ? '' : `. ${suggestion}`}`
    }),
  ].join('\n')
}
