import { parseDuration, type CompiledMarker, type MarkerRequest } from '@firedrill/core'
import type { MarkerFile } from '../schema/marker-schema.ts'
import { DEFAULTS } from './defaults.ts'

type HttpFile = Extract<MarkerFile, { kind: 'http' }>

/** The compiled form of a marker that has passed every check. */
export function fillMarker(marker: MarkerFile): CompiledMarker {
  const base = {
    name: marker.name,
    periodMs: ms(marker.period, DEFAULTS.periodMs),
    timeoutMs: ms(marker.timeout, DEFAULTS.timeoutMs),
    order: marker.order,
    writesMax: marker.writesMax ?? DEFAULTS.writesMax,
  }
  switch (marker.kind) {
    case 'http': {
      const { write, read, cleanUp } = marker
      return {
        ...base,
        kind: 'http',
        ...(marker.vantage === undefined ? {} : { vantage: marker.vantage }),
        write: {
          ...fillRequest(write, 'PUT'),
          ...(write.includes === undefined ? {} : { includes: write.includes }),
        },
        read: { ...fillRequest(read, 'GET'), path: read.path ?? '', holds: read.holds ?? 'numbers' },
        ...(cleanUp === undefined ? {} : { cleanUp: fillRequest(cleanUp, 'DELETE') }),
      }
    }
    case 'postgresql': {
      const { database, survivor, statements } = marker
      return {
        ...base,
        kind: 'postgresql',
        ...(marker.vantage === undefined ? {} : { vantage: marker.vantage }),
        database,
        ...(survivor === undefined ? {} : { survivor }),
        ...(statements === undefined
          ? {}
          : {
              statements: {
                write: statements.write,
                read: statements.read,
                ...(statements.cleanUp === undefined ? {} : { cleanUp: statements.cleanUp }),
              },
            }),
      }
    }
  }
}

function fillRequest(
  {
    method,
    url,
    headers,
    body,
    status,
  }: HttpFile['read'] | HttpFile['write'] | NonNullable<HttpFile['cleanUp']>,
  fallback: MarkerRequest['method'],
): MarkerRequest {
  return {
    method: method ?? fallback,
    url,
    headers: headers ?? {},
    ...(body === undefined ? {} : { body }),
    status: status ?? [...DEFAULTS.markerStatus],
  }
}

function ms(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const parsed = parseDuration(text)
  if (!parsed.ok) throw new TypeError(parsed.problem)
  return parsed.ms
}
