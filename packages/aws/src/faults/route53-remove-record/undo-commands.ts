import type { CompiledEnvironment } from '@firedrill/core'
import { batchLine } from '../../route53/change-batch.ts'
import { keyToken } from '../key-token.ts'
import type { Capture } from './capture.ts'

/**
 * The undo by hand: one CREATE batch of the captured record sets. It refuses to overwrite anything; when some are back
 * already, take their entries out of the batch.
 */
export function undoCommands(
  { zoneId, records }: Capture,
  key: string,
  environment: CompiledEnvironment,
): readonly string[] {
  if (records.length === 0) return []
  const changes = records.map((record) => ({ action: 'CREATE', record }) as const)
  return [batchLine(zoneId, `Firedrill undo by hand ${keyToken(key)}`, changes, environment)]
}
