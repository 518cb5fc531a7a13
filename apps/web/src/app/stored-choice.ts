import { useSyncExternalStore } from 'react'

/** A choice of the reader that outlives the page: one of a closed set, kept in this browser. */
export type StoredChoice<T extends string> = Readonly<{
  get: () => T
  set: (value: T) => void
  subscribe: (listener: () => void) => () => void
}>

/** Makes a choice. A browser that refuses storage keeps it for this page only. */
export function storedChoice<T extends string>(key: string, options: readonly [T, ...T[]]): StoredChoice<T> {
  const listeners = new Set<() => void>()
  let current = read(key, options)
  return {
    get: () => current,
    set: (value) => {
      current = value
      try {
        localStorage.setItem(key, value)
      } catch {
        // Private windows may refuse; the choice then holds until the page is left.
      }
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The value of a choice, and a component that is drawn again when it changes. */
export function useChoice<T extends string>(choice: StoredChoice<T>): T {
  return useSyncExternalStore(choice.subscribe, choice.get)
}

function read<T extends string>(key: string, options: readonly [T, ...T[]]): T {
  try {
    const kept = localStorage.getItem(key)
    return options.find((option) => option === kept) ?? options[0]
  } catch {
    return options[0]
  }
}
