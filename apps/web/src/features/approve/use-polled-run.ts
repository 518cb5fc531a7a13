import type { RunDetail } from '@firedrill/contracts'
import { useCallback, useEffect, useState } from 'react'
import { api } from '../../app/client.ts'

const EVERY_MS = 2000

/** A run as it was last read, and why it could not be read since. */
export type PolledRun = Readonly<{ run?: RunDetail; error?: unknown; reread: () => Promise<void> }>

/** A run, asked for again and again until it is over: a page for a phone does without the stream. */
export function usePolledRun(runId: string): PolledRun {
  const [read, setRead] = useState<Omit<PolledRun, 'reread'>>({})
  const reread = useCallback(async () => {
    try {
      setRead({ run: await api.runs.get(runId) })
    } catch (error) {
      setRead((before) => ({ ...before, error }))
    }
  }, [runId])
  const isOver = read.run?.isOver === true
  useEffect(() => {
    void reread()
    if (isOver) return
    const timer = setInterval(() => void reread(), EVERY_MS)
    return () => clearInterval(timer)
  }, [reread, isOver])
  return { ...read, reread }
}
