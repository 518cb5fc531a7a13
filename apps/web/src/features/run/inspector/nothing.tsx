import { shortcutChoice } from '../../../app/preferences.ts'
import { useChoice } from '../../../app/stored-choice.ts'

const KEYS = [
  ['.', 'next event'],
  [',', 'event before'],
  ['P', 'pause, go live'],
  ['+ −', 'zoom'],
  ['A D', 'earlier, later'],
  ['F O', 'whole run, outage'],
  ['T', 'UTC, local time'],
  ['Shift X', 'abort'],
] as const

/** What the inspector says while nothing is selected: how to select, and which keys there are. */
export function Nothing() {
  const shortcuts = useChoice(shortcutChoice)
  return (
    <div className="nothing">
      <h2>Nothing selected</h2>
      <p>Select a bar, a mark or a point in time to see what is behind it.</p>
      <ul className="keys">
        {KEYS.map(([key, does]) => (
          <li key={key}>
            <kbd>{key}</kbd> {does}
          </li>
        ))}
        <li>
          <button
            type="button"
            className="btn"
            aria-pressed={shortcuts === 'on'}
            onClick={() => shortcutChoice.set(shortcuts === 'on' ? 'off' : 'on')}
          >
            Single keys: {shortcuts}
          </button>
        </li>
      </ul>
    </div>
  )
}
