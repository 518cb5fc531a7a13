import type { ScheduleView } from '@firedrill/contracts'
import { useState } from 'react'
import { shortMoment, zoneName, type Zone } from '../../format/time.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { ProblemNotice } from '../../ui/problem.tsx'
import { ChangeDialog } from './change-dialog.tsx'
import { missedWords, whenWords } from './present.ts'
import { useSchedules, useSwitchSchedule } from './queries.ts'

/** Every schedule, with what a person may do to it. */
export function SchedulesTable({ zone }: Readonly<{ zone: Zone }>) {
  const schedules = useSchedules()
  const change = useSwitchSchedule()
  const [removing, setRemoving] = useState<ScheduleView>()
  const [changing, setChanging] = useState<ScheduleView>()
  const list = schedules.data ?? []
  return (
    <section className="sheet" aria-labelledby="h-schedules">
      <header>
        <h2 id="h-schedules">Schedules</h2>
        {list.length === 0 ? null : <span className="end">each comes by the clock of its own zone</span>}
      </header>
      {schedules.error === null ? null : <ProblemNotice error={schedules.error} />}
      {change.error === null ? null : <ProblemNotice error={change.error} />}
      {list.length === 0 ? (
        <p className="soft">Nothing comes by itself. Book a drill for a time, or again and again.</p>
      ) : (
        <table className="tbl runs schedules">
          <caption className="sr">Schedules, the soonest first</caption>
          <thead>
            <tr>
              <th scope="col">Next, {zoneName(zone)}</th>
              <th scope="col">Drill</th>
              <th scope="col">When</th>
              <th scope="col">Environment</th>
              <th scope="col">What is missed is</th>
              <th scope="col">
                <span className="sr">Change</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {list.map((one) => (
              <ScheduleRow
                key={one.id}
                schedule={one}
                zone={zone}
                isBusy={change.isPending}
                onSwitch={() => change.mutate({ schedule: one, to: one.enabled ? 'pause' : 'resume' })}
                onChange={() => setChanging(one)}
                onRemove={() => setRemoving(one)}
              />
            ))}
          </tbody>
        </table>
      )}
      {changing === undefined ? null : (
        <ChangeDialog schedule={changing} onClose={() => setChanging(undefined)} />
      )}
      {removing === undefined ? null : (
        <RemoveDialog
          schedule={removing}
          onClose={() => setRemoving(undefined)}
          onRemove={() => {
            change.mutate({ schedule: removing, to: 'remove' })
            setRemoving(undefined)
          }}
        />
      )}
    </section>
  )
}

function ScheduleRow({
  schedule,
  zone,
  isBusy,
  onSwitch,
  onChange,
  onRemove,
}: Readonly<{
  schedule: ScheduleView
  zone: Zone
  isBusy: boolean
  onSwitch: () => void
  onChange: () => void
  onRemove: () => void
}>) {
  const { enabled, nextAt, title, when, environment } = schedule
  return (
    <tr>
      <td className="nowrap">
        {enabled ? (nextAt === null ? 'never again' : shortMoment(nextAt, zone)) : 'paused'}
      </td>
      <th scope="row">{title}</th>
      <td>
        <span className="nowrap">{whenWords(schedule)}</span>{' '}
        <span className="u nowrap">{when.timeZone}</span>
      </td>
      <td>{environment}</td>
      <td className="soft">{missedWords(schedule)}</td>
      <td className="acts">
        <button
          type="button"
          className="btn"
          disabled={isBusy}
          onClick={onSwitch}
          aria-label={`${enabled ? 'Pause' : 'Resume'} ${title}`}
        >
          {enabled ? 'Pause' : 'Resume'}
        </button>
        <button
          type="button"
          className="btn"
          disabled={isBusy}
          onClick={onChange}
          aria-label={`Change ${title}`}
        >
          Change
        </button>
        <button
          type="button"
          className="btn is-quiet"
          disabled={isBusy}
          onClick={onRemove}
          aria-label={`Remove ${title}`}
        >
          Remove
        </button>
      </td>
    </tr>
  )
}

function RemoveDialog({
  schedule,
  onClose,
  onRemove,
}: Readonly<{ schedule: ScheduleView; onClose: () => void; onRemove: () => void }>) {
  return (
    <Dialog title={`Remove ${schedule.title}?`} onClose={onClose}>
      <p>Nothing is started by it any more. What became of its past occurrences stays in the calendar.</p>
      <div className="acts">
        <button type="button" className="btn" data-first onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="btn is-primary" onClick={onRemove}>
          Remove
        </button>
      </div>
    </Dialog>
  )
}
