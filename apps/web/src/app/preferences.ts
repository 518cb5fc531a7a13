import { ZONES } from '../format/time.ts'
import { storedChoice } from './stored-choice.ts'

/** Light, dark, or what the system says. */
export const THEMES = ['system', 'light', 'dark'] as const

/** Clock face of every time on every page; UTC unless the reader wants their own. */
export const zoneChoice = storedChoice('firedrill.zone', ZONES)
/** Theme of every page. */
export const themeChoice = storedChoice('firedrill.theme', THEMES)
/** Shortcuts of a single key can be switched off, for people whose speech or switch control types by accident. */
export const shortcutChoice = storedChoice('firedrill.shortcuts', ['on', 'off'] as const)

/** Puts the theme on the root element, now and whenever it changes. */
export function applyTheme(): void {
  const apply = () => {
    const theme = themeChoice.get()
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
  }
  themeChoice.subscribe(apply)
  apply()
}
