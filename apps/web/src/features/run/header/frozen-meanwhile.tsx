import type { FreezeView } from '@firedrill/contracts'
import { shortMoment, zoneName, type Zone } from '../../../format/time.ts'
import { Icon } from '../../../ui/icon.tsx'

/** Says which freezes began while the run was under way. Nothing stops for them: half an undo would be worse. */
export function FrozenMeanwhile({ freezes, zone }: Readonly<{ freezes: readonly FreezeView[]; zone: Zone }>) {
  return freezes.map(({ from, reason }) => (
    <p key={`${from} ${reason}`} className="notice">
      <Icon name="lock" className="inconclusive" />
      <span>
        <b>A freeze began at {shortMoment(from, zone)}</b> ({zoneName(zone)}) while this run was under way:{' '}
        {reason}. The run goes on and everything is put back as planned; no other starts.
      </span>
    </p>
  ))
}
