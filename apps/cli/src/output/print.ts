import type { Cli, CommonOptions } from '../cli.ts'
import { SHAPES, type Shape, type ShapeName } from './shapes.ts'

/**
 * Prints what a command found: JSON in its declared shape, or the words for people. Data goes to stdout; empty words
 * print nothing there.
 */
export function print<N extends ShapeName>(
  cli: Cli,
  options: Pick<CommonOptions, 'output'>,
  shape: N,
  value: Shape<N>,
  words: () => string,
): void {
  switch (options.output) {
    case 'json':
      cli.terminal.out(`${JSON.stringify(SHAPES[shape].parse(value), null, 2)}\n`)
      return
    case 'text': {
      const text = words()
      if (text !== '') cli.terminal.out(`${text}\n`)
    }
  }
}

/** Rows in columns that line up; the last column is as long as it is. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
