import { useRef, useState } from 'react'
import { Icon } from '../../../ui/icon.tsx'

/** How long a finger has to stay; the same as --hold in tokens.css. */
export const HOLD_MS = 1500

/** A button that acts after being held, so that a pocket cannot press it. With a keyboard it asks by a dialog instead. */
export function HoldButton({
  label,
  onHeld,
  onKeyboard,
}: Readonly<{ label: string; onHeld: () => void; onKeyboard: () => void }>) {
  const [isHolding, setHolding] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const release = () => {
    clearTimeout(timer.current)
    setHolding(false)
  }
  return (
    <button
      type="button"
      className={`btn is-abort hold${isHolding ? ' is-holding' : ''}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setHolding(true)
        timer.current = setTimeout(() => {
          setHolding(false)
          onHeld()
        }, HOLD_MS)
      }}
      onPointerUp={release}
      onPointerCancel={release}
      onContextMenu={(event) => event.preventDefault()}
      onClick={(event) => {
        // A click without a pointer is a key press or assistive technology, which cannot hold.
        if (event.detail === 0) onKeyboard()
      }}
    >
      <Icon name="stop" />
      <span>{isHolding ? 'Keep holding …' : label}</span>
    </button>
  )
}
