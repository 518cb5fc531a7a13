import { readFileSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { EXIT, type ImportSeries } from '@firedrill/contracts'
import { sha256Bytes } from '@firedrill/runtime'
import { formatProblems, readSeries, type SeriesFormat } from '@firedrill/scenario-file'
import { CliError } from '../cli.ts'

/** A time series as a file holds it. @throws CliError with every problem and its line. */
export function openSeries(
  cwd: string,
  path: string,
  format: SeriesFormat = path.toLowerCase().endsWith('.json') ? 'json' : 'csv',
): Pick<ImportSeries, 'file' | 'points'> {
  const place = resolve(cwd, path)
  if (statSync(place, { throwIfNoEntry: false })?.isFile() !== true)
    throw new CliError(EXIT.usage, `${path}: there is no such file.`)
  const bytes = readFileSync(place)
  const read = readSeries(bytes.toString('utf8'), format)
  if (!read.ok) throw new CliError(EXIT.usage, formatProblems(read.problems, path))
  return {
    file: { name: basename(path), sha256: sha256Bytes(bytes) },
    points: read.points.map(({ at, value }) => [at, value]),
  }
}
