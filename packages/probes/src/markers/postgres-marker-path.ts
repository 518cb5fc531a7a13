import {
  mergeRanges,
  type CompiledMarker,
  type MarkerAnswer,
  type MarkerCleanUp,
  type MarkerPath,
  type MarkerRanges,
  type MarkerWriteAnswer,
  type RunId,
} from '@firedrill/core'
import { codeOf, type Attempt } from '../attempt.ts'
import { createConnection, UnknownHost, type DatabaseLogin } from './postgres-connection.ts'
import { bindTemplate, type TemplateValues } from './fill-template.ts'

type PostgresMarker = Extract<CompiledMarker, { kind: 'postgresql' }>

/** Where a PostgreSQL marker is written and read back. */
export type PostgresMarkerContext = Readonly<{
  runId: RunId
  database: DatabaseLogin
  survivor: DatabaseLogin
}>

/**
 * A write path of single statements, each its own transaction. Without statements of its own the marker gets a table for
 * the run, which is dropped afterwards.
 */
export function postgresMarkerPath(marker: PostgresMarker, where: PostgresMarkerContext): MarkerPath {
  const fixed = { run: where.runId, marker: marker.name }
  const table = tableOf(where.runId, marker.name)
  const statements = marker.statements ?? {
    write: `INSERT INTO ${table} (number) VALUES ({{sequence}}) ON CONFLICT DO NOTHING`,
    read: `SELECT number FROM ${table} WHERE number <= {{upTo}} ORDER BY number`,
    cleanUp: `DROP TABLE IF EXISTS ${table}`,
  }
  const isOwnTable = marker.statements === undefined
  const writer = createConnection(where.database)
  const reader = where.survivor === where.database ? writer : createConnection(where.survivor)
  const ask = (connection: typeof writer, template: string, values: TemplateValues, signal: AbortSignal) => {
    const bound = bindTemplate(template, { ...fixed, ...values })
    return connection.query(bound.text, bound.values, signal)
  }

  const read = async (upTo: number, signal: AbortSignal): Promise<MarkerAnswer<MarkerRanges>> => {
    try {
      const rows = await ask(reader, statements.read, { upTo }, signal)
      const numbers = rows.map((row) => Number(row[0]))
      const strange = numbers.findIndex((number) => !Number.isSafeInteger(number))
      if (strange >= 0) return { ok: false, detail: `"${String(rows[strange]?.[0])}" is no number` }
      return {
        ok: true,
        value: mergeRanges(numbers.filter((number) => number <= upTo).map((number) => [number, number])),
      }
    } catch (error) {
      return { ok: false, detail: reasonOf(error, signal) }
    }
  }

  const cleanUp = async (signal: AbortSignal): Promise<MarkerCleanUp> => {
    if (statements.cleanUp === undefined)
      return { state: 'kept', note: 'the scenario leaves the writes where they are' }
    try {
      await ask(writer, statements.cleanUp, {}, signal)
      if (isOwnTable) {
        const [row] = await writer.query('SELECT to_regclass($1) IS NULL', [table], signal)
        return row?.[0] === true
          ? { state: 'removed', note: `table ${table} is dropped` }
          : { state: 'failed', note: `table ${table} is still there` }
      }
      const rows = await ask(writer, statements.read, { upTo: Number.MAX_SAFE_INTEGER }, signal)
      return rows.length === 0
        ? { state: 'removed', note: 'read back: none is left' }
        : { state: 'failed', note: `${rows.length} are still there` }
    } catch (error) {
      return { state: 'failed', note: reasonOf(error, signal) }
    }
  }

  return {
    prepare: async (signal) => {
      if (!isOwnTable) return { ok: true, value: null }
      try {
        await writer.query(`CREATE TABLE IF NOT EXISTS ${table} (number bigint PRIMARY KEY)`, [], signal)
        return { ok: true, value: null }
      } catch (error) {
        return { ok: false, detail: reasonOf(error, signal) }
      }
    },
    write: async (sequence, signal): Promise<MarkerWriteAnswer> => {
      try {
        await ask(writer, statements.write, { sequence }, signal)
        return { end: 'acknowledged' }
      } catch (error) {
        if (error instanceof UnknownHost) return nameFailure(error.attempt)
        // A refusal by the server is an answer; a lost connection or a timeout may be our own doing.
        const isProven = !signal.aborted && (isSqlState(error) || codeOf(error) === 'ECONNREFUSED')
        return { end: 'failed', detail: reasonOf(error, signal), isProven }
      }
    },
    read,
    cleanUp,
    close: async () => {
      await writer.close()
      await reader.close()
    },
  }
}

/** A name that leads nowhere, as the write that needed it. */
function nameFailure(attempt: Attempt): MarkerWriteAnswer {
  return attempt.end === 'bad'
    ? { end: 'failed', detail: attempt.detail, isProven: attempt.isProven }
    : { end: 'unusable', detail: attempt.end === 'good' ? 'no address' : attempt.detail }
}

/** The table of a run's marker: lower case, and within PostgreSQL's 63 characters for names of up to 22. */
function tableOf(runId: RunId, marker: string): string {
  return `firedrill_${runId.toLowerCase()}_${marker.replaceAll('-', '_')}`.slice(0, 63)
}

function isSqlState(error: unknown): boolean {
  return /^[0-9A-Z]{5}$/.test(codeOf(error))
}

function reasonOf(error: unknown, signal: AbortSignal): string {
  if (error instanceof UnknownHost) return error.message
  if (signal.aborted) return 'timeout sql'
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  return `sql ${codeOf(error)}: ${message}`.slice(0, 200)
}
