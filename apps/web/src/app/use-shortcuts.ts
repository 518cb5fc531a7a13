import { useEffect, useRef } from 'react'
import { shortcutChoice } from './preferences.ts'

/** Key (as `KeyboardEvent.key`, with `Shift+` before it where it matters) to what it does. */
export type Shortcuts = Readonly<Record<string, () => void>>

/**
 * Keys that work anywhere on a page except in fields and open dialogs. Single keys obey the reader's switch; a key with Shift
 * always works, since Abort must not depend on a preference.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts)
  useEffect(() => {
    latest.current = shortcuts
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (isTyping(event.target) || document.querySelector('dialog[open]') !== null) return
      const name =
        event.shiftKey && /^[A-Z]$/i.test(event.key) ? `Shift+${event.key.toUpperCase()}` : event.key
      if (!event.shiftKey && shortcutChoice.get() === 'off') return
      const act = latest.current[name]
      if (act === undefined) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  )
}
