import type { CompiledEnvironment } from '@firedrill/core'
import { cliPlace, ROUTE53_REGION } from '../../endpoints.ts'
import { keyToken } from '../key-token.ts'
import { shellLine } from '../shell.ts'
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
  const batch = {
    Comment: `Firedrill undo by hand ${keyToken(key)}`,
    Changes: records.map((record) => ({ Action: 'CREATE', ResourceRecordSet: record })),
  }
  const place = cliPlace(environment, ROUTE53_REGION)
  const what = ['--hosted-zone-id', zoneId, '--change-batch', JSON.stringify(batch)]
  return [shellLine(['aws', 'route53', 'change-resource-record-sets', ...place, ...what])]
}
