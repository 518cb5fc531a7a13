import type { UpcomingView } from '@firedrill/contracts'
import { shortDay, clockTime } from '../../format/time.ts'
import { Icon } from '../../ui/icon.tsx'

/** When it comes: on the wall clock of its zone and in UTC, with what a change of clocks does and what is in the way. */
export function Upcoming({ next }: Readonly<{ next: readonly UpcomingView[] }>) {
  return (
    <table className="tbl">
      <thead>
        <tr>
          <th scope="col">{next[0]?.timeZone}</th>
          <th scope="col">UTC</th>
        </tr>
      </thead>
      <tbody>
        {next.map(({ at, local, note, conflicts }) => (
          <tr key={at}>
            <td>
              {local.replace('T', ' ')}
              {note === '' ? null : <Remark text={note} />}
              {conflicts.map(({ kind, reason }) => (
                <Remark key={`${kind} ${reason}`} text={reason} />
              ))}
            </td>
            <td className="nowrap">
              {shortDay(at, 'UTC')} {clockTime(at, 'UTC', 0).slice(0, 5)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Remark({ text }: Readonly<{ text: string }>) {
  return (
    <span className="remark alarm small">
      <Icon name="alarm" /> {text}
    </span>
  )
}
