import { useEffect, useRef, useState } from 'react'
import { clockTime, type Zone } from '../../../format/time.ts'
import type { Liveness } from './liveness.ts'

/** How fresh the page is. Stale has another shape, not only another colour. */
export function LiveMark({
  liveness,
  seq,
  paused,
  zone,
}: Readonly<{
  liveness: Liveness
  seq: number
  paused: Readonly<{ worldAt: number; newer: number }> | undefined
  zone: Zone
}>) {
  if (paused !== undefined) {
    return (
      <p className="live is-paused">
        <b>Paused</b> at {clockTime(paused.worldAt, zone, 0)} ·{' '}
        <span>
          +{paused.newer} {paused.newer === 1 ? 'event' : 'events'}
        </span>
      </p>
    )
  }
  switch (liveness.kind) {
    case 'connecting':
      return (
        <p className="live is-waiting">
          <b>Connecting</b>
        </p>
      )
    case 'live':
      return (
        <p className="live is-live">
          <b>Live</b> heard {(liveness.ageMs / 1000).toFixed(1)} s ago · event {seq}
        </p>
      )
    case 'stale':
      return (
        <p className="live is-stale">
          <b>Not live</b> this page is {Math.floor(liveness.ageMs / 1000)} s old
          {liveness.isTrying ? '; connecting again' : '; reload to try again'}
        </p>
      )
    case 'over':
      return (
        <p className="live is-over">
          <b>Over</b> {seq} events
        </p>
      )
  }
}

const AT_MOST_EVERY_MS = 5000

/** Says changes of state to people who listen: politely, and at most once in five seconds, the newest first. */
export function Announcer({ text }: Readonly<{ text: string }>) {
  const [said, setSaid] = useState('')
  const saidAt = useRef(-AT_MOST_EVERY_MS)
  useEffect(() => {
    if (text === '' || text === said) return
    const wait = Math.max(0, saidAt.current + AT_MOST_EVERY_MS - performance.now())
    const timer = setTimeout(() => {
      saidAt.current = performance.now()
      setSaid(text)
    }, wait)
    return () => clearTimeout(timer)
  }, [text, said])
  return (
    <p className="sr" aria-live="polite" aria-atomic="true">
      {said}
    </p>
  )
}
