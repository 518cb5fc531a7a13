import { useState } from 'react'
import { zoneChoice } from '../../app/preferences.ts'
import { useChoice } from '../../app/stored-choice.ts'
import { clockTime, zoneName } from '../../format/time.ts'
import { Icon } from '../../ui/icon.tsx'
import { HaltDialog } from './halt-dialog.tsx'
import { useHalt } from './queries.ts'

/** Whether the halt is set, and the way to set it. */
export function HaltControl() {
  const { data: halt } = useHalt()
  const [isAsking, setAsking] = useState(false)
  if (halt === undefined) {
    return (
      <span className="btn is-quiet" title="Whether the halt is set could not be read">
        <Icon name="unknown" className="plain" />
        <span className="wide">Halt: not known</span>
      </span>
    )
  }
  return (
    <>
      <button type="button" className="btn is-quiet" onClick={() => setAsking(true)}>
        <Icon name="lever" className={halt.set ? 'deviated' : 'held'} />
        <span>
          Halt<span className="wide">: {halt.set ? 'set' : 'not set'}</span>
        </span>
      </button>
      {isAsking ? <HaltDialog isSet={halt.set} onClose={() => setAsking(false)} /> : null}
    </>
  )
}

/** Across every page while the halt is set. */
export function HaltBanner() {
  const { data: halt } = useHalt()
  const zone = useChoice(zoneChoice)
  const [isAsking, setAsking] = useState(false)
  if (halt?.set !== true) return null
  return (
    <section className="halt-set" aria-label="Halt">
      <Icon name="deviated" className="deviated" />
      <span>
        <b>Halted.</b> Nothing starts, and every run is being undone.{' '}
        <span className="soft">
          {halt.by?.name ?? 'Somebody'}
          {halt.at === null ? '' : `, ${clockTime(halt.at, zone, 0)} ${zoneName(zone)}`}: “{halt.reason}”
        </span>
      </span>
      <button type="button" className="btn" onClick={() => setAsking(true)}>
        Lift the halt
      </button>
      {isAsking ? <HaltDialog isSet onClose={() => setAsking(false)} /> : null}
    </section>
  )
}
