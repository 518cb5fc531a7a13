import { useState } from 'react'

/** A snapshot that stands still while everything behind it goes on. */
export function usePaused<T>(
  current: T,
): Readonly<{ shown: T; isPaused: boolean; toggle: () => void; resume: () => void }> {
  const [frozen, setFrozen] = useState<Readonly<{ value: T }>>()
  return {
    shown: frozen === undefined ? current : frozen.value,
    isPaused: frozen !== undefined,
    toggle: () => setFrozen((now) => (now === undefined ? { value: current } : undefined)),
    resume: () => setFrozen(undefined),
  }
}
