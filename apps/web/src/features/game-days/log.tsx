import type { GameDayView } from '@firedrill/contracts'
import { useId, useState } from 'react'
import { clockTime, zoneName, type Zone } from '../../format/time.ts'
import { Icon } from '../../ui/icon.tsx'
import { ProblemNotice } from '../../ui/problem.tsx'
import { TONE_WORDS } from '../../vocabulary/tones.ts'
import { useWriteLine } from './queries.ts'

/** More would make a long day slow to read; the runs' own pages have all of it. */
const LINES_MAX = 200

/** What people and platform did, in one order, newest first. */
export function Log({ day, zone }: Readonly<{ day: GameDayView; zone: Zone }>) {
  const write = useWriteLine(day)
  const id = useId()
  const [text, setText] = useState('')
  const shown = day.log.slice(-LINES_MAX).toReversed()
  return (
    <section className="sheet" aria-labelledby="h-log">
      <header>
        <h2 id="h-log">Log</h2>
        <span className="end">
          {day.log.length} lines, newest first, {zoneName(zone)}
        </span>
      </header>
      <form
        className="note-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (text.trim() !== '') write.mutate(text.trim(), { onSuccess: () => setText('') })
        }}
      >
        <div className="field">
          <label htmlFor={id}>What was said or done</label>
          <input id={id} value={text} maxLength={2000} onChange={(event) => setText(event.target.value)} />
        </div>
        <button type="submit" className="btn" disabled={text.trim() === '' || write.isPending}>
          Write
        </button>
      </form>
      {write.error === null ? null : <ProblemNotice error={write.error} />}
      <ol className="day-log">
        {shown.map((line) => (
          <li key={`${line.at} ${line.kind} ${line.run ?? ''} ${line.text}`} className={`is-${line.kind}`}>
            <span className="muted nowrap">{clockTime(line.at, zone, 0)}</span>
            <Icon name={TONE_WORDS[line.tone].icon} className={TONE_WORDS[line.tone].role} />
            <span className="wrap-anywhere">{line.text}</span>
            <span className="muted nowrap">
              {line.by}
              {line.run === null ? '' : `, run ${line.run}`}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
